"""Tables from files and databases: a folder of TABLE.parquet, .csv or .json, a DuckDB or SQLite file, a database URL.

Ids stay text ("007"), dates are dates, numbers are numbers; a cell that is not what its column holds is an error that
names it. Needs `pip install "dualtrack[cli]"`; JSON files go to the library as they are.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ._contract import input_tables, kind_of
from ._error import Error, Status

if TYPE_CHECKING:
    import pyarrow

SUFFIXES = (".parquet", ".csv", ".json")
_TEXT = {"id", "text", "word", "category"}


class MissingPackage(Exception):
    """A package of the extra is not installed."""


def need(package: str) -> Any:
    """Imports a package of the extra `cli`, or says how to get it."""
    try:
        return __import__(package, fromlist=["_"])
    except ImportError:
        raise MissingPackage(f'this needs {package.partition(".")[0]}: pip install "dualtrack[cli]"') from None


def _bad(code: str, message: str, where: str, row: int = -1) -> Error:
    return Error(Status.SCHEMA if code.startswith("schema") else Status.DATA, code, message, where, row)


def _one_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__


class Tables(Mapping[str, Any]):
    """Input tables by name, as pyarrow tables or, for JSON files, as the text itself."""

    def __init__(self, origin: str, tables: dict[str, Any], ignored: list[str]) -> None:
        self.origin = origin
        self.ignored = ignored
        self._tables = tables

    def __getitem__(self, name: str) -> Any:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def lists(self, table: str, *columns: str) -> dict[str, list[Any]]:
        """Columns of an input table as lists, None where the table or the column is not there."""
        value = self._tables.get(table)
        if value is None:
            return {}
        if isinstance(value, bytes):
            rows = json.loads(value)
            return {
                column: [row.get(column) for row in rows] for column in columns if any(column in row for row in rows)
            }
        return {column: value.column(column).to_pylist() for column in columns if column in value.column_names}

    def words(self, table: str, column: str) -> set[str]:
        """The different values of a text column of an input table."""
        value = self._tables.get(table)
        if value is not None and not isinstance(value, bytes):
            if column not in value.column_names:
                return set()
            return {word for word in value.column(column).unique().to_pylist() if word is not None}
        return {word for word in self.lists(table, column).get(column, []) if word is not None}


# ---- folders -------------------------------------------------------------------------------------


def _arrow(relation: Any) -> pyarrow.Table:
    return (relation.to_arrow_table if hasattr(relation, "to_arrow_table") else relation.fetch_arrow_table)()


def _connect(path: str = ":memory:", **options: Any) -> Any:
    connection = need("duckdb").connect(path, **options)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_CASTS = {"date": "DATE", "money": "DOUBLE", "number": "DOUBLE", "integer": "BIGINT", "flag": "BOOLEAN"}
_EXPECTED = {
    "date": "a date as YYYY-MM-DD",
    "money": "a number such as 1234.56",
    "number": "a number such as 0.5",
    "integer": "a whole number",
    "flag": "true or false",
}


def _dates(connection: Any, table: str, column: str, raw: Any) -> Any:
    """Texts as dates: ISO (year first) as they are, others only where the column itself leaves no doubt which of the
    first two numbers is the day. Nothing is guessed: 03/04/2024 alone may be in March or in April."""
    arrow, compute = need("pyarrow"), need("pyarrow.compute")
    connection.register("dates", arrow.table({"text": raw}))
    found = _arrow(
        connection.sql(r"""
        SELECT text,
            CASE WHEN regexp_matches(text, '^\s*\d{4}\D') THEN TRY_CAST(text AS DATE) END AS iso,
            coalesce(iso, CAST(try_strptime(numbers, '%d %m %Y') AS DATE)) AS day_first,
            coalesce(iso, CAST(try_strptime(numbers, '%m %d %Y') AS DATE)) AS month_first
        FROM (SELECT text, CASE WHEN regexp_matches(text, '^\s*\d{1,2}([/.-])\d{1,2}([/.-])\d{4}\s*$')
              THEN regexp_replace(trim(text), '[/.-]', ' ', 'g') END AS numbers FROM dates)""")
    )
    day_first, month_first = found.column("day_first"), found.column("month_first")

    def wrong(where: Any, found: str) -> Error:
        row = compute.index(where, True).as_py()
        shown = found.format(repr(raw[row].as_py()[:64]), day_first[row].as_py(), month_first[row].as_py())
        return _bad("schema.type", f"expected {_EXPECTED['date']}, found {shown}", f"{table}.{column}", row)

    complete = [dates for dates in (day_first, month_first) if dates.null_count == raw.null_count]
    if len(complete) == 2:
        differ = compute.fill_null(compute.not_equal(day_first, month_first), False)
        if compute.any(differ).as_py():
            raise wrong(differ, "{0}, which may be {1} or {2}")
    if complete:
        return complete[0]
    none = compute.and_(compute.is_null(day_first), compute.is_null(month_first))
    none = compute.and_(compute.is_valid(raw), none)
    if not compute.any(none).as_py():  # the day comes first in some rows, the month in others
        none = compute.and_(compute.is_valid(raw), compute.is_null(day_first))
    raise wrong(none, "{0}")


def read_csv(table: str, path: Path) -> pyarrow.Table:
    """A CSV file with a header; delimiter and quotes are found out, ids and words stay text."""
    compute = need("pyarrow.compute")
    connection = _connect()
    source = f"read_csv({_literal(str(path))}, header = true, "
    try:
        texts = _arrow(connection.sql(f"SELECT * FROM {source} all_varchar = true)"))
    except Exception as error:
        raise _bad("schema.type", f"{path.name} cannot be read as CSV: {_one_line(error)}", table) from None
    connection.register("texts", texts)
    casts = {column: _CASTS[kind] for column in texts.column_names if (kind := kind_of(table, column)) in _CASTS}
    if not casts:
        return texts
    chosen = ", ".join(f"TRY_CAST({_quoted(c)} AS {t}) AS {_quoted(c)}" for c, t in casts.items())
    typed = _arrow(connection.sql(f"SELECT {chosen} FROM texts"))
    for column in casts:
        raw, cast = texts.column(column), typed.column(column)
        if casts[column] == "DATE":
            cast = _dates(connection, table, column, raw)
        elif raw.null_count != cast.null_count:
            wrong = compute.and_(compute.is_valid(raw), compute.is_null(cast))
            row = compute.index(wrong, True).as_py()
            found = raw[row].as_py()
            raise _bad(
                "schema.type",
                f"expected {_EXPECTED[kind_of(table, column) or 'number']}, found {found[:64]!r}",
                f"{table}.{column}",
                row,
            )
        texts = texts.set_column(texts.column_names.index(column), column, cast)
    return texts


def _read_parquet(table: str, path: Path) -> pyarrow.Table:
    try:
        return need("pyarrow.parquet").read_table(path)
    except MissingPackage:
        raise
    except Exception as error:
        raise _bad("schema.type", f"{path.name} cannot be read as Parquet: {_one_line(error)}", table) from None


_READERS: dict[str, Callable[[str, Path], Any]] = {
    ".parquet": _read_parquet,
    ".csv": read_csv,
    ".json": lambda table, path: path.read_bytes(),
}


def _from_folder(folder: Path) -> Tables:
    files: dict[str, Path] = {}
    ignored = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in SUFFIXES or not path.is_file():
            continue
        if path.stem not in input_tables():
            ignored.append(path.name)
        elif path.stem in files:
            raise _bad(
                "argument.table_name", f"expected one file, found {files[path.stem].name} and {path.name}", path.stem
            )
        else:
            files[path.stem] = path
    if not files:
        raise _bad(
            "schema.missing_table", f"expected TABLE.parquet, TABLE.csv or TABLE.json in {folder}, found none", ""
        )
    return Tables(str(folder), {name: _READERS[path.suffix](name, path) for name, path in files.items()}, ignored)


# ---- databases -----------------------------------------------------------------------------------


def _from_duckdb(connection: Any, origin: str, database: str) -> Tables:
    rows = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = ? ORDER BY ALL",
        [database],
    ).fetchall()
    places: dict[str, list[str]] = {}
    for schema, name in rows:
        places.setdefault(name, []).append(schema)
    tables, ignored = {}, []
    for name, schemas in places.items():
        if name not in input_tables():
            ignored.append(name)
            continue
        if len(schemas) > 1:
            raise _bad("argument.table_name", f"expected one table, found it in the schemas {', '.join(schemas)}", name)
        place = ".".join(map(_quoted, (database, schemas[0], name)))
        tables[name] = _arrow(connection.sql(f"SELECT * FROM {place}"))
    if not tables:
        raise _bad("schema.missing_table", f"expected tables of the data contract in {origin}, found none", "")
    return Tables(origin, tables, ignored)


def _from_duckdb_file(path: Path) -> Tables:
    connection = _connect(str(path), read_only=True)
    try:
        database = connection.execute("SELECT current_database()").fetchone()[0]
        return _from_duckdb(connection, str(path), database)
    finally:
        connection.close()


def _from_server(url: str, kind: str) -> Tables:
    shown = urlsplit(url).hostname or kind

    def failed(what: str, error: BaseException) -> Error:
        text = _one_line(error).replace(url, shown)
        password = urlsplit(url).password
        text = text.replace(password, "***") if password else text
        return _bad("schema.missing_table", f"{what}: {text}", "")

    connection = _connect()
    try:
        try:
            connection.execute(f"INSTALL {kind}; LOAD {kind}")
        except Exception as error:
            need_it = f"reading {kind} needs DuckDB's {kind} extension, which could not be installed"
            raise failed(need_it, error) from None
        try:
            connection.execute(f"ATTACH {_literal(url)} AS source (TYPE {kind}, READ_ONLY)")
        except Exception as error:
            raise failed(f"{shown} cannot be opened", error) from None
        return _from_duckdb(connection, f"{kind} at {shown}", "source")
    finally:
        connection.close()


def _sqlite_cell(value: Any, kind: str | None, where: str, row: int) -> Any:
    if value is None:
        return None
    if kind in _TEXT or kind is None:
        return value.hex() if isinstance(value, bytes) else str(value)
    if kind == "date":
        try:
            return dt.date.fromisoformat(value[:10])
        except (TypeError, ValueError):
            raise _bad("schema.type", f"expected a date as YYYY-MM-DD, found {str(value)[:64]!r}", where, row) from None
    if kind == "flag" and value in (0, 1):
        return bool(value)
    if kind == "integer" and isinstance(value, int):
        return value
    if kind in ("money", "number") and isinstance(value, (int, float)):
        return float(value)
    raise _bad("schema.type", f"expected {_EXPECTED[kind]}, found {str(value)[:64]!r}", where, row)


def _from_sqlite(path: Path) -> Tables:
    arrow = need("pyarrow")
    types = {
        "date": arrow.date32(),
        "flag": arrow.bool_(),
        "integer": arrow.int64(),
        "money": arrow.float64(),
        "number": arrow.float64(),
    }
    if not path.is_file():
        raise _bad("schema.missing_table", f"{path}: no such file", "")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
            )
        ]
        tables = {}
        for name in (n for n in names if n in input_tables()):
            cursor = connection.execute(f"SELECT * FROM {_quoted(name)}")
            columns = [description[0] for description in cursor.description]
            rows = list(zip(*cursor)) or [()] * len(columns)
            arrays = {}
            for column, cells in zip(columns, rows):
                kind = kind_of(name, column)
                values = [_sqlite_cell(v, kind, f"{name}.{column}", row) for row, v in enumerate(cells)]
                arrays[column] = arrow.array(values, types.get(kind or "", arrow.string()))
            tables[name] = arrow.table(arrays)
    except sqlite3.Error as error:
        raise _bad("schema.missing_table", f"{path} cannot be read as SQLite: {_one_line(error)}", "") from None
    finally:
        connection.close()
    if not tables:
        raise _bad("schema.missing_table", f"expected tables of the data contract in {path}, found none", "")
    return Tables(str(path), tables, [n for n in names if n not in tables])


def read(source: str) -> Tables:
    """The tables of a folder, a database file or a database URL."""
    scheme = source.partition(":")[0].lower()
    if scheme in ("postgres", "postgresql"):
        return _from_server(source, "postgres")
    if scheme in ("mysql", "mariadb"):
        return _from_server(source, "mysql")
    if scheme == "sqlite":
        rest = source[len("sqlite:") :]
        return _from_sqlite(Path(rest.removeprefix("//").removeprefix("/") if rest.startswith("//") else rest))
    path = Path(source[len("duckdb:") :] if scheme == "duckdb" else source)
    if path.is_dir():
        return _from_folder(path)
    if not path.is_file():
        raise _bad("schema.missing_table", f"{source}: no such folder, file or database", "")
    with path.open("rb") as file:
        head = file.read(16)
    if head[8:12] == b"DUCK":
        return _from_duckdb_file(path)
    if head.startswith(b"SQLite format 3"):
        return _from_sqlite(path)
    raise _bad("schema.missing_table", f"{source}: expected a folder, a DuckDB or a SQLite file", "")


def _nearest(name: str, tables: Tables) -> str:
    """` (is quotas meant?)` after `quota.csv`: a table that is not there and is called much like it."""
    stem = name.rsplit(".", 1)[0]
    missing = [table for table in input_tables() if table not in tables]
    near = difflib.get_close_matches(stem.lower().replace(" ", "_").replace("-", "_"), missing, 1, 0.8)
    return f" (is {near[0]} meant?)" if near else ""


def note_ignored(tables: Tables) -> None:
    """Says on stderr which files or tables were not read, because the data contract does not name them."""
    if tables.ignored:
        names = ", ".join(name + _nearest(name, tables) for name in tables.ignored)
        print(f"dualtrack: not read, no table of the data contract: {names}", file=sys.stderr)
