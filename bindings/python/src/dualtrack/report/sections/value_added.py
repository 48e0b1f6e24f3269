"""Manager value added: how much more the same sellers sell under each manager, and what cannot be said."""

from __future__ import annotations

from collections import Counter

from ...overview import Overview, Row, plural, probability
from .. import charts
from ..blocks import Block, Picture, Section, Table, Text

ALL_UP_TO = 40  # managers a caterpillar can show
ENDS = 20  # of either end, where there are more
COMPONENTS = 10
TURNED = 5  # named whose sign turns

WHY = {
    "no_movers": "none of their sellers ever had another manager, so manager and sellers cannot be told apart",
    "period_confounded": "all their sellers changed managers at once, so the manager cannot be told from the date",
    "not_converged": "the estimate did not settle",
    "insufficient_df": "too few rows to say how sure the effect is",
    "bridged": "everything hangs on one seller who changed managers",
    "weak": "the data hardly move what was known before",
    "other_component": "linked to other managers, but not to those of the largest group: not to be compared with them",
}


def _effect(value: float) -> str:
    return f"{value:+.2f}"


def _side(row: Row) -> int:
    return 1 if row["low"] > 0 else -1 if row["high"] < 0 else 0


def _caterpillar(overview: Overview, rows: list[Row], unit: str) -> Picture:
    ordered = sorted(rows, key=lambda row: (-row["effect_shrunk"], row["manager_id"]))
    shown = ordered if len(ordered) <= ALL_UP_TO else ordered[:ENDS] + ordered[-ENDS:]
    svg = charts.caterpillar(
        [
            {
                "label": overview.name(row["manager_id"]),
                "order": place,
                "z": row["effect_shrunk"],
                "low": row["low"],
                "high": row["high"],
                "side": charts.SIDES[_side(row)],
            }
            for place, row in enumerate(shown, start=1)
        ],
        f"value added, {unit} (0 = average of those compared)",
    )
    table = Table(
        "Value added",
        [
            "manager",
            "#to expect (95 %)",
            "#as estimated ± se",
            "#sellers",
            "#of them changed",
            "#P(top tenth)",
            "status",
        ],
        [
            [
                overview.name(row["manager_id"]),
                f"{_effect(row['effect_shrunk'])} ({_effect(row['low'])} to {_effect(row['high'])})",
                "" if row["se"] is None else f"{_effect(row['effect'])} ± {row['se']:.2f}",
                f"{row['n_sellers']:,}",
                f"{row['n_movers']:,}",
                probability(row["probability_top_tenth"]),
                row["status"].replace("_", " "),
            ]
            for row in shown
        ],
        "" if len(shown) == len(ordered) else f"Both ends of {len(ordered):,}; all are in the table value_added.",
    )
    who = "all" if len(shown) == len(ordered) else f"both ends of {len(ordered):,}"
    apart = sum(_side(row) != 0 for row in ordered)
    return Picture(
        svg,
        f"What the same sellers sell under each manager, {who} managers that can be compared; coloured when the whole "
        "interval is on one side of zero.",
        f"{apart:,} of {len(ordered):,} can be told from the average. A line holds the true value 19 times out of 20 if "
        "nobody was moved because of last month's results.",
        f"{overview.name(ordered[0]['manager_id'])} is first with {_effect(ordered[0]['effect_shrunk'])}.",
        table,
    )


def _unsaid(rows: list[Row]) -> Table | None:
    counts = Counter(row["status"] for row in rows if row["status"] != "ok")
    if not counts:
        return None
    return Table(
        "What cannot be said",
        ["status", "#managers", "why"],
        [[status.replace("_", " "), f"{counts[status]:,}", why] for status, why in WHY.items() if counts[status]],
    )


def _components(rows: list[Row]) -> Table:
    shown = rows[:COMPONENTS]
    return Table(
        "Who can be compared with whom",
        ["group", "#managers", "#sellers", "#who changed", "#rows", "#it hangs on", "#how well linked (0 to 1)"],
        [
            [
                f"{row['component']:,}",
                f"{row['n_managers']:,}",
                f"{row['n_sellers']:,}",
                f"{row['n_movers']:,}",
                f"{row['n_rows']:,}",
                plural(row["n_bridges"], "seller"),
                "" if row["lambda_2"] is None else f"{row['lambda_2']:.2g}",
            ]
            for row in shown
        ],
        f"The first {len(shown)} of {len(rows):,} groups." if len(rows) > len(shown) else "",
    )


def _turned(overview: Overview, rows: list[Row]) -> Text | None:
    """Managers whose estimate and expectation are on different sides of the average."""
    turned = [
        row
        for row in rows
        if row["effect"] is not None and row["effect"] * row["effect_shrunk"] < 0 and abs(row["effect"]) >= 0.005
    ]
    if not turned:
        return None
    turned.sort(key=lambda row: (-abs(row["effect"]), row["manager_id"]))
    named = ", ".join(
        f"{overview.name(row['manager_id'])} ({_effect(row['effect'])} as estimated, {_effect(row['effect_shrunk'])} to "
        "expect)"
        for row in turned[:TURNED]
    )
    more = f" and {len(turned) - TURNED:,} more" if len(turned) > TURNED else ""
    return Text(
        f"The sign turns for {plural(len(turned), 'manager')}: {named}{more}. The estimate of each compares with the "
        "other managers of the same few sellers; what is to be expected weighs in how far those are off themselves, and "
        "what managers of the market are like. Where the two disagree the estimate alone says next to nothing."
    )


def build(overview: Overview) -> Section | None:
    rows = overview.rows("value_added", "value_added")
    if not rows:
        return None
    words = {row["quantity"]: row["text"] for row in overview.rows("value_added", "estimation")}
    unit = "log points of sales" if words.get("outcome") in ("log", "log1p") else "quotas"
    if words.get("outcome") in ("identity", "any_sale"):
        unit = "units of the outcome"
    largest = [row for row in rows if row["component"] == 1 and row["effect_shrunk"] is not None]
    blocks: list[Block] = [
        Text(
            "The effect of a manager is seen where sellers change managers: how much more do the same people sell? The "
            "level of each seller and of each period is taken out. It is an estimate of the past, it says nothing of why, "
            "and it is to be talked about, not paid by."
        )
    ]
    if len(largest) > 1:
        blocks.append(_caterpillar(overview, largest, unit))
        turned = _turned(overview, largest)
        if turned is not None:
            blocks.append(turned)
    unsaid = _unsaid(rows)
    if unsaid is not None:
        blocks.append(unsaid)
    blocks.append(_components(overview.rows("value_added", "components")))
    return Section("value-added", "What managers add", blocks)
