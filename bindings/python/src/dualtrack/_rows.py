"""Small tables given as Python objects (dicts of lists, lists of dicts) as the JSON rows the library reads.

Nothing is guessed: a value with no exact JSON form is an error that names its table, column and row.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ._error import Error, Status

_quote = json.encoder.encode_basestring_ascii


def _cell(value: Any, table: str, column: str, row: int) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            found = "NaN" if value != value else "infinity" if value > 0 else "-infinity"
            raise Error(Status.DATA, "data.nan", f"expected a finite number, found {found}", f"{table}.{column}", row)
        return float.__repr__(float(value))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Error(Status.DATA, "data.nan", f"expected a finite number, found {value}", f"{table}.{column}", row)
        return format(value, "f") if -400 < value.adjusted() < 400 else str(value)
    if type(value).__name__ in ("NaTType", "NAType"):  # the missing values of pandas
        return "null"
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:  # as Arrow stores an instant: its day in UTC
            value = value.astimezone(dt.timezone.utc)
        return f'"{value.date().isoformat()}"'
    if isinstance(value, dt.date):
        return f'"{value.isoformat()}"'
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        plain = value.item()
        if type(plain).__module__ != "numpy" and not (type(value).__name__ == "datetime64" and isinstance(plain, int)):
            return _cell(plain, table, column, row)
    raise Error(
        Status.SCHEMA,
        "schema.type",
        f"expected text, a number, a date, a truth value or None, found {type(value).__name__}",
        f"{table}.{column}",
        row,
    )


def _list(values: Any, table: str, column: str) -> Sequence[Any]:
    if isinstance(values, (str, bytes, Mapping)):
        raise Error(
            Status.SCHEMA,
            "schema.type",
            f"expected a list of values, found {type(values).__name__}",
            f"{table}.{column}",
        )
    for method in ("to_pylist", "to_list", "tolist"):  # pyarrow, polars and pandas, numpy
        if hasattr(values, method):
            return getattr(values, method)()
    if isinstance(values, Sequence):
        return values
    if isinstance(values, Iterable):
        return list(values)
    raise Error(
        Status.SCHEMA, "schema.type", f"expected a list of values, found {type(values).__name__}", f"{table}.{column}"
    )


def _name(column: Any, table: str) -> str:
    if not isinstance(column, str):
        raise Error(Status.SCHEMA, "arrow.name", f"expected a column name, found {column!r}", table)
    return column


def columns_to_json(table: str, columns: Mapping[Any, Any]) -> bytes:
    """A dict of lists as a JSON array of objects."""
    names = [_name(column, table) for column in columns]
    lists = [_list(values, table, name) for name, values in zip(names, columns.values())]
    for name, values in zip(names, lists):
        if len(values) != len(lists[0]):
            raise Error(
                Status.DATA,
                "arrow.length",
                f"expected {len(lists[0])} values as in {names[0]}, found {len(values)}",
                f"{table}.{name}",
            )
    keys = [_quote(name) + ":" for name in names]
    cells = [
        [key + _cell(value, table, name, row) for row, value in enumerate(values)]
        for key, name, values in zip(keys, names, lists)
    ]
    return ("[" + ",".join("{" + ",".join(row) + "}" for row in zip(*cells)) + "]").encode()


def rows_to_json(table: str, rows: Iterable[Mapping[Any, Any]]) -> bytes:
    """A list of dicts as a JSON array of objects; a key that a row lacks is a missing value."""
    texts = []
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise Error(
                Status.SCHEMA, "schema.type", f"expected a row as a dict, found {type(row).__name__}", table, index
            )
        texts.append(
            "{"
            + ",".join(
                _quote(_name(column, table)) + ":" + _cell(value, table, column, index) for column, value in row.items()
            )
            + "}"
        )
    return ("[" + ",".join(texts) + "]").encode()
