"""Deals of one month: opportunities, who joins, who wins, who shares the credit."""
from __future__ import annotations

import numpy as np

from .constants import STYLES
from .history import Simulation
from .people import NEVER, sigmoid, taken_weight
from .tables import bools, dates, ids, rng, words

BLOCK = 65_536          # owners drawn from one random stream; fixed, so that nothing depends on how work is cut
SELLERS, MANAGERS_OWN, OPEN = 20, 21, 22
OUTCOMES = ("won", "lost", "open")
PARTS = ("seller", "manager", "mentor", "specialist", "executive")
SHARE_UNIT = 128        # shares are multiples of 1/128, so that they total exactly 1 in binary


def block_of(owners: dict, index: int) -> dict:
    lo, hi = index * BLOCK, (index + 1) * BLOCK
    return {name: column[lo:hi] for name, column in owners.items()}


def month_deals(sim: Simulation, m: int) -> None:
    """Closed deals of month `m`, of sellers and of managers who sell themselves; fills the trailing records."""
    p = sim.people
    slot = m % 12
    for ring in (p.sales_ring, p.active_ring, p.won_ring, p.others_ring):
        ring[:, slot] = 0
    sellers, heads = sim.owners(m), sim.own_selling(m)
    np.add.at(p.active_ring, (sellers["who"], slot), sellers["part"])
    _quotas(sim, m, sellers)
    _own_quotas(sim, m, sellers, heads)
    sim.month_credit = np.zeros(p.n)
    for owners, purpose in ((sellers, SELLERS), (heads, MANAGERS_OWN)):
        for k in range(-(-len(owners["who"]) // BLOCK)):
            _block(sim, m, block_of(owners, k), rng(sim.seed, purpose, m, k), purpose)
    p.sales_ring[:, slot] = sim.month_credit
    p.pay_credit += sim.month_credit
    _team_credit(sim)
    sim.sellers = sellers


def _mean_amount(c) -> float:
    mean = float(np.dot(c.segment_mix, c.segment_median)) * np.exp(c.amount_log_sd**2 / 2)
    return mean * (1 + c.mega_probability * (c.mega_factor - 1))


def _own_quotas(sim: Simulation, m: int, sellers: dict, heads: dict) -> None:
    """Managers who keep deals of their own have a quota for them and for the credit they take on the reports' deals; it
    is not part of anybody's team quota."""
    c, p, who = sim.c, sim.people, heads["who"]
    taken = sellers["opportunities"] * np.exp(p.log_book[sellers["who"]]) * taken_weight(
        c, p, p.win_p[sellers["who"]], sellers["boss"])
    taken = np.bincount(sellers["team"], taken, sim.seats.n_teams)[heads["team"]]
    own = c.win_probability * heads["opportunities"] * np.exp(p.log_book[who])
    amount = np.round(c.quota_stretch * _mean_amount(c) * (own + taken), 2)
    sim.quota_log.add(person=who, month=np.full(len(who), m), first=heads["first"], last=heads["last"], amount=amount,
                      head=np.ones(len(who), dtype=np.int8))


def _quotas(sim: Simulation, m: int, sellers: dict) -> None:
    """The month's part of everyone's quota: the seller's book times season, at the ramp's pace."""
    c, p = sim.c, sim.people
    month = (c.end.month - 1 - sim.months + m) % 12
    who = sellers["who"]
    amount = (c.quota_stretch * c.wins_per_month * _mean_amount(c) * c.season[month] * np.exp(p.log_book[who])
              * sellers["part"] * np.maximum(sellers["ramp"], .25))
    amount = np.round(amount, 2)
    sim.quota_log.add(person=who, month=np.full(len(who), m), first=sellers["first"], last=sellers["last"],
                      amount=amount, head=np.zeros(len(who), dtype=np.int8))
    np.add.at(p.pay_quota, who, amount)
    team = np.bincount(sellers["team"], amount, sim.seats.n_teams)
    sim.team_quota[:, m] = roll_up(sim, team)


def roll_up(sim: Simulation, of_team: np.ndarray) -> np.ndarray:
    """Totals of teams, carried up to every manager seat above."""
    s = sim.seats
    total = np.zeros(s.n_managers)
    total[:s.n_teams] = of_team
    for level in range(1, int(s.level[-1])):
        seats = np.flatnonzero(s.level == level)
        np.add.at(total, s.parent[seats], total[seats])
    return total


def _team_credit(sim: Simulation) -> None:
    p, s = sim.people, sim.seats
    seated = np.flatnonzero(sim.seat_occ >= 0)
    credit = np.bincount(s.team[seated], sim.month_credit[sim.seat_occ[seated]], s.n_teams)
    np.add.at(p.pay_credit, sim.manager, roll_up(sim, credit))
    m_quota = sim.team_quota[:, int(sim.month)] * sim.c.team_quota_factor
    np.add.at(p.pay_quota, sim.manager, m_quota)


def _opportunities(sim: Simulation, owners: dict, draw, expected: np.ndarray) -> dict:
    """Draw opportunities of a block: owner row, segment, amount, list price."""
    c, p = sim.c, sim.people
    row = np.repeat(np.arange(len(owners["who"])), draw.poisson(expected))
    n = len(row)
    who = owners["who"][row]
    segment = np.searchsorted(np.cumsum(c.segment_mix[:-1]), draw.random(n), side="right")
    z = draw.standard_normal(n)
    mega = np.where(draw.random(n) < c.mega_probability, c.mega_factor, 1.0)
    book = p.log_book[who] if c.book_log_sd else 0.0
    amount = np.array(c.segment_median)[segment] * mega * np.exp(book + c.amount_log_sd * z)
    amount = np.maximum(np.round(amount, 2), 1.0)
    list_price = np.round(amount / (1 - c.discount_max * draw.random(n) ** 2), 2)
    account = owners["seat"][row] * 20 + draw.integers(0, 20, n)
    return {"row": row, "who": who, "segment": segment, "z": z, "amount": amount, "list": list_price,
            "account": account}


def _joining(sim: Simulation, owners: dict, deals: dict, draw, day: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether the owner's manager joins early, and what that adds to the win probability."""
    c, p = sim.c, sim.people
    boss = owners["boss"][deals["row"]]
    stopped = p.step_back[boss] <= day
    chance = sigmoid(p.inv_logit[boss] + c.involvement_amount_slope * deals["z"])
    joined = (draw.random(len(boss)) < np.where(stopped | (boss < 0), 0.0, chance))
    return joined, np.where(boss >= 0, p.help[boss], 0.0)


def _block(sim: Simulation, m: int, owners: dict, draw, purpose: int) -> None:
    c, p = sim.c, sim.people
    day = int(sim.days[m])
    deals = _opportunities(sim, owners, draw, owners["opportunities"])
    row, who, segment, n = deals["row"], deals["who"], deals["segment"], len(deals["row"])
    weight = np.array(c.segment_mix) * np.array(c.segment_median)
    offset = np.array(c.segment_win_offset) - np.dot(weight, c.segment_win_offset) / weight.sum()
    alone = np.clip(p.win_p[who] + offset[segment] + c.amount_slope * deals["z"], .02, .98)
    boss = owners["boss"][row]
    if purpose == SELLERS:
        joined, add = _joining(sim, owners, deals, draw, day)
    else:
        joined, add = np.zeros(n, dtype=bool), np.zeros(n)
    chance = np.clip(alone + np.where(joined, add, 0.0), .02, .98)
    won = draw.random(n) < chance
    styles = [getattr(c, s) for s in STYLES]
    style = np.maximum(p.style[boss], 0) if n else np.zeros(0, dtype=np.int8)
    late_p = np.where(won, np.array([s.late_if_won for s in styles])[style],
                      np.array([s.late_if_lost for s in styles])[style])
    late = (draw.random(n) < late_p) & ~joined & (purpose == SELLERS) & (p.step_back[boss] > day)
    first, last = owners["first"][row], owners["last"][row]
    closed = first + np.floor((last - first) * draw.random(n) ** .7).astype(np.int32)
    cycle = draw.gamma(2.0, np.array(c.segment_cycle_days)[segment] / 2)
    cycle = np.maximum(3, np.where(won, cycle, cycle * c.lost_cycle_factor)).astype(np.int32)
    opened = closed - cycle
    number = sim.next_deal + np.arange(n)
    sim.next_deal += n
    _write_deals(sim, number, deals, opened, closed, np.where(won, 0, 1), owners["market"][row])
    sim.sink.write("truth/deals", {
        "deal_id": sim.deal_ids(number), "win_probability": chance, "win_probability_alone": alone,
        "joined": bools(joined), "late": bools(late), "reassigned": bools(opened < p.hired[who])})
    joins = np.where(joined, opened + np.floor(cycle * .4 * draw.random(n)),
                     closed - np.floor(cycle * .2 * draw.random(n))).astype(np.int32)
    part = {"number": [number], "person": [who], "kind": [np.zeros(n, dtype=np.int8)],
            "joined": [np.maximum(opened, np.minimum(p.hired[who], closed))]}
    credit = {"deal": [], "person": [], "units": [], "overlay": []}
    _colleagues(sim, owners, deals, number, opened, closed, won, draw, part, credit)
    _manager_rows(sim, deals, boss, joined | late, joined, joins, style, number, draw, part, credit)
    senior = sim.seats.parent[np.minimum(owners["team"][row], sim.seats.n_managers - 1)]
    senior_person = np.where(senior >= 0, sim.manager[senior], -1)
    execs = (segment == len(c.segments) - 1) & (draw.random(n) < .08) & (senior_person >= 0) & (senior_person != boss)
    execs &= senior_person != who
    _add(part, number[execs], senior_person[execs], 4, closed[execs] - cycle[execs] // 3)
    _credits(sim, number, who, deals["amount"], won, credit)
    _write_participants(sim, part)
    if purpose == SELLERS:
        _deal_activities(sim, number, boss, joined | late, joins, draw)


def _add(part: dict, number, person, kind: int, joined) -> None:
    part["number"].append(number)
    part["person"].append(person)
    part["kind"].append(np.full(len(number), kind, dtype=np.int8))
    part["joined"].append(np.asarray(joined, dtype=np.int32))


def _colleagues(sim, owners, deals, number, opened, closed, won, draw, part, credit) -> None:
    """Other sellers of the region on a deal: co-sellers share the revenue, specialists and mentors help."""
    c, p, s = sim.c, sim.people, sim.seats
    row, who = deals["row"], deals["who"]
    count = np.minimum(draw.poisson(p.kappa[who]), 5)
    which = np.repeat(np.arange(len(row)), count)
    seat = owners["seat"][row[which]]
    lo, hi = s.pool_start[seat], s.pool_end[seat]
    person = np.full(len(which), -1, dtype=np.int64)
    for _ in range(8):
        tried = sim.seat_occ[lo + np.floor((hi - lo) * draw.random(len(which))).astype(np.int64)]
        fits = ((person < 0) & (tried >= 0) & (tried != who[which]) & ~p.lone[tried]
                & (p.hired[tried] <= closed[which]) & (p.stay_from[tried] <= closed[which]))
        person = np.where(fits, tried, person)
    order = np.lexsort((person, which))
    same = np.zeros(len(which), dtype=bool)
    same[1:] = (which[order][1:] == which[order][:-1]) & (person[order][1:] == person[order][:-1])
    keep = np.ones(len(which), dtype=bool)
    keep[order] = ~same
    keep &= person >= 0
    which, person = which[keep], person[keep]
    n = len(which)
    kind_draw, units, when = draw.random(n), draw.integers(13, 26, n), draw.random(n)
    kind = np.where(kind_draw < c.co_seller, 0, np.where(kind_draw < c.co_seller + c.specialist, 3, 2)).astype(np.int8)
    joined = np.maximum(opened[which], np.minimum(p.hired[person], closed[which]))
    joined = joined + np.floor((closed[which] - joined) * .7 * when).astype(np.int32)
    part["number"].append(number[which])
    part["person"].append(person)
    part["kind"].append(kind)
    part["joined"].append(joined)
    overlay = (kind == 3) & (draw.random(n) < c.specialist_overlay)
    shares = (kind == 0) | overlay
    credit["deal"].append(which[shares])
    credit["person"].append(person[shares])
    credit["units"].append(np.where(overlay, SHARE_UNIT // 2, units)[shares])
    credit["overlay"].append(overlay[shares])
    slot = int(sim.month) % 12
    on_won = won[which]
    np.add.at(p.others_ring, (who[which[on_won]], slot), 1)
    np.add.at(p.won_ring, (who[won], slot), 1)


def _manager_rows(sim, deals, boss, taking_part, early, joins, style, number, draw, part, credit) -> None:
    c = sim.c
    _add(part, number[taking_part], boss[taking_part], 1, joins[taking_part])
    styles = [getattr(c, s) for s in STYLES]
    take = early & (draw.random(len(boss)) < np.array([s.credit_probability for s in styles])[style])
    units = np.round(np.array([s.credit_share for s in styles]) * SHARE_UNIT).astype(np.int64)[style]
    take &= units > 0
    credit["deal"].append(np.flatnonzero(take))
    credit["person"].append(boss[take])
    credit["units"].append(units[take])
    credit["overlay"].append(np.zeros(int(take.sum()), dtype=bool))


def _credits(sim, number, who, amount, won, credit) -> None:
    """Revenue shares total exactly one; lost deals carry them too where they were shared, so that no outcome shows."""
    deal, person = np.concatenate(credit["deal"]), np.concatenate(credit["person"])
    units, overlay = np.concatenate(credit["units"]), np.concatenate(credit["overlay"])
    n = len(number)
    given = np.bincount(deal[~overlay], units[~overlay], n).astype(np.int64)
    assert given.max(initial=0) < SHARE_UNIT * 1.5
    # the owner keeps at least a quarter: scale the others down where they would take more
    most = SHARE_UNIT * 3 // 4
    squeeze = np.where(given > most, most / np.maximum(given, 1), 1.0)
    units = np.where(overlay, units, np.maximum(np.floor(units * squeeze[deal]).astype(np.int64), 1))
    given = np.bincount(deal[~overlay], units[~overlay], n).astype(np.int64)
    rows = np.flatnonzero(won | (given > 0))
    deal_all = np.concatenate([rows, deal])
    person_all = np.concatenate([who[rows], person])
    units_all = np.concatenate([SHARE_UNIT - given[rows], units])
    overlay_all = np.concatenate([np.zeros(len(rows), dtype=bool), overlay])
    order = np.argsort(deal_all, kind="stable")
    deal_all, person_all, units_all, overlay_all = (x[order] for x in (deal_all, person_all, units_all, overlay_all))
    share = units_all / SHARE_UNIT
    sim.sink.write("credits", {
        "deal_id": sim.deal_ids(number[deal_all]), "person_id": sim.person_ids(person_all), "share": share,
        "kind": words(("revenue", "overlay"), overlay_all)})
    counted = won[deal_all] & ~overlay_all
    sim.month_credit += np.bincount(person_all[counted], (amount[deal_all] * share)[counted], sim.people.n)


def _write_deals(sim, number, deals, opened, closed, outcome, market) -> None:
    c = sim.c
    currency = np.asarray(market) % len(c.currencies)
    sim.sink.write("deals", {
        "deal_id": sim.deal_ids(number), "owner_id": sim.person_ids(deals["who"]), "amount": deals["amount"],
        "currency": words(c.currencies, currency), "opened": dates(opened), "closed": dates(closed, NEVER),
        "outcome": words(OUTCOMES, outcome), "segment": words(c.segments, deals["segment"]),
        "account_id": ids("A", deals["account"], 8), "list_price": deals["list"]})


def _write_participants(sim, part) -> None:
    number = np.concatenate(part["number"])
    order = np.argsort(number, kind="stable")
    sim.sink.write("participants", {
        "deal_id": sim.deal_ids(number[order]), "person_id": sim.person_ids(np.concatenate(part["person"])[order]),
        "part": words(PARTS, np.concatenate(part["kind"])[order]),
        "joined": dates(np.concatenate(part["joined"])[order], NEVER)})


def _deal_activities(sim, number, boss, joined, joins, draw) -> None:
    """Selling time of managers on deals they join."""
    logged = joined & (draw.random(len(number)) < .5)
    n = int(logged.sum())
    sim.sink.write("activities", {
        "actor_id": sim.person_ids(boss[logged]), "deal_id": sim.deal_ids(number[logged]), "kind": "selling",
        "start": dates(joins[logged], NEVER), "minutes": (30.0 * draw.integers(1, 7, n))})


def open_deals(sim: Simulation) -> None:
    """The pipeline at the end of the data: deals of people who are there, without outcome."""
    c, p = sim.c, sim.people
    end = int(sim.days[-1])
    now = {name: column for name, column in sim.sellers.items()}
    stay = p.left[now["who"]] >= end
    now = {name: column[stay] for name, column in now.items()}
    for k in range(-(-len(now["who"]) // BLOCK)):
        owners = block_of(now, k)
        draw = rng(sim.seed, OPEN, 0, k)
        full = owners["opportunities"] / np.maximum(owners["part"], 1e-9) / np.exp(owners["common"])
        deals = _opportunities(sim, owners, draw, full * c.open_months)
        n = len(deals["row"])
        age = np.floor(draw.gamma(1.2, np.array(c.segment_cycle_days)[deals["segment"]] / 1.5)).astype(np.int32)
        opened = np.maximum(end - 1 - age, p.hired[deals["who"]])
        age = end - 1 - opened
        joined, _ = _joining(sim, owners, deals, draw, end)
        number = sim.next_deal + np.arange(n)
        sim.next_deal += n
        _write_deals(sim, number, deals, opened, np.full(n, NEVER), np.full(n, 2), owners["market"][deals["row"]])
        boss = owners["boss"][deals["row"]]
        part = {"number": [number], "person": [deals["who"]], "kind": [np.zeros(n, dtype=np.int8)],
                "joined": [np.maximum(opened, np.minimum(p.hired[deals["who"]], end - 1))]}
        _add(part, number[joined], boss[joined], 1, (end - 1 - np.floor(age * draw.random(n)).astype(np.int32))[joined])
        _write_participants(sim, part)
