"""What managers and sellers do with their time in a month: coaching, helping each other, selling."""
from __future__ import annotations

import numpy as np

from .constants import CONSTRUCTS, STYLES
from .deals import BLOCK, block_of
from .history import Simulation
from .tables import dates, rng, words

GROUP, SELLER_TIME, MANAGER_TIME = 40, 41, 42
KINDS = ("one_to_one", "group_coaching", "deal_review", "ride_along", "goal_setting", "evaluation", "mentoring",
         "lead_shared", "advice", "recognition", "training", "project_lead", "acting_manager", "selling", "admin")
LATE_DAYS = 14          # the end of a quarter, where coaching gives way to closing
# kind: monthly rate, the construct that moves it, minutes (0: none), whether it is done to a colleague
BEHAVIOUR = {
    "mentoring": (.25, "develops_others", 45, True), "lead_shared": (.30, "develops_others", 0, True),
    "advice": (.40, "influences", 20, True), "recognition": (.30, "develops_others", 0, True),
    "training": (.12, "curious", 120, False), "project_lead": (.02, "organised", 240, False),
}


class _Rows:
    """Activity rows of one block."""

    def __init__(self) -> None:
        self.columns: dict[str, list] = {"actor": [], "subject": [], "kind": [], "start": [], "minutes": []}

    def add(self, kind: str, actor, subject, start, minutes) -> None:
        n = len(actor)
        for name, value in (("actor", actor), ("subject", np.broadcast_to(subject, n)), ("start", start),
                            ("kind", np.full(n, KINDS.index(kind))), ("minutes", np.broadcast_to(minutes, n))):
            self.columns[name].append(np.asarray(value))

    def write(self, sim: Simulation) -> None:
        col = {name: np.concatenate(parts) for name, parts in self.columns.items()}
        order = np.argsort(col["start"], kind="stable")
        minutes = col["minutes"][order].astype(float)
        sim.sink.write("activities", {
            "actor_id": sim.person_ids(col["actor"][order]), "subject_id": sim.person_ids(col["subject"][order]),
            "kind": words(KINDS, col["kind"][order]), "start": dates(col["start"][order]),
            "minutes": np.where(minutes > 0, minutes, np.nan)})


def _market_rank(sim: Simulation) -> np.ndarray:
    """Percentile of trailing sales within the market, of everyone who sells; new people in the middle."""
    who, market = sim.sellers["who"], sim.sellers["market"]
    score = np.full(sim.people.n, np.nan)
    score[:len(sim.mean_sales)] = sim.mean_sales
    sales = score[who]
    out = np.full(sim.people.n, .5)
    known = ~np.isnan(sales)
    who, market, sales = who[known], market[known], sales[known]
    order = np.lexsort((who, sales, market))
    size = np.bincount(market, minlength=sim.seats.n_markets)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    out[who[order]] = (np.arange(len(who)) - first[market[order]] + .5) / size[market[order]]
    return out


def month_activities(sim: Simulation, m: int) -> None:
    """Activities of month `m`, in blocks of owners."""
    rank = _market_rank(sim)
    s = sim.seats
    draw = rng(sim.seed, GROUP, m)
    length = int(sim.days[m + 1] - sim.days[m])
    coach = np.array([getattr(sim.c, k).coaching for k in STYLES])[sim.people.style[sim.manager[:s.n_teams]]]
    meets = draw.random(s.n_teams) < np.minimum(.9, .6 * coach)
    group_day = np.where(meets, sim.days[m] + draw.integers(0, length, s.n_teams), -1)
    for k in range(-(-len(sim.sellers["who"]) // BLOCK)):
        _block(sim, m, block_of(sim.sellers, k), rng(sim.seed, SELLER_TIME, m, k), rank, group_day)
    draw = rng(sim.seed, MANAGER_TIME, m)
    rows = _Rows()
    who = sim.manager[:s.n_teams]
    rows.add("admin", who, -1, sim.days[m] + draw.integers(0, length, s.n_teams),
             60.0 * draw.integers(30, 60, s.n_teams))
    rows.write(sim)


def _block(sim: Simulation, m: int, owners: dict, draw, rank: np.ndarray, group_day: np.ndarray) -> None:
    c, p = sim.c, sim.people
    who, boss, first, last = owners["who"], owners["boss"], owners["first"], owners["last"]
    style = p.style[boss]
    styles = [getattr(c, k) for k in STYLES]
    coaching = np.array([s.coaching for s in styles])[style]
    late = np.array([s.quarter_end_coaching for s in styles])[style]
    star = np.where(rank[who] >= .8, c.star_coaching, 1.0)
    month = (c.end.month - 1 - sim.months + m) % 12
    quarter_ends = int(sim.days[m + 1]) if month % 3 == 2 else 2**30
    rows = _Rows()

    def spread(rate):
        """Times of a Poisson number of sessions a person, fewer at the end of a quarter."""
        row = np.repeat(np.arange(len(who)), draw.poisson(rate * owners["part"]))
        day = first[row] + np.floor((last - first)[row] * draw.random(len(row))).astype(np.int32)
        keep = (day < quarter_ends - LATE_DAYS) | (draw.random(len(row)) < late[row])
        return row[keep], day[keep]

    def pick(row):
        """A colleague of the region, -1 where the draw falls on oneself or an empty seat."""
        s = sim.seats
        lo, hi = s.pool_start[owners["seat"][row]], s.pool_end[owners["seat"][row]]
        other = sim.seat_occ[lo + np.floor((hi - lo) * draw.random(len(row))).astype(np.int64)]
        return np.where((other == who[row]), -1, other)

    row, day = spread(c.one_to_one_per_month * coaching * star)
    rows.add("one_to_one", boss[row], who[row], day, draw.choice([30, 45, 60], len(row)))
    row, day = spread(.7 * np.minimum(coaching + .3, 1.2))
    rows.add("deal_review", boss[row], who[row], day, 30)
    row, day = spread(.2 * coaching)
    rows.add("ride_along", boss[row], who[row], day, 180)
    meeting = group_day[owners["team"]]
    there = (meeting >= first) & (meeting < last)
    rows.add("group_coaching", boss[there], who[there], meeting[there], 60)
    if month % 3 == 0:
        goal = draw.random(len(who)) < np.minimum(.95, .5 + .4 * coaching) * np.where(rank[who] >= .8, .7, 1)
        rows.add("goal_setting", boss[goal], who[goal], first[goal], 45)
    if month % 6 == 5:
        rated = (draw.random(len(who)) < .85) & (last == sim.days[m + 1])
        rows.add("evaluation", boss[rated], who[rated], last[rated] - 3, 60)
        # sessions are dated within the stay
        rows.columns["start"][-1] = np.maximum(rows.columns["start"][-1], first[rated])
    b = c.behaviour_loading
    for kind, (rate, construct, minutes, shared) in BEHAVIOUR.items():
        theta = p.theta[who, CONSTRUCTS.index(construct)]
        row = np.repeat(np.arange(len(who)), draw.poisson(rate * np.exp(b * theta - b * b / 2) * owners["part"]))
        day = first[row] + np.floor((last - first)[row] * draw.random(len(row))).astype(np.int32)
        subject = pick(row) if shared else np.full(len(row), -1)
        keep = (subject >= 0) | (not shared)
        if shared:
            keep &= p.stay_from[np.maximum(subject, 0)] <= day
        rows.add(kind, who[row[keep]], subject[keep], day[keep], minutes)
    acting = draw.random(len(who)) < .004 * p.wants[who]
    rows.add("acting_manager", who[acting], -1, first[acting], 480)
    # own selling in two half months; people low on `regulates_emotion` slacken after a bad month
    slump = np.zeros(len(who))
    if m:
        mean = np.full(p.n, np.nan)
        mean[:len(sim.mean_sales)] = sim.mean_sales
        before = p.sales_ring[who, (m - 1) % 12]
        slump = np.where(before < .5 * np.nan_to_num(mean[who]), 1.0, 0.0)
    steady = p.theta[who, CONSTRUCTS.index("regulates_emotion")]
    slack = 1 - .35 * slump / (1 + np.exp(1.5 * steady))
    middle = first + (last - first) // 2
    for start, stop in ((first, middle), (middle, last)):
        works = stop > start
        minutes = np.round(85.0 * (stop - start) * slack * np.exp(.1 * draw.standard_normal(len(who))))
        rows.add("selling", who[works], -1, start[works], np.maximum(minutes[works], 1))
    rows.write(sim)
