"""Quota relief: what mentors' lower quotas cost, what the mentees would have to gain, and who would mentor whom."""

from __future__ import annotations

from ...overview import Overview, Row, money, plural, probability
from .. import charts
from ..blocks import Block, Picture, Section, Table, Text

SHOWN = 20
BARS = 25


def _plans(overview: Overview, rows: list[Row]) -> Table:
    return Table(
        "Plans as a whole",
        ["plan", "#mentors", "#mentees", "#quota lifted a year", "#gain (95 %)", "#net", "#year two", "#P(net > 0)"],
        [
            [
                "best set of the sellers measured" if row["plan"] == "best" else row["plan"],
                f"{row['n_mentors']:,}",
                f"{row['n_mentees']:,}",
                money(row["quota_relief"]),
                f"{money(row['gain'])} ({money(row['gain_low'])} to {money(row['gain_high'])})",
                money(row["net"]),
                money(row["net_year_2"]),
                probability(row["probability_positive"]),
            ]
            for row in rows
        ],
        "All of the quota lifted is counted as sales lost. Year two is what is left of the gain, without relief.",
    )


def _mentors(overview: Overview, rows: list[Row]) -> Picture:
    ordered = sorted(rows, key=lambda row: (-row["net"], row["mentor_id"] or ""))
    shown = ordered[:BARS]
    svg = charts.bars(
        [
            {
                "label": overview.name(row["mentor_id"]),
                "order": place,
                "value": row[column],
                "series": series,
            }
            for place, row in enumerate(shown)
            for column, series in (("gain_per_mentee", "gain a mentee"), ("break_even_gain", "break-even"))
        ],
        "yearly sales a mentee",
        percent=False,
    )
    table = Table(
        "Mentors of the best set",
        ["mentor", "#quota", "#lifted", "#mentees", "#minutes a week", "#gain a mentee (95 %)", "#break-even", "#net"],
        [
            [
                overview.name(row["mentor_id"]),
                money(row["quota"]),
                money(row["quota_relief"]),
                f"{row['n_mentees']:,}",
                f"{row['minutes_week']:,.0f}",
                f"{money(row['gain_per_mentee'])} ({money(row['gain_low'])} to {money(row['gain_high'])})",
                money(row["break_even_gain"]),
                money(row["net"]),
            ]
            for row in ordered[:SHOWN]
        ],
        f"The first {SHOWN} of {len(ordered):,}; everybody's is in the table relief." if len(ordered) > SHOWN else "",
    )
    return Picture(
        svg,
        f"What a mentee is expected to gain and would have to gain, for "
        f"{plural(len(shown), 'mentor')} of {len(ordered):,}.",
        "The gain is that of assigned mentoring in two randomised studies, 15 to 19 % of sales, range 10 to 24 %; where "
        "mentoring is voluntary it is about nothing.",
        f"{overview.name(ordered[0]['mentor_id'])} is first with a net of {money(ordered[0]['net'])} a year.",
        table,
    )


def build(overview: Overview) -> Section | None:
    plans = overview.rows("relief", "portfolio")
    if not any(row["n_mentees"] for row in plans):
        return None
    rows = [row for row in overview.rows("relief", "relief") if row["plan"] == "best"]
    blocks: list[Block] = [
        Text(
            "Somebody who sells well and mentors sells less, so part of the quota is lifted; the mentees' gain has to pay "
            "for it. It is recommended where the expected gain exceeds the cost; who takes part is for people to decide, "
            "and the new quotas are in the table quotas of the analysis relief, ready to load back."
        ),
        _plans(overview, [row for row in plans if row["n_mentees"]]),
    ]
    if rows:
        blocks.append(_mentors(overview, rows))
    return Section("relief", "Mentoring against a lower quota", blocks)
