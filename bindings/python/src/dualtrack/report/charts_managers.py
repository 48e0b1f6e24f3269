"""Pictures of managers: who leads whom by style, what joining adds, when people are coached, how new managers do."""

from __future__ import annotations

from typing import Any

from . import charts

STYLES = {
    "hero": charts.BELOW,
    "mixed": charts.NEUTRAL,
    "hero_maker": charts.ABOVE,
    "insufficient_evidence": charts.LIGHT,
}
STATUSES = {"green": "#2f7d4f", "amber": "#d9a404", "red": "#b3261e", "too little known": charts.LIGHT}


def _words(name: str) -> str:
    return name.replace("_", " ")


def organisation(people: list[dict[str, Any]], lines: list[dict[str, Any]], levels: int) -> str:
    """people: x (level), y, label, style, size; lines: x, y, x2, y2. The organisation from left to right."""
    altair = charts._altair()
    scale = altair.Scale(domain=[-0.1, levels - 0.2], nice=False)
    hidden = altair.Axis(labels=False, ticks=False, domain=False, grid=False)
    x = altair.X("x:Q", title=None, axis=hidden, scale=scale)
    y = altair.Y("y:Q", title=None, axis=hidden, scale=altair.Scale(reverse=True))
    joined = altair.Chart(charts._data(lines)).mark_rule(color=charts.LIGHT).encode(x=x, y=y, x2="x2:Q", y2="y2:Q")
    base = altair.Chart(charts._data([{**row, "style": _words(row["style"])} for row in people]))
    dots = base.mark_point(filled=True, opacity=1, stroke="#334155", strokeWidth=0.6).encode(
        x=x,
        y=y,
        size=altair.Size("size:Q", scale=altair.Scale(range=[40, 260]), legend=None),
        color=altair.Color(
            "style:N",
            title=None,
            scale=altair.Scale(domain=[_words(style) for style in STYLES], range=list(STYLES.values())),
            legend=altair.Legend(orient="top", labelFontSize=12),
        ),
    )
    names = base.mark_text(align="left", dx=10, fontSize=10).encode(x=x, y=y, text="label:N")
    height = 16 * (max((row["y"] for row in people), default=0) + 1)
    return charts._svg(joined + dots + names if len(people) <= 80 else joined + dots, int(max(120, min(height, 900))))


def joint_effects(rows: list[dict[str, Any]]) -> str:
    """rows: label, order, naive, effect, low, high, side. Hollow: as it is; full with its interval: compared with like deals."""
    altair = charts._altair()
    base = altair.Chart(charts._data(rows))
    y = charts._by_order()
    axis = altair.Axis(format="+%")
    bars = base.mark_rule(strokeWidth=2).encode(
        y=y,
        x=altair.X("low:Q", title="win rate with the manager less without, points", axis=axis),
        x2="high:Q",
        color=charts._side_color(),
    )
    found = base.mark_point(filled=True, size=44, opacity=1).encode(y=y, x="effect:Q", color=charts._side_color())
    naive = base.mark_point(filled=False, size=40, color=charts.NEUTRAL, opacity=1).encode(y=y, x="naive:Q")
    zero = altair.Chart(charts._data([{"zero": 0}])).mark_rule(color=charts.LINE, strokeDash=[4, 3])
    return charts._svg(zero.encode(x="zero:Q") + bars + naive + found, 16 * len(rows) + 10)


def coaching_map(rows: list[dict[str, Any]], tiers: list[str]) -> str:
    """rows: tier, week, value, text. Minutes a report and week, by tier and week of the quarter."""
    altair = charts._altair()
    base = altair.Chart(charts._data(rows)).encode(
        x=altair.X("week:O", title="week of the quarter", axis=altair.Axis(labelAngle=0)),
        y=altair.Y("tier:N", sort=tiers, title=None, axis=altair.Axis(ticks=False, domain=False)),
    )
    squares = base.mark_rect(stroke="white").encode(
        color=altair.Color(
            "value:Q",
            scale=altair.Scale(range=["#f8fafc", charts.ABOVE], domainMin=0, interpolate="rgb"),
            legend=altair.Legend(title="minutes a report and week", orient="bottom"),
        )
    )
    most = max((row["value"] for row in rows), default=1.0) or 1.0
    numbers = base.mark_text(fontSize=10).encode(
        text="text:N",
        color=altair.condition(f"datum.value > {0.6 * most:.6f}", altair.value("white"), altair.value("#111827")),
    )
    return charts._svg(squares + numbers, 26 * len(tiers) + 10)


def scorecard(rows: list[dict[str, Any]], count: int) -> str:
    """rows: label, order, month, status, text. One square a new manager and month."""
    altair = charts._altair()
    base = altair.Chart(charts._data(rows)).encode(
        x=altair.X("month:O", title="months since the first report", axis=altair.Axis(labelAngle=0)),
        y=charts._by_order(),
    )
    squares = base.mark_rect(stroke="white").encode(
        color=altair.Color(
            "status:N",
            title=None,
            scale=altair.Scale(domain=list(STATUSES), range=list(STATUSES.values())),
            legend=altair.Legend(orient="top", labelFontSize=12),
        )
    )
    marks = base.mark_text(fontSize=10).encode(
        text="text:N",
        color=altair.condition("datum.text == '?'", altair.value("#475569"), altair.value("white")),
    )
    return charts._svg(squares + marks, 18 * count + 10)
