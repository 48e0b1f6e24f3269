"""Tables written once, after the last month: people, assignments, quotas, pay, and the truth about people."""
from __future__ import annotations

import numpy as np

from .constants import CONSTRUCTS, ROLES, STYLES
from .history import Simulation
from .people import NEVER, step_back_change
from .tables import bools, dates, floats, ids, rng, words

NAMES, DEMOGRAPHICS, RATES = 30, 31, 32
REASONS = ("resigned", "dismissed", "other")
MARKETS = ("North", "South", "East", "West", "Central", "Coast", "Lakes", "Hills", "Plains", "Islands", "Valley",
           "Metro")
FIRST = (
    "Ada", "Alan", "Amara", "Ana", "Arjun", "Bea", "Ben", "Carla", "Chen", "Clara", "Dana", "David", "Elif", "Emma",
    "Erik", "Fatima", "Felix", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jada", "James", "Jonas", "Kai", "Kofi",
    "Lara", "Leo", "Lin", "Maya", "Marco", "Mina", "Nadia", "Noah", "Olga", "Omar", "Paul", "Priya", "Rosa", "Sam",
    "Sara", "Tariq", "Tess", "Uma", "Vera", "Wei", "Yara", "Yusuf", "Zoe")
LAST = (
    "Abara", "Adler", "Almeida", "Bauer", "Becker", "Blanc", "Bose", "Brandt", "Castro", "Costa", "Cruz", "Dahl",
    "Diallo", "Duarte", "Evans", "Farah", "Fischer", "Garcia", "Grant", "Haas", "Hansen", "Hart", "Ito", "Jansen",
    "Kaya", "Keller", "Khan", "Kim", "Larsen", "Lopez", "Malik", "Meyer", "Mori", "Moss", "Novak", "Okafor",
    "Olsen", "Park", "Patel", "Reyes", "Rossi", "Sato", "Silva", "Singh", "Stone", "Tanaka", "Torres", "Vogel",
    "Wolf", "Young")
SLICE = 262_144


def market_names(sim: Simulation) -> list[str]:
    n = sim.seats.n_markets
    return [MARKETS[k] if k < len(MARKETS) else f"Market {k + 1}" for k in range(n)]


def slices(n: int):
    return ((lo, min(lo + SLICE, n)) for lo in range(0, n, SLICE))


def manager_timeline(sim: Simulation) -> dict[str, np.ndarray]:
    """Who sat in each manager seat from when to when, sorted by seat and day, without gaps."""
    log = sim.managing
    seat, day, person = log.column("seat"), log.column("day"), log.column("person")
    order = np.lexsort((np.arange(len(seat)), day, seat))
    seat, day, person = seat[order], day[order], person[order]
    # of several entries on one day the last one holds
    last = np.ones(len(seat), dtype=bool)
    last[:-1] = (seat[1:] != seat[:-1]) | (day[1:] != day[:-1])
    seat, day, person = seat[last], day[last], person[last]
    until = np.full(len(seat), NEVER, dtype=np.int64)
    until[:-1] = np.where(seat[1:] == seat[:-1], day[1:], NEVER)
    return {"seat": seat, "start": day.astype(np.int64), "end": until, "person": person}


def write_assignments(sim: Simulation) -> None:
    """Every stay cut where the manager above changes; the last cut of those still there has no end."""
    p, s = sim.people, sim.seats
    here = np.flatnonzero((p.left == NEVER) & (p.stay_from >= 0))
    sim._close_stay(here, NEVER)
    stays = {name: sim.stays.column(name) for name in ("person", "level", "above", "label", "start", "end")}
    order = np.lexsort((stays["start"], stays["person"]))
    stays = {name: column[order] for name, column in stays.items()}
    line = manager_timeline(sim)
    base = int(sim.days[0])
    span = int(sim.days[-1]) - base + 1
    key = line["seat"].astype(np.int64) * span + (line["start"] - base)
    first_of = np.searchsorted(line["seat"], np.arange(s.n_managers))
    bounds = np.append(first_of, len(line["seat"]))
    p.manager_last = np.where(p.left == NEVER, -1, p.manager_last)
    for lo, hi in slices(len(stays["person"])):
        part = {name: column[lo:hi] for name, column in stays.items()}
        above = part["above"].astype(np.int64)
        top = above < 0
        safe = np.where(top, 0, above)
        begin = np.searchsorted(key, safe * span + (part["start"] - base), side="right") - 1
        capped = np.minimum(part["end"].astype(np.int64), sim.days[-1])
        stop = np.searchsorted(key, safe * span + (capped - base), side="left")
        stop = np.maximum(np.minimum(stop, bounds[safe + 1]), begin + 1)
        count = np.where(top, 1, stop - begin)
        row = np.repeat(np.arange(len(count)), count)
        entry = begin[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        is_top = top[row]
        entry = np.where(is_top, 0, entry)
        start = np.where(is_top, part["start"][row], np.maximum(part["start"][row], line["start"][entry]))
        end = np.where(is_top, part["end"][row], np.minimum(part["end"][row], line["end"][entry]))
        boss = np.where(is_top, -1, line["person"][entry])
        person, level = part["person"][row], part["level"][row]
        label = part["label"][row]
        now = end == NEVER
        p.manager_last[person[now]] = boss[now]
        sim.sink.write("assignments", {
            "person_id": sim.person_ids(person), "manager_id": sim.person_ids(boss), "start": dates(start),
            "end": dates(np.where(end == NEVER, -1, end)), "role": words(ROLES, np.minimum(level, 5)),
            "team": ids("T", label, 6), "market": words(market_names(sim), s.market[label])})


def write_people(sim: Simulation) -> None:
    p = sim.people
    draw = rng(sim.seed, NAMES)
    first, last = draw.integers(0, len(FIRST), p.n), draw.integers(0, len(LAST), p.n)
    names = np.array([f"{a} {b}" for a in FIRST for b in LAST])
    for lo, hi in slices(p.n):
        who = np.arange(lo, hi)
        left = np.where(p.left[lo:hi] == NEVER, -1, p.left[lo:hi])
        sim.sink.write("people", {
            "person_id": sim.person_ids(who), "name": words(names, first[lo:hi] * len(LAST) + last[lo:hi]),
            "hired": dates(p.hired[lo:hi]), "left": dates(left),
            "left_reason": words(REASONS, np.where(left < 0, -1, p.reason[lo:hi])),
            "role": words(ROLES, np.minimum(p.level[lo:hi], 5)), "market": words(market_names(sim), p.market[lo:hi]),
            "manager_id": sim.person_ids(p.manager_last[lo:hi])})
        sim.sink.write("truth/people", {
            "person_id": sim.person_ids(who), "log_skill": p.log_skill[lo:hi], "log_book": p.log_book[lo:hi],
            "win_probability": p.win_p[lo:hi], "collaborators": p.kappa[lo:hi], "lone_wolf": bools(p.lone[lo:hi]),
            "readiness": p.readiness[lo:hi], "effect_residual": p.residual[lo:hi],
            "wants_management": bools(p.wants[lo:hi]),
            "months_ramped": np.maximum(0.0, (np.minimum(p.left[lo:hi].astype(float), sim.days[-1]) - p.hired[lo:hi])
                                        / 30.44 - sim.c.ramp_months),
            "skill_growth": p.growth[lo:hi]})
        k = len(CONSTRUCTS)
        sim.sink.write("truth/constructs", {
            "person_id": sim.person_ids(np.repeat(who, k)),
            "construct": words(CONSTRUCTS, np.tile(np.arange(k), hi - lo)), "z": p.theta[lo:hi].ravel()})
    draw = rng(sim.seed, DEMOGRAPHICS)
    sex, age = draw.choice(2, p.n, p=(.38, .62)), draw.choice(4, p.n, p=(.2, .4, .25, .15))
    race = draw.choice(5, p.n, p=(.62, .13, .13, .09, .03))
    for lo, hi in slices(p.n):
        sim.sink.write("demographics", {
            "person_id": sim.person_ids(np.arange(lo, hi)), "sex": words(("female", "male"), sex[lo:hi]),
            "race_ethnicity": words(("White", "Black or African American", "Hispanic or Latino", "Asian",
                                     "Two or More Races"), race[lo:hi]),
            "age_band": words(("under 30", "30-39", "40-49", "50 and over"), age[lo:hi])})


def write_managers(sim: Simulation) -> None:
    """The truth about everyone who was a manager."""
    p, c = sim.people, sim.c
    who = np.flatnonzero(p.style >= 0)
    styles = [getattr(c, s) for s in STYLES]
    change, change_credited = step_back_change(c, p, who)

    def of_style(name):
        return np.array([getattr(s, name) for s in styles])[p.style[who]]
    sim.sink.write("truth/managers", {
        "manager_id": sim.person_ids(who), "effect": p.effect[who], "prior_log_relative_sales": p.prior_sales[who],
        "collaboration": p.prior_collab[who], "readiness": p.readiness[who], "effect_residual": p.residual[who],
        "style": words(STYLES, p.style[who]), "involvement": 1 / (1 + np.exp(-p.inv_logit[who])), "help": p.help[who],
        "report_growth": of_style("report_growth"), "credit_probability": of_style("credit_probability"),
        "credit_share": of_style("credit_share"), "coaching": of_style("coaching"),
        "step_back": dates(np.where(p.step_back[who] == NEVER, -1, p.step_back[who])),
        "step_back_change": change, "step_back_change_credited": change_credited, "since": dates(p.manager_from[who])})
    months = sim.months
    sim.sink.write("truth/months", {
        "market": words(market_names(sim), np.repeat(np.arange(sim.seats.n_markets), months)),
        "month": dates(np.tile(sim.days[:-1], sim.seats.n_markets)), "log_effect": sim.market_effect.ravel()})


def write_quotas(sim: Simulation) -> None:
    """Own quotas by period of a seller's stay, and team quotas by period of a manager's seat."""
    c, days, step = sim.c, sim.days, sim.c.quota_months
    # periods end with the calendar quarter (or month), whatever month the data begin in
    lead = (c.end.month - 1 - sim.months) % step
    period_of = (np.arange(sim.months) + lead) // step
    log = {name: sim.quota_log.column(name) for name in ("person", "month", "first", "last", "amount", "head")}
    period = period_of[log["month"]]
    key = (log["person"].astype(np.int64) * (sim.months + 1) + period) * 2 + log["head"]
    order = np.lexsort((log["month"], key))
    log = {name: column[order] for name, column in log.items()}
    cut = np.flatnonzero(np.concatenate([[True], np.diff(key[order]) != 0])) if len(order) else np.zeros(0, dtype=int)
    ends = np.append(cut[1:], len(order)) - 1
    amount = np.add.reduceat(log["amount"], cut) if len(cut) else np.zeros(0)
    for lo, hi in slices(len(cut)):
        sim.sink.write("quotas", {
            "person_id": sim.person_ids(log["person"][cut[lo:hi]]), "start": dates(log["first"][cut[lo:hi]]),
            "end": dates(log["last"][ends[lo:hi]]), "amount": np.round(amount[lo:hi], 2), "scope": "own"})
    line = manager_timeline(sim)
    starts = np.searchsorted(days, line["start"])
    stops = np.minimum(np.searchsorted(days, np.minimum(line["end"], days[-1])), sim.months)
    firsts = np.flatnonzero(np.diff(np.concatenate([[-1], period_of])))
    total = np.concatenate([np.zeros((len(sim.team_quota), 1)), np.cumsum(sim.team_quota, axis=1)], axis=1)
    for k, first in enumerate(firsts):
        last = firsts[k + 1] if k + 1 < len(firsts) else sim.months
        a, b = np.maximum(starts, first), np.minimum(stops, last)
        rows = np.flatnonzero(a < b)
        seat = line["seat"][rows]
        amount = np.round((total[seat, b[rows]] - total[seat, a[rows]]) * c.team_quota_factor, 2)
        keep = amount > 0
        rows, amount = rows[keep], amount[keep]
        sim.sink.write("quotas", {
            "person_id": sim.person_ids(line["person"][rows]), "start": dates(days[a[rows]]),
            "end": dates(days[b[rows]]), "amount": amount, "scope": "team"})


def write_pay(sim: Simulation) -> None:
    p, c = sim.people, sim.c
    sim.flush_pay(np.flatnonzero(p.left == NEVER), int(sim.days[-1]), open_end=True)
    log = {name: sim.pay.column(name) for name in ("person", "start", "end", "base", "target", "paid", "market")}
    order = np.lexsort((log["start"], log["person"]))
    for lo, hi in slices(len(order)):
        rows = order[lo:hi]
        end = log["end"][rows]
        sim.sink.write("pay", {
            "person_id": sim.person_ids(log["person"][rows]), "start": dates(log["start"][rows]),
            "end": dates(np.where(end == NEVER, -1, end)), "base": log["base"][rows],
            "target_variable": log["target"][rows], "paid_variable": floats(log["paid"][rows]),
            "currency": words(c.currencies, np.maximum(log["market"][rows], 0) % len(c.currencies))})


def write_rates(sim: Simulation) -> None:
    """Monthly exchange rates, a random walk, when there is more than one currency."""
    c = sim.c
    if len(c.currencies) < 2:
        return
    draw = rng(sim.seed, RATES)
    n = sim.months + 1
    level = np.exp(draw.normal(0, .3, len(c.currencies)))
    walk = np.cumsum(draw.normal(0, .015, (len(c.currencies), n)), axis=1)
    rate = np.round(level[:, None] * np.exp(walk), 6)
    rate[0] = 1.0
    sim.sink.write("exchange_rates", {
        "currency": words(c.currencies, np.repeat(np.arange(len(c.currencies)), n)),
        "date": dates(np.tile(sim.days, len(c.currencies))), "rate": rate.ravel()})


def write_constants(sim: Simulation, sellers: int) -> None:
    from dataclasses import asdict
    rows = {"sellers": sellers, "months": sim.months, "seed": sim.seed, **asdict(sim.c)}
    sim.sink.write("truth/constants", {
        "name": words(list(rows), np.arange(len(rows))),
        "value": words([str(v) for v in rows.values()], np.arange(len(rows)))})
