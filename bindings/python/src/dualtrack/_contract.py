"""The input tables of the data contract, as the catalog lists them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ._api import catalog


@lru_cache(maxsize=1)
def _catalog() -> dict[str, Any]:
    return catalog()


@lru_cache(maxsize=1)
def input_tables() -> dict[str, dict[str, str]]:
    """Every input table: its columns with the kind of cell (id, text, date, money, number, integer, flag, ...)."""
    return {
        table["name"]: {column["name"]: column["kind"] for column in table["columns"]} for table in _catalog()["inputs"]
    }


def analyses() -> list[dict[str, Any]]:
    """Every analysis of the library, in the catalog's order."""
    return list(_catalog()["analyses"])


def kind_of(table: str, column: str) -> str | None:
    """The kind of a cell; None for a column beyond the contract."""
    columns = input_tables().get(table, {})
    if column in columns:
        return columns[column]
    for known, kind in columns.items():
        if known.endswith("*") and column.startswith(known[:-1]):
            return kind
    return None
