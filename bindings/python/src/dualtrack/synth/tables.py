"""Columns and sinks: numpy arrays become Arrow columns of the table contract, in memory or as Parquet files."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 122_880     # rows; fixed, so that the bytes of a file do not depend on how the work was cut

_TYPES = {"s": pa.utf8(), "d": pa.date32(), "f": pa.float64(), "i": pa.int64(), "b": pa.bool_()}


def _schema(text: str) -> pa.Schema:
    return pa.schema([(name, _TYPES[kind]) for name, kind in (part.split(":") for part in text.split())])


SCHEMAS = {name: _schema(text) for name, text in {
    "people": "person_id:s name:s hired:d left:d left_reason:s role:s market:s manager_id:s",
    "assignments": "person_id:s manager_id:s start:d end:d role:s team:s market:s",
    "deals": "deal_id:s owner_id:s amount:f currency:s opened:d closed:d outcome:s segment:s account_id:s list_price:f",
    "credits": "deal_id:s person_id:s share:f kind:s",
    "participants": "deal_id:s person_id:s part:s joined:d",
    "quotas": "person_id:s start:d end:d amount:f scope:s",
    "activities": "actor_id:s subject_id:s deal_id:s kind:s start:d minutes:f",
    "ratings": "person_id:s rater_id:s source:s competency:s score:f scale_min:f scale_max:f date:d",
    "answers": "person_id:s question:s score:f red_flag:b interviewer_id:s date:d",
    "motives": "person_id:s motive:s strength:f date:d wants_management:b",
    "pay": "person_id:s start:d end:d base:f target_variable:f paid_variable:f currency:s",
    "vacancies": "vacancy_id:s role:s team:s manager_id:s opens:d reports:i filled_by:s external:b",
    "candidates": "vacancy_id:s person_id:s interviewed:b selected:b consents:b",
    "exchange_rates": "currency:s date:d rate:f",
    "demographics": "person_id:s sex:s race_ethnicity:s age_band:s",
    "truth/people": "person_id:s log_skill:f log_book:f win_probability:f collaborators:f lone_wolf:b readiness:f "
                    "effect_residual:f wants_management:b months_ramped:f skill_growth:f",
    "truth/constructs": "person_id:s construct:s z:f",
    "truth/motives": "person_id:s motive:s",
    "truth/managers": "manager_id:s effect:f prior_log_relative_sales:f collaboration:f readiness:f effect_residual:f "
                      "style:s involvement:f help:f report_growth:f credit_probability:f credit_share:f coaching:f "
                      "step_back:d step_back_change:f step_back_change_credited:f since:d",
    "truth/deals": "deal_id:s win_probability:f win_probability_alone:f joined:b late:b reassigned:b",
    "truth/candidates": "vacancy_id:s person_id:s log_relative_sales:f collaboration:f readiness:f expected_effect:f "
                        "effect:f weight:f outsold_winner:b",
    "truth/exits": "person_id:s month:d hazard:f passed_over:f",
    "truth/raters": "rater_id:s source:s severity:f",
    "truth/months": "market:s month:d log_effect:f",
    "truth/constants": "name:s value:s",
}.items()}


def rng(seed: int, purpose: int, *keys: int) -> np.random.Generator:
    """An independent stream per (seed, purpose, keys): order-free, so that no cut of the work changes a draw."""
    word = purpose
    for key in (*keys, *([0] * (2 - len(keys)))):
        word = (word << 24) | (key & 0xFFFFFF)
    return np.random.Generator(np.random.Philox(key=np.array([seed & (2**64 - 1), word], dtype=np.uint64)))


def _bitmap(valid: np.ndarray | None) -> pa.Buffer | None:
    return None if valid is None or valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())


def ids(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """`P000123`-like ids; negative numbers are null."""
    numbers = np.asarray(numbers, dtype=np.int64)
    head = prefix.encode()
    cells = np.empty((len(numbers), len(head) + width), dtype=np.uint8)
    cells[:, :len(head)] = np.frombuffer(head, dtype=np.uint8)
    rest = np.where(numbers < 0, 0, numbers).astype(np.uint32 if width < 10 else np.uint64)
    for k in range(cells.shape[1] - 1, len(head) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        cells[:, k] = 48 + digit
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * cells.shape[1]
    return pa.Array.from_buffers(pa.utf8(), len(numbers),
                                 [_bitmap(numbers >= 0), pa.py_buffer(offsets), pa.py_buffer(cells)])


def words(categories, index: np.ndarray) -> pa.Array:
    """Category names by index; a negative index is null."""
    index = np.asarray(index, dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), pa.array(list(categories), pa.utf8())).cast(
        pa.utf8())


def dates(days: np.ndarray, null: int = -1) -> pa.Array:
    """Days since 1970-01-01; `null` marks a missing date."""
    days = np.ascontiguousarray(days, dtype=np.int32)
    return pa.Array.from_buffers(pa.date32(), len(days), [_bitmap(days != null), pa.py_buffer(days)])


def floats(values: np.ndarray) -> pa.Array:
    """NaN becomes null."""
    values = np.asarray(values, dtype=np.float64)
    return pa.array(values, mask=np.isnan(values))


def bools(values: np.ndarray, valid: np.ndarray | None = None) -> pa.Array:
    """Booleans, null where not `valid`."""
    return pa.array(np.asarray(values, dtype=bool), mask=None if valid is None else ~np.asarray(valid, dtype=bool))


def table(name: str, columns: dict[str, Any]) -> pa.Table:
    """Columns in the order and types of the contract; a column not given is null throughout."""
    schema = SCHEMAS[name]
    n = len(next(iter(columns.values())))
    unknown = set(columns) - set(schema.names)
    assert not unknown, f"{name}: {unknown}"
    arrays = []
    for field in schema:
        column = columns.get(field.name)
        if column is None:
            column = pa.nulls(n, field.type)
        elif isinstance(column, str):
            column = words([column], np.zeros(n, dtype=np.int32))
        elif isinstance(column, np.ndarray):
            column = floats(column) if pa.types.is_floating(field.type) else pa.array(column, field.type)
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=schema)


class MemorySink:
    """Keeps every table; `close` returns them."""

    def __init__(self) -> None:
        self.parts: dict[str, list[pa.Table]] = {}

    def write(self, name: str, columns: dict[str, Any]) -> None:
        self.parts.setdefault(name, []).append(table(name, columns))

    def close(self) -> dict[str, pa.Table]:
        return {name: pa.concat_tables(parts).combine_chunks() for name, parts in self.parts.items()}


class ParquetSink:
    """Writes TABLE.parquet below a folder in row groups of a fixed size, holding at most `chunk_rows` back."""

    def __init__(self, folder: Path, chunk_rows: int = ROW_GROUP) -> None:
        self.folder = Path(folder)
        self.chunk_rows = max(chunk_rows, ROW_GROUP)
        self.parts: dict[str, list[pa.Table]] = {}
        self.held: dict[str, int] = {}
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.paths: dict[str, Path] = {}

    def write(self, name: str, columns: dict[str, Any]) -> None:
        part = table(name, columns)
        self.parts.setdefault(name, []).append(part)
        self.held[name] = self.held.get(name, 0) + part.num_rows
        if self.held[name] >= self.chunk_rows:
            self._flush(name, False)

    def _flush(self, name: str, everything: bool) -> None:
        if name not in self.writers:
            path = self.folder / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self.paths[name] = path
            self.writers[name] = pq.ParquetWriter(path, SCHEMAS[name], compression="zstd", write_statistics=True)
        held = pa.concat_tables(self.parts[name])
        whole = held.num_rows if everything else held.num_rows // ROW_GROUP * ROW_GROUP
        for start in range(0, whole, ROW_GROUP):
            group = held.slice(start, min(ROW_GROUP, whole - start)).combine_chunks()
            self.writers[name].write_table(group, row_group_size=ROW_GROUP)
        rest = held.slice(whole)
        self.parts[name] = [rest] if rest.num_rows else []
        self.held[name] = rest.num_rows

    def close(self) -> dict[str, Path]:
        for name in list(self.parts):
            if self.parts[name] or name not in self.writers:
                self._flush(name, True)
            self.writers[name].close()
        return dict(sorted(self.paths.items()))
