"""Win rates: what was seen, and what to believe of it."""

from __future__ import annotations

from ...overview import Overview, Row, is_seller, percent, plural
from .. import charts
from ..blocks import Picture, Section, Table, Text
from .sellers import ALL_UP_TO


def _spread_found(rows: list[Row]) -> bool:
    """Whether, within any market, the shrunken rates differ at all."""
    rates: dict[str | None, set[float]] = {}
    for row in rows:
        rates.setdefault(row["market"], set()).add(round(row["win_rate_shrunk"], 9))
    return any(len(found) > 1 for found in rates.values())


def build(overview: Overview) -> Section | None:
    rows = [
        row
        for row in overview.rows("measures", "sellers")
        if is_seller(row) and row["win_rate"] is not None and row["win_rate_shrunk"] is not None
    ]
    if len(rows) < 2:
        return None
    rows.sort(key=lambda row: (-row["win_rate_shrunk"], -(row["won_count"] + row["lost_count"]), row["person_id"]))
    raw = [row["win_rate"] for row in rows]
    shrunk = [row["win_rate_shrunk"] for row in rows]
    differs = _spread_found(rows)
    text = (
        f"Seen win rates run from {percent(min(raw))} to {percent(max(raw))}; what to believe runs from "
        f"{percent(min(shrunk))} to "
        f"{percent(max(shrunk))}, because a rate from few deals is mostly chance and is drawn towards the market's."
    )
    if not differs:
        text += (
            " Within each market the spread is no larger than chance alone would make: there is no difference between "
            "sellers to act on."
        )
    table = Table(
        "Win rates",
        ["seller", "#won", "#lost", "#seen", "#to believe"],
        [
            [
                overview.name(row["person_id"]),
                f"{row['won_count']:,}",
                f"{row['lost_count']:,}",
                percent(row["win_rate"]),
                percent(row["win_rate_shrunk"], 1),
            ]
            for row in rows[:25]
        ],
        f"The first 25 of {len(rows):,}." if len(rows) > 25 else "",
    )
    if len(rows) <= ALL_UP_TO:
        svg = charts.dumbbell(
            [
                {
                    "label": overview.name(row["person_id"]),
                    "order": i,
                    "raw": row["win_rate"],
                    "shrunk": row["win_rate_shrunk"],
                }
                for i, row in enumerate(rows)
            ],
            "win rate",
        )
        shows = "Win rate of each seller: hollow as seen, full as to believe."
    else:
        counts = [
            {"low": i / 25, "high": (i + 1) / 25, "count": n, "side": series}
            for series, values in (("as seen", raw), ("to believe", shrunk))
            for i, n in enumerate(_binned(values, 25))
            if n
        ]
        svg = charts.histogram(counts, "win rate", stacked=False, percent=True)
        shows = f"How the win rates of {plural(len(rows), 'seller')} are spread: as seen, and as to believe."
    sure = (
        "What to believe weighs each seller's deals against the market's; the longer the move, the fewer the deals."
        if differs
        else "No difference between sellers of a market can be shown from these deals."
    )
    return Section("win-rates", "Win rates", [Text(text), Picture(svg, shows, sure, text, table)])


def _binned(values: list[float], count: int) -> list[int]:
    out = [0] * count
    for value in values:
        out[min(count - 1, int(value * count))] += 1
    return out
