"""What these data cannot say."""

from __future__ import annotations

from ...overview import Overview, is_seller, plural
from ..blocks import Section, Table, Text


def build(overview: Overview) -> Section | None:
    blocks: list[Text | Table] = []
    if overview.not_run:
        blocks.append(
            Table(
                "Analyses that these tables do not allow",
                ["analysis", "what is missing"],
                [[name, str(error)] for name, error in overview.not_run.items()],
            )
        )
    sellers = [row for row in overview.rows("measures", "sellers") if is_seller(row)]
    gaps = (
        [
            (sum(1 for row in sellers if row[column] is None), what)
            for column, what in (
                ("quota", "have no quota, so their attainment is not known"),
                ("win_rate", "have no decided deal, so they have no win rate"),
                ("performance_z", "have too little behind them to take luck out"),
                ("market", "have no market and are compared with everybody else without one"),
                ("manager_id", "have no manager on record"),
            )
        ]
        if sellers
        else []
    )
    for count, what in gaps:
        if count:
            blocks.append(Text(f"{plural(count, 'seller')} of {len(sellers):,} {what}."))
    blocks.append(
        Text(
            "Differences here are descriptions, not causes: who got which territory, accounts and quota was "
            "not decided by "
            "lot. Past sales say little about whether somebody would lead well; readiness rests on what others have seen."
        )
    )
    return Section("limits", "What cannot be said", list(blocks))
