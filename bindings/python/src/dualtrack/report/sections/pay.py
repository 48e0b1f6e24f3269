"""Pay inversions: teams in which a report earns more than the manager."""

from __future__ import annotations

from ...overview import Overview, Row, money, percent, plural
from .. import charts
from ..blocks import Block, Picture, Section, Table, Text

SHOWN = 25


def build(overview: Overview) -> Section | None:
    rows = [row for row in overview.rows("pay", "pay_inversion") if row["n_reports"]]
    if not rows:
        return None

    def inverted(row: Row) -> float:
        return max(row["share_above_at_target"] or 0.0, row["share_above_at_actual"] or 0.0)

    affected = sorted(
        (row for row in rows if inverted(row) > 0),
        key=lambda row: (-inverted(row), -(row["largest_gap"] or 0.0), row["manager_id"]),
    )
    text = (
        f"In {len(affected):,} of {plural(len(rows), 'team')} at least one report earns more than the manager. "
        "Where selling pays "
        "more than leading, the best sellers lose by a promotion and the wrong people may ask for one."
    )
    blocks: list[Block] = [Text(text)]
    if affected:
        shown = affected[:SHOWN]
        table = Table(
            "Teams with a pay inversion",
            ["manager", "#reports", "#above at target pay", "#above at actual pay", "#largest gap a year"],
            [
                [
                    overview.name(row["manager_id"]),
                    f"{row['n_reports']:,}",
                    percent(row["share_above_at_target"]),
                    percent(row["share_above_at_actual"]),
                    money(row["largest_gap"]),
                ]
                for row in shown
            ],
            f"The first {SHOWN} of {len(affected):,}." if len(affected) > SHOWN else "",
        )
        bars = [
            {"label": overview.name(row["manager_id"]), "order": place, "value": row[column] or 0.0, "series": series}
            for place, row in enumerate(shown)
            for column, series in (
                ("share_above_at_target", "at target pay"),
                ("share_above_at_actual", "at actual pay"),
            )
        ]
        worst = shown[0]
        blocks.append(
            Picture(
                charts.bars(bars, "share of the team that earns more than its manager", percent=True),
                "Share of each team's reports who earn more than their manager, at target pay and as paid.",
                "Counted from pay records, not estimated; actual pay of one year holds that year's luck.",
                f"{overview.name(worst['manager_id'])} leads with {percent(inverted(worst))} of "
                f"{plural(worst['n_reports'], 'report')}.",
                table,
            )
        )
    return Section("pay", "Pay", blocks)
