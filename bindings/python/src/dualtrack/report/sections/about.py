"""What the page is, and how far it may be trusted."""

from __future__ import annotations

from ...overview import Overview, findings, plural
from ..blocks import Section, Text


def build(overview: Overview) -> Section:
    rows = findings(overview)
    grave = sum(1 for row in rows if row["severity"] in ("error", "warning"))
    check = (
        f"{plural(grave, 'finding')} in the data should be looked at first; they are listed below."
        if grave
        else "The data passed every check without a warning."
    )
    ran = ", ".join(overview.results) or "none"
    return Section(
        "about",
        "What this is, and how sure",
        [
            Text(
                "This page describes a sales organisation from its own records: what was sold, by whom and "
                "against which quota, and "
                "what is left of the differences between people once luck is taken out."
            ),
            Text(
                "Sales are few and uneven, so part of every ranking is chance. Where a figure is uncertain, "
                "its range is shown: "
                "19 times out of 20 the true value lies within. People whose ranges overlap should not be told "
                "apart by these "
                "figures. Nothing here shows why somebody sells more or less."
            ),
            Text(f"The page informs; a person decides. Analyses: {ran}. {check}"),
        ],
    )
