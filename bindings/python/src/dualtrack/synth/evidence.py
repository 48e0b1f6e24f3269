"""What others say about people: ratings with raters' severity, interview answers, motives."""
from __future__ import annotations

import numpy as np

from .constants import CONSTRUCTS, MOTIVES
from .deals import BLOCK
from .history import Simulation
from .people import NEVER
from .tables import bools, dates, rng, words

SEVERITY, RATINGS, ANSWERS, MOTIVE = 50, 51, 52, 53
SOURCES = ("self", "peer", "report", "manager", "panel", "interviewer", "assessment_centre", "test")
# the four questions of the structured interview and the construct each informs
QUESTIONS = {"hard_conversation": "holds_accountable", "struggling_rep": "develops_others",
             "team_success": "collaborates", "three_quarters_ahead": "thinks_in_systems"}


def _scores(sim: Simulation, draw, source: str, who: np.ndarray, raters: np.ndarray) -> np.ndarray:
    """Scores [person, rater, construct]: theta, the source's shared perspective, the rater's own error and severity."""
    c = sim.c
    n, k, q = len(who), raters.shape[1], len(CONSTRUCTS)
    rho, g = c.reliability[source], c.shared_perspective
    x = np.sqrt(g * rho) * sim.people.theta[who][:, None, :] + np.sqrt((1 - g) * rho) * draw.standard_normal((n, 1, q))
    x = x + np.sqrt(1 - rho) * draw.standard_normal((n, k, q))
    if source == "self":
        x = x + c.leniency
    else:
        x = x + np.where(raters >= 0, sim.severity[np.maximum(raters, 0)], 0.0)[:, :, None]
    step = c.rating_step
    return np.clip(np.round((c.rating_mean + c.rating_sd * x) / step) * step, 1.0, 5.0).round(6)


def _write(sim: Simulation, draw, source: str, who: np.ndarray, raters: np.ndarray, day: np.ndarray) -> None:
    """Ratings by the given raters; -1 in `raters` [person, rater] is nobody, -2 an unnamed panel."""
    score = _scores(sim, draw, source, who, raters)
    person, rater, item = np.nonzero(np.broadcast_to((raters != -1)[:, :, None], score.shape))
    n = len(person)
    sim.sink.write("ratings", {
        "person_id": sim.person_ids(who[person]), "rater_id": sim.person_ids(raters[person, rater]), "source": source,
        "competency": words(CONSTRUCTS, item), "score": score[person, rater, item], "scale_min": np.full(n, 1.0),
        "scale_max": np.full(n, 5.0), "date": dates(day[person])})
    named = raters[raters >= 0]
    if source != "self":
        sim.raters.setdefault(source, []).append(np.unique(named))


def write_ratings(sim: Simulation) -> None:
    """One round of 360s 60 to 30 days before the end, of everyone there since 90 days; panels for candidates."""
    c, p, s = sim.c, sim.people, sim.seats
    end = int(sim.days[-1])
    sim.severity = c.severity_sd * rng(sim.seed, SEVERITY).standard_normal(p.n)
    sim.raters = {}
    there = np.flatnonzero((p.left == NEVER) & (p.stay_from >= 0) & (p.hired <= end - 90))
    sellers, heads = there[p.level[there] == 0], there[p.level[there] == 1]
    for k in range(-(-len(sellers) // BLOCK)):
        who = sellers[k * BLOCK:(k + 1) * BLOCK]
        draw = rng(sim.seed, RATINGS, 0, k)
        day = end - draw.integers(30, 60, len(who)).astype(np.int32)
        for source in ("manager", "peer", "self"):
            share, count = c.raters[source]
            rated = draw.random(len(who)) < share
            people = who[rated]
            if source == "manager":
                raters = sim.manager[s.team[p.seat[people]]][:, None]
            elif source == "self":
                raters = people[:, None]
            else:
                raters = _colleagues(sim, people, count, draw, end - 90)
            _write(sim, draw, source, people, raters, day[rated])
    for k in range(-(-len(heads) // BLOCK)):
        who = heads[k * BLOCK:(k + 1) * BLOCK]
        draw = rng(sim.seed, RATINGS, 1, k)
        day = end - draw.integers(30, 60, len(who)).astype(np.int32)
        above = s.parent[p.seat[who]]
        _write(sim, draw, "manager", who, np.where(above >= 0, sim.manager[above], -1)[:, None], day)
        _write(sim, draw, "self", who, who[:, None], day)
        _write(sim, draw, "report", who, _reports(sim, who, c.raters["report"][1], draw, end - 90), day)
    draw = rng(sim.seed, RATINGS, 2)
    who = np.unique(sim.all_candidates)
    who = who[(p.left[who] == NEVER) & (p.level[who] == 0)]
    day = np.full(len(who), end - 20, dtype=np.int32)
    _write(sim, draw, "interviewer", who, sim.manager[s.team[p.seat[who]]][:, None], day)
    seen = draw.random(len(who)) < .5
    _write(sim, draw, "panel", who[seen], np.full((int(seen.sum()), 1), -2), day[seen])
    for source, parts in sim.raters.items():
        raters = np.unique(np.concatenate(parts))
        sim.sink.write("truth/raters", {"rater_id": sim.person_ids(raters), "source": source,
                                        "severity": sim.severity[raters]})


def _colleagues(sim: Simulation, people, count: int, draw, since: int) -> np.ndarray:
    """Different sellers of the region who have been there since `since`; -1 where none was found."""
    s, p = sim.seats, sim.people
    seat = p.seat[people]
    lo, hi = s.pool_start[seat], s.pool_end[seat]
    out = np.full((len(people), count), -1, dtype=np.int64)
    for k in range(count):
        for _ in range(6):
            tried = sim.seat_occ[lo + np.floor((hi - lo) * draw.random(len(people))).astype(np.int64)]
            fits = (out[:, k] < 0) & (tried >= 0) & (tried != people) & (p.hired[tried] <= since)
            for other in range(k):
                fits &= out[:, other] != tried
            out[:, k] = np.where(fits, tried, out[:, k])
    return out


def _reports(sim: Simulation, heads, count: int, draw, since: int) -> np.ndarray:
    """Up to `count` different reports of each first-line manager."""
    s, p = sim.seats, sim.people
    team = p.seat[heads]
    first = np.searchsorted(s.team, team)
    size = np.searchsorted(s.team, team, side="right") - first
    out = np.full((len(heads), count), -1, dtype=np.int64)
    shift = np.floor(size * draw.random(len(heads))).astype(np.int64)
    for k in range(count):
        tried = sim.seat_occ[first + (shift + k) % np.maximum(size, 1)]
        ok = (k < size) & (tried >= 0)
        out[:, k] = np.where(ok & (p.hired[np.maximum(tried, 0)] <= since), tried, -1)
    return out


def write_answers(sim: Simulation) -> None:
    """Structured interviews of candidates still there: four questions, scores 1 to 5, red flags."""
    c, p, s = sim.c, sim.people, sim.seats
    draw = rng(sim.seed, ANSWERS)
    who = np.unique(sim.all_candidates)
    who = who[(p.left[who] == NEVER) & (p.level[who] == 0)]
    rho, g = c.reliability["interviewer"], c.shared_perspective
    names = list(QUESTIONS)
    theta = p.theta[who][:, [CONSTRUCTS.index(QUESTIONS[q]) for q in names]]
    x = np.sqrt(g * rho) * theta + np.sqrt(1 - g * rho) * draw.standard_normal(theta.shape)
    score = np.clip(np.round(3 + .9 * x), 1, 5)
    flag = draw.random(theta.shape) < 1 / (1 + np.exp(3.0 + 1.5 * theta))
    row, item = np.nonzero(np.ones(theta.shape, dtype=bool))
    sim.sink.write("answers", {
        "person_id": sim.person_ids(who[row]), "question": words(names, item), "score": score[row, item],
        "red_flag": bools(flag[row, item]), "interviewer_id": sim.person_ids(sim.manager[s.team[p.seat[who[row]]]]),
        "date": dates(np.full(len(row), int(sim.days[-1]) - 20, dtype=np.int32))})


def write_motives(sim: Simulation) -> None:
    """One true motive a seller, reported strongly; up to two others, weakly; `wants_management` where asked."""
    p = sim.people
    there = np.flatnonzero((p.left == NEVER) & (p.stay_from >= 0) & (p.level == 0))
    for k in range(-(-len(there) // BLOCK)):
        who = there[k * BLOCK:(k + 1) * BLOCK]
        draw = rng(sim.seed, MOTIVE, 0, k)
        n = len(who)
        # people with leadership tend to want to develop others; those who only want to rise see one path
        weight = np.ones((n, len(MOTIVES)))
        weight[:, MOTIVES.index("developing_people")] = np.exp(.8 * p.theta[who, 0])
        weight[:, MOTIVES.index("only_path")] = np.where(p.wants[who], 2.0, .2)
        edges = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
        main = np.minimum((draw.random(n)[:, None] > edges).sum(axis=1), len(MOTIVES) - 1)
        others = (main[:, None] + draw.integers(1, len(MOTIVES), (n, 2))) % len(MOTIVES)
        motive = np.column_stack([main, others])
        strength = np.column_stack([draw.beta(6, 2, n), draw.beta(2, 4, (n, 2))]).round(2)
        said = np.column_stack([np.ones(n, dtype=bool), draw.random((n, 2)) < .5])
        said[:, 2] &= motive[:, 2] != motive[:, 1]
        asked = draw.random(n) < .6
        row, item = np.nonzero(said)
        sim.sink.write("motives", {
            "person_id": sim.person_ids(who[row]), "motive": words(MOTIVES, motive[row, item]),
            "strength": strength[row, item],
            "date": dates(np.full(len(row), int(sim.days[-1]) - 45, dtype=np.int32)),
            "wants_management": bools(p.wants[who[row]], asked[row])})
        sim.sink.write("truth/motives", {"person_id": sim.person_ids(who), "motive": words(MOTIVES, main)})
