"""Managers: who does the people's selling, who makes them sell, whom nobody coaches, how new managers do."""

from __future__ import annotations

import math
from collections import Counter

from ...overview import Overview, Row, money, percent, plural, probability, styles_text
from .. import charts, charts_managers
from ..blocks import Block, Picture, Section, Table, Text

ALL_UP_TO = 40  # managers a list of intervals can show
TREE_UP_TO = 400
TRAPS = 20
UNCOACHED = 25
NEW = 25
UNKNOWN = "too little known"
TIERS = ["top", "middle", "bottom", "not_judged"]
LETTER = {"green": "", "amber": "!", "red": "x", UNKNOWN: "?"}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _points(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:+.1f}"


def _change(row: Row, name: str) -> str:
    mean, low, high = (row[f"{name}_{part}"] for part in ("change", "low", "high"))
    return "-" if mean is None else f"{100 * mean:+.0f} % ({100 * low:+.0f} to {100 * high:+.0f})"


def _yearly(row: Row) -> str:
    """The yearly change of what the team wins alone, with its interval."""
    mean, low, high = (row[f"independent_trend{end}"] for end in ("", "_low", "_high"))
    if mean is None:
        return "-"
    return f"{100 * math.expm1(mean):+.0f} % ({100 * math.expm1(low):+.0f} to {100 * math.expm1(high):+.0f})"


def _hero(row: Row) -> str:
    text = probability(row["hero_probability"])
    return text + (" (too little to judge by)" if row["style"] == "insufficient_evidence" else "")


def _tree(overview: Overview, rows: list[Row]) -> Picture | None:
    """Managers and their managers, depth first; only those who have a report in the window."""
    by_id = {row["manager_id"]: row for row in rows}
    boss = {
        row["person_id"]: row["manager_id"]
        for row in overview.rows("measures", "sellers")
        if row["person_id"] in by_id and row["manager_id"] in by_id and row["manager_id"] != row["person_id"]
    }
    if len(rows) > TREE_UP_TO:
        return None
    below: dict[str | None, list[str]] = {}
    for person in sorted(by_id):
        seen, at = {person}, person
        while at in boss and boss[at] not in seen:  # a circle of lines has no top: it is cut where it closes
            at = boss[at]
            seen.add(at)
        below.setdefault(boss.get(person) if at not in boss else None, []).append(person)
    people, lines, place = [], [], {}
    stack = [(person, 0) for person in reversed(below.get(None, []))]
    while stack:
        person, level = stack.pop()
        place[person] = (level, len(people))
        row = by_id[person]
        people.append(
            {
                "x": level,
                "y": len(people),
                "label": overview.name(person),
                "style": row["style"],
                "size": row["n_reports"],
            }
        )
        if person in boss and boss[person] in place:
            x, y = place[boss[person]]
            lines.append({"x": x, "y": y, "x2": level, "y2": len(people) - 1})
        stack += [(each, level + 1) for each in reversed(below.get(person, []))]
    levels = 1 + max(level for level, _ in place.values())
    count = Counter(row["style"] for row in rows)
    return Picture(
        charts_managers.organisation(people, lines, levels + 1),
        "Who leads whom, from the top at the left; a dot is a manager, its size the number of reports, its colour the style.",
        "A style is given only where probability allows it: mixed says that neither can be said, light grey that there is too "
        "little to judge by.",
        ", ".join(f"{count[style]} {_words(style)}" for style in charts_managers.STYLES) + ".",
    )


def _effects(overview: Overview, rows: list[Row]) -> Picture | None:
    known = [row for row in rows if row["joint_effect"] is not None and row["joint_effect_naive"] is not None]
    if not known:
        return None
    ordered = sorted(known, key=lambda row: (-row["n_joined"], row["manager_id"]))[:ALL_UP_TO]
    ordered.sort(key=lambda row: (-row["joint_effect"], row["manager_id"]))

    def side(row: Row) -> int:
        return 1 if row["joint_effect_low"] > 0 else -1 if row["joint_effect_high"] < 0 else 0

    clear = sum(1 for row in known if side(row) != 0)
    return Picture(
        charts_managers.joint_effects(
            [
                {
                    "label": overview.name(row["manager_id"]),
                    "order": place,
                    "naive": row["joint_effect_naive"],
                    "effect": row["joint_effect"],
                    "low": row["joint_effect_low"],
                    "high": row["joint_effect_high"],
                    "side": charts.SIDES[side(row)],
                }
                for place, row in enumerate(ordered, start=1)
            ]
        ),
        "What joining adds to the win rate. Hollow: with less without, as it is; full: the same within seller, segment and "
        "size of deal, late joins apart."
        + ("" if len(ordered) == len(known) else f" The {len(ordered)} who join most of {len(known):,}."),
        f"Each line holds the true effect 19 times out of 20; of {plural(len(known), 'manager')} {clear:,} can be told from "
        "none. Joining was not decided by lot: what matching cannot see stays in.",
        "Managers join deals that are won anyway: the hollow dots lie to the right of the full ones.",
        Table(
            "With and without the manager",
            [
                "manager",
                "#deals",
                "#joined",
                "#with less without",
                "#compared with like deals",
                "#won alone, a year",
                "style",
            ],
            [
                [
                    overview.name(row["manager_id"]),
                    f"{row['n_deals']:,}",
                    percent(row["involvement_share"]),
                    _points(row["joint_effect_naive"]),
                    f"{_points(row['joint_effect'])} ({_points(row['joint_effect_low'])} to "
                    f"{_points(row['joint_effect_high'])})",
                    _yearly(row),
                    _words(row["style"]),
                ]
                for row in ordered[:25]
            ],
            "Percentage points of the win rate; what is won alone, as a yearly change against the market; 95 % intervals.",
        ),
    )


def _dependent(overview: Overview, rows: list[Row]) -> Table | None:
    known = [row for row in rows if row["step_back_change"] is not None and row["step_back_change"] < 0]
    known.sort(key=lambda row: (row["step_back_change"], row["manager_id"]))
    if not known:
        return None
    return Table(
        "If the manager stepped back",
        ["manager", "#deals joined", "#stepping back to what is usual", "#joining nothing", "#hero probability"],
        [
            [
                overview.name(row["manager_id"]),
                percent(row["involvement_share"]),
                _change(row, "step_back"),
                _change(row, "without"),
                _hero(row),
            ]
            for row in known[:12]
        ],
        "Expected change of the team's sales with its 95 % interval; a single year scatters by chance beside it. How much "
        "each report depends is in the table dependence.",
    )


def _traps(overview: Overview) -> Table | None:
    rows = overview.rows("managers", "traps")
    if not rows:
        return None
    order = {"step_back": 0, "control": 1, "fading": 2, "regretted_exits": 3, "uncoached_stars": 4}
    ordered = sorted(rows, key=lambda row: (order.get(row["trap"], 9), -(row["probability"] or 0), row["manager_id"]))
    return Table(
        "Traps, and what to do next",
        ["manager", "trap", "what shows it, what it may lead to, what to do next"],
        [
            [overview.name(row["manager_id"]), _words(row["trap"]), row["text"].split(": ", 1)[-1]]
            for row in ordered[:TRAPS]
        ],
        "What a trap leads to is what practitioners report; no study of it was found."
        + (f" The first {TRAPS} of {len(rows):,}." if len(rows) > TRAPS else ""),
    )


def _coaching(overview: Overview) -> Picture | None:
    rows = [row for row in overview.rows("managers", "coaching_weeks") if row["minutes_per_report_week"] is not None]
    if not rows:
        return None
    tiers = [tier for tier in TIERS if any(row["tier"] == tier for row in rows)]
    return Picture(
        charts_managers.coaching_map(
            [
                {
                    "tier": _words(row["tier"]),
                    "week": row["week"],
                    "value": row["minutes_per_report_week"],
                    "text": f"{row['minutes_per_report_week']:.0f}",
                }
                for row in rows
            ],
            [_words(tier) for tier in tiers],
        ),
        "Minutes of coaching a report and week, by tier of performance and week of the quarter, all managers together.",
        "Counts of what was logged, without an estimate: coaching that nobody wrote down is not in it.",
        "Rows are tiers of performance, columns the weeks of a quarter.",
    )


def _uncoached(overview: Overview) -> Table | None:
    rows = overview.rows("managers", "uncoached")
    if not rows:
        return None
    longest = sorted(
        rows,
        key=lambda row: (
            row["days_since_one_to_one"] is not None,
            -(row["days_since_one_to_one"] or 0),
            row["person_id"],
        ),
    )
    return Table(
        "The best whom nobody coached lately",
        ["person", "manager", "#days since a one-to-one", "goals last set", "last evaluation"],
        [
            [
                overview.name(row["person_id"]),
                overview.name(row["manager_id"]) + (" (left)" if row["manager_left"] else ""),
                "never" if row["days_since_one_to_one"] is None else f"{row['days_since_one_to_one']:,}",
                str(row["last_goal_setting"] or "never"),
                str(row["last_evaluation"] or "never"),
            ]
            for row in longest[:UNCOACHED]
        ],
        f"{plural(len(rows), 'person', 'people')} of the top tier. Coaching the best brings little sales by the studies "
        "there are; keeping them is what it is for.",
    )


def _status(row: Row) -> str:
    """The colour of a month; a trigger is one, everything else needs half of the score to be known."""
    return row["status"] if row["status"] == "red" or row["known_weight"] >= 0.5 else UNKNOWN


def _transition(overview: Overview) -> Picture | None:
    rows = overview.rows("managers", "transition")
    if not rows:
        return None
    last: dict[str, Row] = {}
    for row in rows:
        last[row["manager_id"]] = row
    rank = {"red": 0, "amber": 1, "green": 2, UNKNOWN: 3}
    shown = sorted(last, key=lambda person: (rank[_status(last[person])], -last[person]["month_index"], person))[:NEW]
    order = {person: place for place, person in enumerate(shown)}
    red = sum(1 for row in last.values() if row["status"] == "red")
    return Picture(
        charts_managers.scorecard(
            [
                {
                    "label": overview.name(row["manager_id"]),
                    "order": order[row["manager_id"]],
                    "month": row["month_index"],
                    "status": _status(row),
                    "text": LETTER[_status(row)],
                }
                for row in rows
                if row["manager_id"] in order
            ],
            len(shown),
        ),
        "New managers month by month: green, amber (!, below what the same people did before), red (x, a trigger), ? (less "
        "than half of the score known)."
        + ("" if len(shown) == len(last) else f" {len(shown)} of {len(last):,}, red first."),
        f"{red:,} of {plural(len(last), 'new manager')} end red. A team's first months rest on few deals: the interval of the "
        "change stands in the table.",
        "One row a new manager, one square a month.",
        Table(
            "The last month of each new manager",
            ["manager", "#month", "status", "#team against before (95 %)", "#own weight", "what makes it red"],
            [
                [
                    overview.name(person),
                    f"{last[person]['month_index']}",
                    _status(last[person]),
                    "-"
                    if last[person]["team_change"] is None
                    else f"{100 * last[person]['team_change']:+.0f} % ({100 * last[person]['team_change_low']:+.0f} to "
                    f"{100 * last[person]['team_change_high']:+.0f})",
                    percent(last[person]["weight_own"]),
                    last[person]["triggers"],
                ]
                for person in shown
            ],
            "Against what the same people sold before, moved by their market.",
        ),
    )


def build(overview: Overview) -> Section | None:
    rows = overview.rows("managers", "managers")
    if not rows:
        return None
    own = max(rows, key=lambda row: (row["own_credit_share"] or 0.0, row["manager_id"]))
    text = f"{styles_text(rows)} A style is a reason to look and to talk; a person decides."
    if all(row["involvement_share"] is None for row in rows):
        text += " No table says who took part in which deal: participants, or credits of the manager, would."
    if own["own_credit_share"]:
        text += (
            f" The largest part of own sales is {percent(own['own_credit_share'])}: {overview.name(own['manager_id'])}, "
            f"{money(own['own_amount'])} beside {money(own['team_amount'])} of the team."
        )
    blocks: list[Block | None] = [
        Text(text),
        _tree(overview, rows),
        _effects(overview, rows),
        _dependent(overview, rows),
        _traps(overview),
        _coaching(overview),
        _uncoached(overview),
        _transition(overview),
    ]
    return Section("managers", "Managers: hero or hero-maker", [block for block in blocks if block is not None])
