"""The record: enough to run it all again and get the same bytes."""

from __future__ import annotations

import json

from ...overview import Overview
from ..blocks import Code, Section, Text


def build(overview: Overview) -> Section | None:
    if not overview.results:
        return None
    return Section(
        "record",
        "The record",
        [
            Text(
                "With the same tables, policy and version, every figure comes out the same to the last digit. "
                "The records hold the "
                "digests to check that with."
            ),
            *(
                Code(f"Record of {name}", json.dumps(result.record, indent=2, ensure_ascii=False))
                for name, result in overview.results.items()
            ),
        ],
    )
