"""Teams: attainment by period, and whether a team's sellers stand out."""

from __future__ import annotations

import statistics
from typing import Any

from ...overview import Overview, Row, Team, money, percent, plural, ranking, teams
from .. import charts
from ..blocks import Block, Picture, Section, Table, Text

SHOWN = 30


def _period(row: Row) -> str:
    return f"{row['start']:%Y-%m}" if hasattr(row["start"], "strftime") else str(row["start"])


def _table(overview: Overview, rows: list[Team], caption: str) -> Table:
    return Table(
        caption,
        [
            "manager",
            "#reports",
            "#amount",
            "#quota",
            "#attainment",
            "#own amount",
            "#regretted exits",
            "its sellers, luck taken out",
        ],
        [
            [
                overview.name(team.manager_id),
                "\u2013" if team.n_reports is None else f"{team.n_reports:,}",
                money(team.amount),
                money(team.quota),
                percent(team.attainment),
                money(team.own_amount),
                "\u2013" if team.regretted_exits is None else f"{team.regretted_exits:,}",
                team.sureness,
            ]
            for team in rows
        ],
    )


def _attainment(overview: Overview, all_teams: list[Team], rows: list[Row]) -> Picture | None:
    rows = [row for row in rows if row["attainment"] is not None]
    if not rows:
        return None
    periods = sorted({_period(row) for row in rows})
    order = {team.manager_id: place for place, team in enumerate(all_teams)}
    if len(all_teams) <= SHOWN:
        cells: list[dict[str, Any]] = [
            {
                "label": overview.name(row["manager_id"]),
                "order": order[row["manager_id"]],
                "period": _period(row),
                "value": row["attainment"],
                "text": f"{100 * row['attainment']:.0f}",
            }
            for row in rows
        ]
        svg = charts.attainment_heat(cells, periods, len({cell["label"] for cell in cells}))
        shows = "Attainment of each team by period (start of the period), in percent: blue above quota, orange below."
    else:
        bands = []
        for place, period in enumerate(periods):
            values = sorted(row["attainment"] for row in rows if _period(row) == period)
            low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
            bands.append({"period": period, "order": place, "low": low, "middle": middle, "high": high})
        svg = charts.quantile_band(bands, "attainment")
        shows = (
            f"Attainment of {plural(len(all_teams), 'team')} by period: the middle team, and the middle half as a band."
        )
    values = [row["attainment"] for row in rows]
    return Picture(
        svg,
        shows,
        "Sums, not estimates; but a small team's attainment swings with single deals and with how its quota was set.",
        f"{plural(len(rows), 'team period')} from {percent(min(values))} to {percent(max(values))}, the middle "
        f"one {percent(statistics.median(values))}.",
    )


def build(overview: Overview) -> Section | None:
    all_teams = teams(overview)
    if not all_teams:
        return None
    clear = [team for team in all_teams if team.sureness.startswith("clearly")]
    blocks: list[Block] = [
        Text(
            f"Of {plural(len(all_teams), 'team')}, the sellers of {len(clear):,} stand clearly above or below their "
            "markets once luck is taken out. A good team does not show that its manager made it: people may have been good before."
        )
    ]
    picture = _attainment(overview, all_teams, overview.rows("measures", "teams"))
    if picture is not None:
        blocks.append(picture)
    else:
        blocks.append(Text("No quotas were given for these teams: attainment cannot be said."))
    if len(all_teams) <= SHOWN:
        blocks.append(_table(overview, all_teams, "Teams over the whole window"))
    else:
        worth = ranking(all_teams)
        ranked = [team for team in worth if team.attainment is not None] or worth
        blocks.append(_table(overview, ranked[:15], f"The first 15 of {plural(len(ranked), 'team')} by attainment"))
        last = ranked[15:][-15:]
        if last:
            blocks.append(_table(overview, last, f"The last {len(last)}"))
        if len(ranked) < len(all_teams):
            blocks.append(
                Text(
                    f"Left out of this list: {plural(len(all_teams) - len(ranked), 'team')} gone by the last day, of one "
                    "seller, of managers, or without quota. Such teams top and end every list by chance, or by who "
                    "sells for them further down."
                )
            )
    return Section("teams", "Teams", blocks)
