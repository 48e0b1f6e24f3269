"""Sellers with their uncertainty: who stands out once luck is taken out, and how the ranking moves."""

from __future__ import annotations

from ...overview import CREDIBLE, Overview, Row, is_seller, money, percent, plural, probability, standing
from .. import charts
from ..blocks import Block, Picture, Section, Table, Text

ALL_UP_TO = 60  # sellers a caterpillar can show
TOP, BOTTOM = 35, 15  # shown of a larger organisation
DOTS_UP_TO = 2000
MOVERS = 12


def ranks(rows: list[Row], column: str) -> dict[str, int]:
    """1 = largest; ties go by the id, as everywhere."""
    order = sorted(rows, key=lambda row: (-row[column], row["person_id"]))
    return {row["person_id"]: place for place, row in enumerate(order, start=1)}


def _seller_table(overview: Overview, rows: list[Row], place: dict[str, int], caption: str) -> Table:
    cells = [
        [
            f"{place[row['person_id']]:,}",
            overview.name(row["person_id"]),
            row["market"] or "\u2013",
            money(row["won_amount"]),
            percent(row["attainment"]),
            f"{row['performance_z']:+.2f} \u00b1 {row['performance_sd']:.2f}",
            probability(row["probability_top_quartile"]),
        ]
        for row in rows
    ]
    return Table(
        caption,
        [
            "#rank, luck taken out",
            "seller",
            "market",
            "#won",
            "#attainment",
            "#performance \u00b1 sd",
            "#probability of the best quarter",
        ],
        cells,
    )


def _caterpillar(overview: Overview, rows: list[Row], adjusted: dict[str, int]) -> Picture:
    ordered = sorted(rows, key=lambda row: adjusted[row["person_id"]])
    all_shown = len(ordered) <= ALL_UP_TO
    shown = ordered if all_shown else ordered[:TOP] + ordered[-BOTTOM:]
    svg = charts.caterpillar(
        [
            {
                "label": overview.name(row["person_id"]),
                "order": adjusted[row["person_id"]],
                "z": row["performance_z"],
                "low": row["performance_z"] - CREDIBLE * row["performance_sd"],
                "high": row["performance_z"] + CREDIBLE * row["performance_sd"],
                "side": charts.SIDES[standing(row)],
            }
            for row in shown
        ],
        "performance against the own market (0 = what the market expects)",
    )
    who = (
        f"all {len(ordered)} sellers"
        if all_shown
        else f"the {TOP} highest and the {BOTTOM} lowest of {len(ordered):,} sellers"
    )
    best = ordered[0]
    alt = (
        f"Dots with ranges for {who}, best first. {overview.name(best['person_id'])} is first with "
        f"{best['performance_z']:+.2f}; {_count(ordered, 1)} ranges lie wholly above and {_count(ordered, -1)} "
        "wholly below zero."
    )
    return Picture(
        svg,
        f"Performance of {who}, in units of how much sellers differ, after luck is taken out.",
        "Each line holds the true value 19 times out of 20; coloured when it does not reach 0, grey when the seller "
        "cannot be told apart from the market.",
        alt,
        _seller_table(overview, ordered[:25], adjusted, "Highest performance" if len(ordered) > 25 else "Sellers"),
    )


def _count(rows: list[Row], side: int) -> int:
    return sum(1 for row in rows if standing(row) == side)


def _distribution(rows: list[Row]) -> Picture:
    values = [row["performance_z"] for row in rows]
    low, width = charts.bins(values, 40)
    counts: dict[tuple[int, int], int] = {}
    for row in rows:
        key = (int((row["performance_z"] - low) // width), standing(row))
        counts[key] = counts.get(key, 0) + 1
    svg = charts.histogram(
        [
            {"low": low + i * width, "high": low + (i + 1) * width, "count": n, "side": charts.SIDES[side]}
            for (i, side), n in sorted(counts.items())
        ],
        "performance against the own market",
    )
    up, down = _count(rows, 1), _count(rows, -1)
    cells = [
        ["above their market", f"{up:,}", percent(up / len(rows), 1)],
        ["cannot be told apart", f"{len(rows) - up - down:,}", percent((len(rows) - up - down) / len(rows), 1)],
        ["below their market", f"{down:,}", percent(down / len(rows), 1)],
    ]
    return Picture(
        svg,
        f"How the performance of {plural(len(rows), 'seller')} is spread.",
        "Coloured are those whose own range leaves out 0; by chance alone one in forty would lie on each side.",
        f"Histogram: {up:,} sellers above, {down:,} below, {len(rows) - up - down:,} not told apart.",
        Table("Sellers against their market", ["", "#sellers", "#share"], cells),
    )


def _cell(place: int, n: int, cells: int) -> int:
    """Which of `cells` equal parts of a ranking of n a place falls into."""
    return min(cells - 1, (place - 1) * cells // n)


def _ranking(overview: Overview, rows: list[Row], adjusted: dict[str, int]) -> list[Block]:
    ranked = [row for row in rows if row["log_relative_sales"] is not None]
    if len(ranked) < 3:
        return []
    raw, adjusted = ranks(ranked, "log_relative_sales"), ranks(ranked, "performance_z")
    moved = sorted(
        ranked, key=lambda row: (-abs(adjusted[row["person_id"]] - raw[row["person_id"]]), row["person_id"])
    )[:MOVERS]
    named = {row["person_id"] for row in moved[:6]}
    n = len(ranked)
    if n <= DOTS_UP_TO:
        svg = charts.rank_scatter(
            [
                {
                    "raw": raw[row["person_id"]],
                    "adjusted": adjusted[row["person_id"]],
                    "side": charts.SIDES[standing(row)],
                    "name": overview.name(row["person_id"]) if row["person_id"] in named else "",
                }
                for row in ranked
            ],
            n <= 200,
        )
    else:
        cells_a_side = 25
        counts: dict[tuple[int, int], int] = {}
        for row in ranked:
            person = row["person_id"]
            key = (_cell(raw[person], n, cells_a_side), _cell(adjusted[person], n, cells_a_side))
            counts[key] = counts.get(key, 0) + 1
        step = 1 / cells_a_side
        svg = charts.rank_heat(
            [
                {"x": i * step, "x2": (i + 1) * step, "y": j * step, "y2": (j + 1) * step, "count": c}
                for (i, j), c in sorted(counts.items())
            ]
        )
    rows_of_table = [
        [
            overview.name(row["person_id"]),
            f"{raw[row['person_id']]:,}",
            f"{adjusted[row['person_id']]:,}",
            f"{row['won_count']:,}" if row["won_count"] is not None else "\u2013",
            percent(row["largest_deal_share"]),
            money(row["won_amount"]),
        ]
        for row in moved
    ]
    first = moved[0]
    return [
        Picture(
            svg,
            "Place by sales as they are against place once luck is taken out, both within the own market.",
            "On the dashed line nothing changes; far from it, the sales as they are rest on few or unusually "
            "large deals."
            if n <= DOTS_UP_TO
            else "Dark cells along the diagonal: most places change little; far from it they rest on few deals.",
            f"{overview.name(first['person_id'])} moves most, from {raw[first['person_id']]:,} to "
            f"{adjusted[first['person_id']]:,} of {n:,}.",
            Table(
                "Who moves most",
                ["seller", "#as it is", "#luck taken out", "#deals won", "#share of the largest deal", "#won"],
                rows_of_table,
            ),
        )
    ]


def build(overview: Overview) -> Section | None:
    sellers = [row for row in overview.rows("measures", "sellers") if is_seller(row)]
    rows = [row for row in sellers if row["performance_z"] is not None and row["performance_sd"] is not None]
    if not rows:
        return None
    adjusted = ranks(rows, "performance_z")
    up, down = _count(rows, 1), _count(rows, -1)
    wolves = [row for row in sellers if row["lone_wolf"]]
    blocks: list[Block] = [
        Text(
            f"Once luck is taken out, {plural(up, 'seller')} of {len(rows):,} stand above their market and "
            f"{down:,} below it by more "
            f"than chance easily makes. The other {len(rows) - up - down:,} cannot be told apart, whatever their rank."
        )
    ]
    blocks.append(_caterpillar(overview, rows, adjusted))
    if len(rows) > ALL_UP_TO:
        blocks.append(_distribution(rows))
    blocks += _ranking(overview, rows, adjusted)
    if wolves:
        some = ", ".join(overview.name(row["person_id"]) for row in wolves[:12])
        blocks.append(
            Text(
                f"{plural(len(wolves), 'seller')} closed every deal of the window alone: {some}"
                f"{' and others' if len(wolves) > 12 else ''}."
            )
        )
    return Section("sellers", "Sellers", blocks)
