"""Readiness to lead: who, how sure, what is missing, and what to ask next. Sales have no part in it."""

from __future__ import annotations

from collections import Counter

from ...overview import CREDIBLE, Overview, Row, plural, probability
from .. import charts
from ..blocks import Block, Picture, Section, Table, Text

ALL_UP_TO = 50  # people a caterpillar can show
EXPLAINED = 12
ASKED = 15
STATUSES = {"ready": 1, "develop": 0, "insufficient_evidence": 0}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _verdicts(overview: Overview, judged: list[Row]) -> Picture:
    ordered = sorted(judged, key=lambda row: (-row["readiness_z"], row["person_id"]))
    shown = ordered if len(ordered) <= ALL_UP_TO else ordered[:ALL_UP_TO]
    svg = charts.caterpillar(
        [
            {
                "label": overview.name(row["person_id"]),
                "order": place,
                "z": row["readiness_z"],
                "low": row["readiness_z"] - CREDIBLE * row["readiness_sd"],
                "high": row["readiness_z"] + CREDIBLE * row["readiness_sd"],
                "side": charts.SIDES[STATUSES[row["status"]]],
            }
            for place, row in enumerate(shown, start=1)
        ],
        "readiness to lead (0 = average)",
    )
    table = Table(
        "Highest readiness",
        ["person", "#readiness \u00b1 sd", "#probability of being ready", "#sources", "status"],
        [
            [
                overview.name(row["person_id"]),
                f"{row['readiness_z']:+.2f} \u00b1 {row['readiness_sd']:.2f}",
                probability(row["probability_ready"]),
                f"{row['n_sources']}",
                _words(row["status"]),
            ]
            for row in shown[:25]
        ],
    )
    who = (
        "everybody judged"
        if len(shown) == len(ordered)
        else f"the {len(shown)} highest of {len(ordered):,} people judged"
    )
    return Picture(
        svg,
        f"Readiness of {who}; coloured when the status is ready.",
        "Each line holds the true value 19 times out of 20 if the ratings are as reliable as the published studies found.",
        f"{overview.name(shown[0]['person_id'])} is first with {shown[0]['readiness_z']:+.2f}.",
        table,
    )


def _explanations(overview: Overview, rows: list[Row]) -> Table:
    said = {row["person_id"]: row["explanation"] for row in overview.rows("readiness", "explanations")}
    return Table(
        "In words",
        ["person", "what the evidence says"],
        [[overview.name(row["person_id"]), said[row["person_id"]]] for row in rows[:EXPLAINED]],
        f"The first {EXPLAINED} of {len(rows):,}; everybody's is in the table explanations."
        if len(rows) > EXPLAINED
        else "",
    )


def _next(overview: Overview, missing: set[str]) -> Table | None:
    rows = [row for row in overview.rows("readiness", "questions") if row["rank"] == 1]
    rows.sort(key=lambda row: (row["person_id"] not in missing, -row["interval_reduction"], row["person_id"]))
    if not rows:
        return None
    return Table(
        "Whom to ask what next",
        ["person", "ask", "about", "#interval narrows by", "question"],
        [
            [
                overview.name(row["person_id"]),
                _words(row["ask"]),
                _words(row["construct"]),
                f"{row['interval_reduction']:.2f}",
                row["question"],
            ]
            for row in rows[:ASKED]
        ],
        "Those who cannot be judged yet come first.",
    )


def _first_questions(overview: Overview) -> Table | None:
    """Where nobody can be judged, what everybody is to be asked says more than fifteen names with the same question."""
    narrows: dict[tuple[str, str, str], list[float]] = {}
    for row in overview.rows("readiness", "questions"):
        narrows.setdefault((row["ask"], row["construct"], row["question"]), []).append(row["interval_reduction"])
    if not narrows:
        return None
    ordered = sorted(narrows.items(), key=lambda one: (-sum(one[1]), one[0]))
    return Table(
        "Where to begin: whom to ask what",
        ["ask", "about", "#people", "#interval narrows by", "question"],
        [
            [_words(ask), _words(construct), f"{len(by):,}", f"{sum(by) / len(by):.2f}", question]
            for (ask, construct, question), by in ordered[:ASKED]
        ],
        "In the order of what the answers would tell of all of them; everybody's own are in the table questions.",
    )


def _trials(overview: Overview, missing: set[str]) -> Table | None:
    rows = sorted(
        overview.rows("readiness", "trials"),
        key=lambda row: (row["person_id"] not in missing, -row["interval_reduction"], row["person_id"]),
    )
    if not rows:
        return None
    return Table(
        "Trials of leading",
        ["person", "trial", "to see", "#uncertainty now", "#after it", "#interval narrows by"],
        [
            [
                overview.name(row["person_id"]),
                _words(row["trial"]),
                _words(row["construct"]),
                f"{row['sd_now']:.2f}",
                f"{row['sd_then']:.2f}",
                f"{row['interval_reduction']:.2f}",
            ]
            for row in rows[:ASKED]
        ],
        "The trial that shows the construct with the lowest standing; its result comes back as activities and ratings.",
    )


def _mean(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known) / len(known):.2f}" if known else "not known"


def _reliability(overview: Overview) -> Table | None:
    """One line a source: means over the constructs it speaks of."""
    by_source: dict[str, list[Row]] = {}
    for row in overview.rows("readiness", "reliability"):
        if not row["competency"]:
            by_source.setdefault(row["source"], []).append(row)
    if not by_source:
        return None
    how = {
        "two_way": "raters rated several people",
        "one_way": "several raters a person",
        "one_rater": "nobody has a second rater of this source",
        "no_spread": "everybody is rated the same",
        "split_half": "odd against even months",
        "no_two_halves": "months do not agree, or too few people",
    }
    return Table(
        "What ratings are worth here, beside what the policy believes",
        [
            "source",
            "#people",
            "#one rater here",
            "#believed",
            "#share of raters' severity",
            "#alpha of items",
            "known by",
        ],
        [
            [
                _words(source),
                f"{max(row['n_people'] for row in rows):,}",
                _mean([row["single_rater"] for row in rows]),
                _mean([row["assumed"] for row in rows]),
                _mean([row["severity_share"] for row in rows]),
                _mean([row["alpha"] for row in rows]),
                "; ".join(sorted({how[row["status"]] for row in rows})),
            ]
            for source, rows in by_source.items()
        ],
        "Reliability of a single rater, 1 = another would say the same; means over constructs. The policy's figures are used: "
        "change them where these say otherwise.",
    )


def _grid(overview: Overview) -> Table | None:
    rows = overview.rows("readiness", "grid")
    if not rows:
        return None
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows:
        expected[row["performance"], row["readiness"]] += row["probability"]
    levels = ("low", "middle", "high")
    return Table(
        "Performance by readiness: people to expect in each box",
        ["readiness", *(f"#performance {level}" for level in levels)],
        [[level, *(f"{expected[performance, level]:,.1f}" for performance in levels)] for level in reversed(levels)],
        "Sums of everybody's probabilities, not a count of labels: most people could stand in several boxes.",
    )


def build(overview: Overview) -> Section | None:
    rows = overview.rows("readiness", "readiness")
    if not rows:
        return None
    count = Counter(row["status"] for row in rows)
    judged = [row for row in rows if row["status"] != "insufficient_evidence"]
    missing = {row["person_id"] for row in rows if row["status"] == "insufficient_evidence"}
    blocks: list[Block] = [
        Text(
            f"Of {plural(len(rows), 'person', 'people')} {count['ready']:,} are recommended as ready, {count['develop']:,} to "
            f"develop, and {count['insufficient_evidence']:,} cannot be judged on what has been asked so far. Sales, quotas and "
            "pay have no part in it: a change of any of them leaves these figures the same to the last digit."
        )
    ]
    if judged:
        blocks.append(_verdicts(overview, judged))
        blocks.append(_explanations(overview, sorted(judged, key=lambda row: (-row["readiness_z"], row["person_id"]))))
    further = [_next(overview, missing), _trials(overview, missing)] if judged else [_first_questions(overview)]
    further += [_reliability(overview), _grid(overview)]
    blocks += [table for table in further if table is not None]
    return Section("readiness", "Readiness to lead", blocks)
