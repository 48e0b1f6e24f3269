"""Pictures: Altair charts as inline SVG. Every chart is a pure function of a short list of rows."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from ..sources import need

ABOVE, BELOW, NEUTRAL, LIGHT, LINE = "#1f5a8c", "#b4530a", "#6b7280", "#cbd5e1", "#334155"
WIDTH = 620
SIDES = {1: "above", 0: "cannot be told apart", -1: "below"}


def _altair() -> Any:
    return need("altair")


def _svg(chart: Any, height: int | None = None, sized: bool = False) -> str:
    altair, converter = _altair(), need("vl_convert")
    # The browser's font may be wider than the one the converter measures with: names get some room at the left.
    size: dict[str, Any] = {"padding": {"left": 28, "right": 8, "top": 5, "bottom": 5}}
    if not sized:
        size["width"] = WIDTH
    if height is not None:
        size["height"] = height
    chart = (
        chart.properties(**size)
        .configure(font="Helvetica, Arial, sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="#1f2937",
            titleColor="#1f2937",
            gridColor="#eceff3",
            labelFontSize=11,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=180,
        )
    )
    version = "_".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    with altair.data_transformers.disable_max_rows():
        return _own_ids(converter.vegalite_to_svg(chart.to_dict(), vl_version=version))


def _own_ids(svg: str) -> str:
    """Gradients and clips are numbered by the converter through its life; ids of the picture's own content are the same
    on every run and differ between the pictures of a page."""
    found = list(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)))
    plain = svg
    for name in found:
        plain = plain.replace(name, "")
    own = hashlib.sha256(plain.encode()).hexdigest()[:12]
    numbers = {name: f"p{own}-{place}" for place, name in enumerate(found)}
    return re.sub(r'(\bid="|url\(#|href="#)([^")]+)', lambda m: m[1] + numbers.get(m[2], m[2]), svg)


def _data(rows: list[dict[str, Any]]) -> Any:
    return _altair().Data(values=rows)


def _side_color(field: str = "side") -> Any:
    altair = _altair()
    return altair.Color(
        f"{field}:N", scale=altair.Scale(domain=list(SIDES.values()), range=[ABOVE, NEUTRAL, BELOW]), legend=None
    )


def _by_order() -> Any:
    altair = _altair()
    return altair.Y(
        "label:N",
        sort=altair.SortField("order"),
        title=None,
        axis=altair.Axis(labelOverlap=False, ticks=False, domain=False, grid=False),
    )


def caterpillar(rows: list[dict[str, Any]], title: str) -> str:
    """rows: label, order, z, low, high, side. A dot and its interval a person, best first, zero marked."""
    altair = _altair()
    base = altair.Chart(_data(rows))
    y = _by_order()
    bars = base.mark_rule(strokeWidth=2).encode(y=y, x=altair.X("low:Q", title=title), x2="high:Q", color=_side_color())
    dots = base.mark_point(filled=True, size=42, opacity=1).encode(y=y, x="z:Q", color=_side_color())
    zero = altair.Chart(_data([{"zero": 0}])).mark_rule(color=LINE, strokeDash=[4, 3]).encode(x="zero:Q")
    return _svg(zero + bars + dots, 16 * len(rows) + 10)


def histogram(rows: list[dict[str, Any]], x_title: str, stacked: bool = True, percent: bool = False) -> str:
    """rows: low, high, count, side. Counts by bins made beforehand; `side` colours them."""
    altair = _altair()
    axis = altair.Axis(format="%") if percent else altair.Axis()
    x = altair.X("low:Q", bin="binned", title=x_title, axis=axis)
    chart = altair.Chart(_data(rows)).mark_bar(stroke="white", strokeWidth=0.5)
    if stacked:
        return _svg(
            chart.encode(x=x, x2="high:Q", y=altair.Y("count:Q", title="sellers", stack="zero"), color=_side_color()),
            220,
        )
    series = altair.Color(
        "side:N",
        title=None,
        scale=altair.Scale(range=[LIGHT, ABOVE]),
        legend=altair.Legend(orient="top", labelFontSize=12),
    )
    return _svg(
        chart.encode(
            x=x,
            x2="high:Q",
            y=altair.Y("count:Q", title="sellers", stack=None),
            color=series,
            opacity=altair.value(0.75),
        ),
        220,
    )


def rank_scatter(rows: list[dict[str, Any]], labels: bool) -> str:
    """rows: raw, adjusted, side, label. Above the line: moved down once luck is taken out."""
    altair = _altair()
    last = max((max(row["raw"], row["adjusted"]) for row in rows), default=1)
    scale = altair.Scale(domain=[0.5, last + 0.5], reverse=True, nice=False)
    base = altair.Chart(_data(rows))
    x = altair.X("raw:Q", title="rank by sales as they are (1 = best, to the right)", scale=scale)
    y = altair.Y("adjusted:Q", title="rank once luck is taken out", scale=scale)
    dots = base.mark_point(filled=True, size=40 if len(rows) < 200 else 14, opacity=0.75).encode(
        x=x, y=y, color=_side_color()
    )
    line = (
        altair.Chart(_data([{"raw": 1, "adjusted": 1}, {"raw": last, "adjusted": last}]))
        .mark_line(color=LINE, strokeDash=[4, 3], strokeWidth=1)
        .encode(x=x, y=y)
    )
    chart = line + dots
    if labels:
        chart += (
            base.transform_filter("datum.name != ''")
            .mark_text(align="right", dx=-7, dy=-7, fontSize=11)
            .encode(x=x, y=y, text="name:N")
        )
    return _svg(chart, 420)


def rank_heat(rows: list[dict[str, Any]]) -> str:
    """rows: x, x2, y, y2, count, in shares of all sellers (0 = best). For organisations too large for dots."""
    altair = _altair()
    scale = altair.Scale(domain=[0, 1], reverse=True, nice=False)
    axis = altair.Axis(format="%")
    return _svg(
        altair.Chart(_data(rows))
        .mark_rect()
        .encode(
            x=altair.X("x:Q", title="place by sales as they are (0 % = best, to the right)", scale=scale, axis=axis),
            x2="x2:Q",
            y=altair.Y("y:Q", title="place once luck is taken out", scale=scale, axis=axis),
            y2="y2:Q",
            color=altair.Color("count:Q", scale=altair.Scale(scheme="blues", type="log"), title="sellers"),
        ),
        420,
    )


def dumbbell(rows: list[dict[str, Any]], x_title: str) -> str:
    """rows: label, order, raw, shrunk. Hollow dot: as seen; full dot: to believe; a line joins them."""
    altair = _altair()
    base = altair.Chart(_data(rows))
    y = _by_order()
    axis = altair.Axis(format="%")
    joined = base.mark_rule(color=LIGHT, strokeWidth=3).encode(
        y=y, x=altair.X("raw:Q", title=x_title, axis=axis), x2="shrunk:Q"
    )
    seen = base.mark_point(filled=False, size=44, color=NEUTRAL, opacity=1).encode(y=y, x="raw:Q")
    believed = base.mark_point(filled=True, size=44, color=ABOVE, opacity=1).encode(y=y, x="shrunk:Q")
    return _svg(joined + seen + believed, 16 * len(rows) + 10)


def attainment_heat(rows: list[dict[str, Any]], periods: list[str], count: int) -> str:
    """rows: label, order, period, value, text. One square a team and period."""
    altair = _altair()
    base = altair.Chart(_data(rows)).encode(
        x=altair.X(
            "period:N",
            sort=periods,
            title=None,
            axis=altair.Axis(orient="top", labelAngle=0 if len(periods) <= 9 else -60),
        ),
        y=_by_order(),
    )
    squares = base.mark_rect(stroke="white").encode(
        color=altair.Color(
            "value:Q",
            scale=altair.Scale(domain=[0.4, 1.0, 1.6], range=[BELOW, "#f8fafc", ABOVE], clamp=True, interpolate="rgb"),
            legend=altair.Legend(title="attainment", format="%", orient="bottom"),
        )
    )
    numbers = base.mark_text(fontSize=10).encode(
        text="text:N",
        color=altair.condition("abs(datum.value - 1) > 0.38", altair.value("white"), altair.value("#111827")),
    )
    return _svg(squares + numbers if len(periods) <= 13 else squares, 20 * count + 10)


def quantile_band(rows: list[dict[str, Any]], y_title: str) -> str:
    """rows: period, order, low, middle, high. Median of the teams with the middle half as a band."""
    altair = _altair()
    base = altair.Chart(_data(rows))
    x = altair.X("period:N", sort=altair.SortField("order"), title=None)
    axis = altair.Axis(format="%")
    band = base.mark_area(color=LIGHT, opacity=0.8).encode(
        x=x, y=altair.Y("low:Q", title=y_title, axis=axis), y2="high:Q"
    )
    line = base.mark_line(color=ABOVE, strokeWidth=2.5, point=True).encode(x=x, y="middle:Q")
    return _svg(band + line, 240)


def fans(rows: list[dict[str, Any]], x_title: str, y_title: str) -> str:
    """rows: panel, order, x, low, lower, middle, upper, high. A panel a rule: median, middle half, nine tenths."""
    altair = _altair()
    base = altair.Chart(_data(rows))
    x = altair.X("x:Q", title=x_title, axis=altair.Axis(tickCount=4))
    scale = altair.Scale(zero=False)
    wide = base.mark_area(color=LIGHT, opacity=0.7).encode(
        x=x, y=altair.Y("low:Q", title=y_title, scale=scale), y2="high:Q"
    )
    half = base.mark_area(color=ABOVE, opacity=0.35).encode(x=x, y="lower:Q", y2="upper:Q")
    line = base.mark_line(color=ABOVE, strokeWidth=2).encode(x=x, y="middle:Q")
    panels = (
        (wide + half + line)
        .properties(width=178, height=120)
        .facet(
            facet=altair.Facet(
                "panel:N", title=None, sort=altair.SortField("order"), header=altair.Header(labelFontSize=12)
            ),
            columns=3,
        )
    )
    return _svg(panels, sized=True)


def tornado(rows: list[dict[str, Any]], x_title: str, middle: float) -> str:
    """rows: label, order, low, high. How far one assumption at a time moves a figure; `middle` is the figure as used."""
    altair = _altair()
    base = altair.Chart(_data(rows))
    y = _by_order()
    moved = base.mark_bar(color=ABOVE, height=10).encode(y=y, x=altair.X("low:Q", title=x_title), x2="high:Q")
    marks = [altair.Chart(_data([{"at": middle}])).mark_rule(color=LINE).encode(x="at:Q")]
    marks.append(altair.Chart(_data([{"at": 0.0}])).mark_rule(color=LINE, strokeDash=[4, 3]).encode(x="at:Q"))
    return _svg(moved + marks[0] + marks[1], 18 * len(rows) + 10)


def bars(rows: list[dict[str, Any]], x_title: str, percent: bool) -> str:
    """rows: label, order, value, series. Grouped bars, one pair a label."""
    altair = _altair()
    return _svg(
        altair.Chart(_data(rows))
        .mark_bar()
        .encode(
            y=_by_order(),
            x=altair.X("value:Q", title=x_title, axis=altair.Axis(format="%" if percent else ",.0f")),
            yOffset="series:N",
            color=altair.Color(
                "series:N",
                title=None,
                scale=altair.Scale(range=[ABOVE, BELOW]),
                legend=altair.Legend(orient="top", labelFontSize=12),
            ),
        ),
        14 * len(rows) + 10,
    )


def waterfall(rows: list[dict[str, Any]], title: str) -> str:
    """rows: label, order, start, end, side. Each bar begins where the one above ends; zero marked."""
    altair = _altair()
    steps = (
        altair.Chart(_data(rows))
        .mark_bar(size=14)
        .encode(
            y=_by_order(),
            x=altair.X("start:Q", title=title, axis=altair.Axis(format=",.0f")),
            x2="end:Q",
            color=_side_color(),
        )
    )
    zero = altair.Chart(_data([{"zero": 0}])).mark_rule(color=LINE, strokeDash=[4, 3]).encode(x="zero:Q")
    return _svg(steps + zero, 22 * len(rows) + 10)


def bins(values: list[float], count: int) -> tuple[float, float]:
    """Lower edge and width of `count` bins, or fewer, at round numbers, that hold every value."""
    low, high = min(values), max(values)
    width = (high - low) / count or 1.0
    power = 10.0
    while power > width:
        power /= 10.0
    while power * 10.0 <= width:
        power *= 10.0
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= width * 0.999999)
    return step * (low // step), step
