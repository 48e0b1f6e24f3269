"""The two ladders with where people stand, what is missing most, and what the ladder does against its purpose."""

from __future__ import annotations

from collections import Counter

from ...overview import Overview, Row, plural, probability
from ..blocks import Block, Section, Table, Text

SHOWN = 20
TRACKS = ("expert", "management")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _months(row: Row) -> str:
    if row["months_to_ready"] is None:
        return "beyond ten years" if row["status"] == "gaps" else "\u2013"
    if row["status"] == "ready":
        return "now"
    if row["months_low"] == row["months_high"]:  # nothing but time is missing
        return f"{row['months_to_ready']:.0f}"
    high = f"{row['months_high']:.0f}" if row["months_high"] is not None else "beyond 120"
    return f"{row['months_to_ready']:.0f} ({row['months_low']:.0f} to {high})"


def _ladder(overview: Overview, rows: list[Row]) -> Table:
    ladder = overview.policy.to_dict()["paths"]["ladder"]
    now: Counter[tuple[str, str]] = Counter()
    ready: Counter[tuple[str, str]] = Counter()
    soon: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["on_track"]:
            now[row["track"], row["level_now"]] += 1
        if row["level_next"] is None:
            continue
        if row["eligible"]:
            ready[row["track"], row["level_next"]] += 1
        elif (row["probability_within_horizon"] or 0.0) >= 0.5:
            soon[row["track"], row["level_next"]] += 1
    cells = [
        ["both", ladder["entry"]["title"], "0", f"{now['expert', ladder['entry']['title']]:,}", "\u2013", "\u2013"]
    ]
    for track in TRACKS:
        for level in ladder["tracks"][track]:
            key = (track, level["title"])
            cells.append(
                [
                    track,
                    level["title"],
                    f"{level['points']:,}",
                    f"{now[key]:,}",
                    f"{ready[key]:,}",
                    f"{soon[key]:,}",
                ]
            )
    return Table(
        "The ladder",
        ["track", "level", "#points", "#there now", "#meet all it asks", "#likely to within the horizon"],
        cells,
        "Equal points are equal worth on both tracks. Who meets what is asked is recommended for a talk, not promoted.",
    )


def _next(overview: Overview, rows: list[Row], track: str) -> Table | None:
    order = sorted(
        (
            row
            for row in rows
            if row["track"] == track and row["level_next"] is not None and row["months_to_ready"] is not None
        ),
        key=lambda row: (row["months_to_ready"], -(row["probability_within_horizon"] or 0.0), row["person_id"]),
    )
    if not order:
        return None
    missing: dict[str, list[str]] = {}
    for gap in overview.rows("paths", "gaps"):
        if gap["track"] == track:
            have = "not known" if gap["have"] is None else f"{gap['have']:.2f}"
            missing.setdefault(gap["person_id"], []).append(f"{_words(gap['requirement'])} {have} of {gap['need']:g}")
    return Table(
        f"Nearest to the next level of the {track} track",
        ["person", "now", "next", "#months to ready (80 %)", "#within the horizon", "missing"],
        [
            [
                overview.name(row["person_id"]),
                row["level_now"],
                row["level_next"],
                _months(row),
                probability(row["probability_within_horizon"]),
                "; ".join(missing.get(row["person_id"], [])) or "nothing",
            ]
            for row in order[:SHOWN]
        ],
        f"The first {SHOWN} of {len(order):,}." if len(order) > SHOWN else "",
    )


def _gaps(overview: Overview) -> Table | None:
    count: Counter[tuple[str, str, str]] = Counter()
    action: dict[tuple[str, str, str], str] = {}
    for gap in overview.rows("paths", "gaps"):
        key = (gap["track"], gap["level"], gap["requirement"])
        count[key] += 1
        if gap["have"] is not None:
            action[key] = gap["action"]
    if not count:
        return None
    return Table(
        "What is missing most, and what closes it",
        ["track", "level", "requirement", "#people", "recommended"],
        [
            [track, level, _words(requirement), f"{n:,}", action.get((track, level, requirement), "ask first")]
            for (track, level, requirement), n in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
        ],
    )


def build(overview: Overview) -> Section | None:
    rows = overview.rows("paths", "paths")
    if not rows:
        return None
    people = len({row["person_id"] for row in rows})
    found = overview.rows("paths", "ladder_findings")
    similar = sum(1 for row in rows if (row["n_similar"] or 0) > 0)
    blocks: list[Block] = [
        Text(
            f"{plural(people, 'person stands', 'people stand')} on the ladder. Months to ready are looked up, not assumed: "
            "how long others with such a gap needed to meet everything the level asks; where history says little, one to "
            f"two years a step are taken (grade C). For {plural(similar, 'path')} there were past cases to look up."
        ),
        _ladder(overview, rows),
    ]
    if found:
        blocks.append(
            Table(
                "What the ladder does against its purpose",
                ["severity", "track", "level", "finding"],
                [[row["severity"], row["track"] or "both", row["level"], row["text"]] for row in found],
            )
        )
    blocks += [table for track in TRACKS if (table := _next(overview, rows, track)) is not None]
    if (gaps := _gaps(overview)) is not None:
        blocks.append(gaps)
    return Section("paths", "Two ladders", blocks)
