"""Vendor exports become the tables of the data contract, as Parquet.

A source folder holds one CSV or Parquet file an object, named as the vendor (or its usual loader) names it, with or
without a vendor prefix and `_data` at the end: `opportunity.csv`, `sf_opportunity_data.csv`, `Opportunity.parquet`.
Unknown columns and files are ignored; a missing object or column that is needed is an error with file and column.
"""
from __future__ import annotations

from pathlib import Path
from typing import Callable

from . import hubspot, salesforce, workday
from ._export import ImportFault

__all__ = ["ImportFault", "VENDORS", "load"]

VENDORS: dict[str, Callable] = {"salesforce": salesforce.load, "hubspot": hubspot.load, "workday": workday.load}


def load(vendor: str, src: Path, out: Path) -> dict[str, Path]:
    """Read a vendor's export from `src`, write `out/TABLE.parquet`; the paths by table name."""
    if vendor not in VENDORS:
        raise ImportFault(f"unknown vendor {vendor!r}; known are {', '.join(sorted(VENDORS))}")
    return VENDORS[vendor](Path(src), Path(out))
