"""The plan for each person who was passed over, and what to say."""

from __future__ import annotations

from ...overview import Overview, Row, percent, plural, probability
from ..blocks import Block, Section, Table, Text

SHOWN = 25
SPOKEN = 5
TOPICS = {
    "validate": "1. Say what was achieved",
    "performance_and_readiness": "2. Separate performance from readiness",
    "ask_why": "3. Ask why",
    "week_of_a_manager": "4. The real week of a manager",
    "the_path": "5. The path",
    "pay_in_the_open": "6. Pay in the open",
}


def _risk(row: Row) -> float:
    return float(row["probability_exit_12m"])


def build(overview: Overview) -> Section | None:
    rows = overview.rows("retention", "retention")
    if not rows:
        return None
    passed = [row for row in rows if row["passed_over"] != "no"]
    order = sorted(rows, key=lambda row: (row["passed_over"] == "no", -_risk(row), row["person_id"]))
    blocks: list[Block] = [
        Text(
            f"{plural(len(rows), 'person has', 'people have')} a motive on record or did not get a seat; "
            f"{len(passed):,} of them were passed over in the last year or would be by the recommended slate. Outselling "
            "the person chosen raises the risk of leaving 2.2-fold for a year (grade A), any other application 1.35-fold; "
            "an interview with the hiring manager halves the excess (grade B). The other actions follow the motive; no "
            "study of their effect is known, so none is claimed."
        ),
        Table(
            "Plans",
            [
                "person",
                "passed over",
                "motive",
                "#P(leaves in 12 months)",
                "#with interview",
                "#minutes a week",
                "plan",
            ],
            [
                [
                    overview.name(row["person_id"]),
                    row["passed_over"].replace("_", " "),
                    (row["motive"] or "not asked").replace("_", " "),
                    percent(_risk(row)),
                    probability(row["mitigated_probability_12m"]),
                    f"{row['minutes_week']:,.0f} of {row['capacity_minutes_week']:,.0f}",
                    row["plan"],
                ]
                for row in order[:SHOWN]
            ],
            f"The first {SHOWN} of {len(order):,}; everybody's is in the table retention."
            if len(order) > SHOWN
            else "",
        ),
    ]
    points: dict[str, list[Row]] = {}
    for point in overview.rows("retention", "talking_points"):
        points.setdefault(point["person_id"], []).append(point)
    for row in [row for row in order if row["passed_over"] != "no"][:SPOKEN]:
        blocks.append(
            Table(
                f"What to say to {overview.name(row['person_id'])}, in this order",
                ["step", "figures"],
                [[TOPICS[point["topic"]], point["text"]] for point in points.get(row["person_id"], [])],
            )
        )
    return Section("retention", "People who were passed over", blocks)
