"""Result tables as Python lists, read from their Arrow stream without any other package."""

from __future__ import annotations

import ctypes as c
import datetime as dt
from typing import Any

from ._abi import ArrowArray, ArrowArrayStream, ArrowSchema
from ._capsule import release

_EPOCH = dt.date(1970, 1, 1).toordinal()
TYPES = {
    b"u": "utf8",
    b"U": "large_utf8",
    b"g": "float64",
    b"l": "int64",
    b"i": "int32",
    b"tdD": "date32",
    b"b": "bool",
}
_NUMBERS: dict[bytes, Any] = {b"g": c.c_double, b"l": c.c_int64, b"i": c.c_int32, b"tdD": c.c_int32}


def _fail(stream: ArrowArrayStream, code: int) -> None:
    text = stream.get_last_error(c.byref(stream)) if stream.get_last_error else None
    raise RuntimeError(f"a result stream failed with {code}: {(text or b'').decode(errors='replace')}")


def read_schema(stream: ArrowArrayStream) -> list[tuple[str, bytes]]:
    """Name and Arrow format of every column."""
    schema = ArrowSchema()
    status = stream.get_schema(c.byref(stream), c.byref(schema))
    if status:
        _fail(stream, status)
    try:
        children = [schema.children[i].contents for i in range(schema.n_children)]
        return [(child.name.decode(), child.format) for child in children]
    finally:
        release(schema)


def _bits(address: int, first: int, count: int) -> list[bool]:
    data = (c.c_uint8 * ((first + count + 7) // 8)).from_address(address)
    return [bool(data[i >> 3] >> (i & 7) & 1) for i in range(first, first + count)]


def _values(array: ArrowArray, kind: bytes, offset: int, count: int) -> list[Any]:
    first = array.offset + offset
    if kind == b"b":
        values: list[Any] = _bits(array.buffers[1], first, count)
    elif kind in (b"u", b"U"):
        step = c.c_int32 if kind == b"u" else c.c_int64
        bounds = (step * (count + 1)).from_address(array.buffers[1] + first * c.sizeof(step))[:]
        data = c.string_at(array.buffers[2] + bounds[0], bounds[-1] - bounds[0]) if bounds[-1] > bounds[0] else b""
        start = bounds[0]
        values = [data[a - start : b - start].decode() for a, b in zip(bounds, bounds[1:])]
    elif kind in _NUMBERS:
        number = _NUMBERS[kind]
        values = (number * count).from_address(array.buffers[1] + first * c.sizeof(number))[:]
        if kind == b"tdD":
            values = [dt.date.fromordinal(_EPOCH + day) if -719162 <= day <= 2932896 else None for day in values]
    else:
        raise NotImplementedError(f"a result column of Arrow format {kind!r}; update the Python package")
    if array.null_count != 0 and array.buffers[0]:
        values = [v if there else None for v, there in zip(values, _bits(array.buffers[0], first, count))]
    return values


def read_columns(
    stream: ArrowArrayStream, only: set[str] | None = None, first_rows: int | None = None
) -> tuple[list[tuple[str, bytes]], dict[str, list[Any]], int]:
    """Schema, the columns in `only` (all when None) up to `first_rows`, and the number of rows of the whole table."""
    schema = read_schema(stream)
    lists: dict[str, list[Any]] = {name: [] for name, _ in schema if only is None or name in only}
    n_rows = 0
    while True:
        batch = ArrowArray()
        status = stream.get_next(c.byref(stream), c.byref(batch))
        if status:
            _fail(stream, status)
        if not batch.release:
            return schema, lists, n_rows
        try:
            count = batch.length if first_rows is None else max(0, min(batch.length, first_rows - n_rows))
            n_rows += batch.length
            for index, (name, kind) in enumerate(schema if count else ()):
                if name in lists:
                    lists[name] += _values(batch.children[index].contents, kind, batch.offset, count)
        finally:
            release(batch)
