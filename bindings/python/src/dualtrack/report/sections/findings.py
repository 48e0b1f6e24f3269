"""What was doubtful in the data: before everything else when it is grave, at the end when it is not."""

from __future__ import annotations

from ...overview import Overview, Row, findings, plural
from ..blocks import Section, Table, Text

SHOWN = 50


def _table(caption: str, rows: list[Row]) -> Table:
    cells = [
        [
            row["severity"],
            ".".join(p for p in (row["table"], row["column"]) if p),
            "" if row["row"] is None else f"{row['row']:,}",
            f"{row['count']:,}" if row["count"] is not None else "",
            row["text"],
            row["code"],
        ]
        for row in rows[:SHOWN]
    ]
    note = f"{len(rows) - SHOWN:,} more are in the table findings." if len(rows) > SHOWN else ""
    return Table(caption, ["severity", "where", "#row", "#rows concerned", "what was found", "code"], cells, note)


def build_urgent(overview: Overview) -> Section | None:
    grave = [row for row in findings(overview) if row["severity"] in ("error", "warning")]
    if not grave:
        return None
    errors = sum(1 for row in grave if row["severity"] == "error")
    text = f"{plural(len(grave), 'finding')} may change what the figures below mean"
    text += f"; because of {plural(errors, 'error')} rows were left out." if errors else "."
    return Section(
        "findings", "Look at this first", [Text(text + " Rows count from 0."), _table("Findings", grave)], urgent=True
    )


def build_rest(overview: Overview) -> Section | None:
    notes = [row for row in findings(overview) if row["severity"] not in ("error", "warning")]
    if not notes:
        return None
    return Section(
        "notes",
        "Notes on the data",
        [
            Text("Assumptions made and things noticed that change nothing by themselves. Rows count from 0."),
            _table("Notes", notes),
        ],
    )
