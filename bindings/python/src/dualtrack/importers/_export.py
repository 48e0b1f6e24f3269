"""Reading a folder of vendor files with DuckDB: typed views with exactly the columns a mapping needs."""
from __future__ import annotations

import warnings
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ..synth.tables import SCHEMAS

SUFFIXES = (".parquet", ".csv", ".csv.gz", ".tsv")
# how a column's text becomes a value; a day is the first ten characters, whatever time follows
CASTS = {
    "s": "nullif({0}, '')",
    "d": "try_cast(replace(substr(nullif({0}, ''), 1, 10), '/', '-') as date)",
    "t": "try_cast(replace(nullif({0}, ''), '/', '-') as timestamp)",
    "f": "try_cast(nullif({0}, '') as double)",
    "b": "try_cast(nullif({0}, '') as boolean)",
}
NAMES = {"d": "a date (YYYY-MM-DD ...)", "t": "a time (YYYY-MM-DD hh:mm:ss)", "f": "a number", "b": "true or false"}


class ImportFault(ValueError):
    """An export that cannot be mapped; the message names file and column."""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Export:
    """A vendor's folder, and the DuckDB connection its views live in."""

    def __init__(self, folder: Path, prefixes: tuple[str, ...]) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise FileNotFoundError(f"{folder}: no such folder")
        self.db = duckdb.connect()
        self.files: dict[str, Path] = {}
        for path in sorted(self.folder.iterdir()):
            suffix = next((s for s in SUFFIXES if path.name.lower().endswith(s)), None)
            if suffix is None or not path.is_file():
                continue
            name = path.name.lower()[:-len(suffix)].replace("-", "_").replace(" ", "_")
            for prefix in prefixes:
                name = name.removeprefix(prefix)
            self.files.setdefault(name.removesuffix("_data"), path)

    def has(self, name: str) -> bool:
        return name in self.files

    def view(self, name: str, needed: str, optional: str = "", required: bool = True) -> bool:
        """Make the view `name` with the columns "column:kind ..."; False when the file is absent and not required."""
        if name not in self.files:
            if required:
                raise ImportFault(f"{self.folder}: no file for {name!r} (looked for {name}.csv, {name}.parquet)")
            columns = ", ".join(f"cast(null as {self._type(kind)}) as {_quoted(column)}"
                                for column, kind in self._columns(f"{needed} {optional}"))
            self.db.execute(f"create view {_quoted(name)} as select {columns} where false")
            return False
        path = self.files[name]
        quoted = str(path).replace("'", "''")
        reader = (f"read_parquet('{quoted}')" if path.suffix == ".parquet" else
                  f"read_csv('{quoted}', header = true, all_varchar = true, quote = '\"', escape = '\"', "
                  f"delim = '{chr(9) if path.suffix == '.tsv' else ','}', null_padding = true, parallel = false)")
        try:
            have = {c[0].lower(): c[0] for c in self.db.execute(f"describe select * from {reader}").fetchall()}
        except duckdb.Error as error:
            raise ImportFault(f"{path.name}: cannot be read: {str(error).splitlines()[0]}") from None
        missing = [column for column, _ in self._columns(needed) if column not in have]
        if missing:
            raise ImportFault(f"{path.name}: column {missing[0]!r} is missing")
        texts, values = [], []
        for column, kind in self._columns(f"{needed} {optional}"):
            text = f"trim(cast({_quoted(have[column])} as varchar))" if column in have else "cast(null as varchar)"
            texts.append(f"{text} as {_quoted(column)}")
            values.append((column, kind))
        self.db.execute(f"create temp table {_quoted('raw_' + name)} as select {', '.join(texts)} from {reader}")
        self._check(name, path.name, values)
        casts = ", ".join(f"{CASTS[kind].format(_quoted(column))} as {_quoted(column)}" for column, kind in values)
        self.db.execute(f"create view {_quoted(name)} as select {casts} from {_quoted('raw_' + name)}")
        return True

    @staticmethod
    def _columns(text: str) -> list[tuple[str, str]]:
        return [(part.split(":")[0], part.split(":")[1]) for part in text.split()]

    @staticmethod
    def _type(kind: str) -> str:
        return {"s": "varchar", "d": "date", "t": "timestamp", "f": "double", "b": "boolean"}[kind]

    def _check(self, name: str, file: str, values: list[tuple[str, str]]) -> None:
        """Text that should be a date or a number and is not is an error with its row."""
        for column, kind in values:
            if kind == "s":
                continue
            text, value = _quoted(column), CASTS[kind].format(_quoted(column))
            bad = self.db.execute(f"select rowid, {text} from {_quoted('raw_' + name)} where nullif({text}, '') is not "
                                  f"null and {value} is null order by rowid limit 1").fetchone()
            if bad:
                raise ImportFault(f"{file}: column {column!r} row {bad[0]}: expected {NAMES[kind]}, found {bad[1]!r}")

    def count(self, query: str) -> int:
        return int(self.db.execute(f"select count(*) from ({query})").fetchone()[0])

    def note(self, text: str) -> None:
        """Tell the user what was left out."""
        warnings.warn(text, stacklevel=3)


class Tables:
    """Writes contract tables from queries."""

    def __init__(self, export: Export, out: Path) -> None:
        self.export, self.out = export, Path(out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.paths: dict[str, Path] = {}

    def write(self, name: str, query: str, keep_empty: bool = False) -> None:
        """Write the query's columns as table `name`, others null; a table without rows is not written."""
        found = self.export.db.sql(query).to_arrow_table()
        if not found.num_rows and not keep_empty:
            return
        columns = []
        for field in SCHEMAS[name]:
            columns.append(found[field.name].cast(field.type) if field.name in found.column_names
                           else pa.chunked_array([pa.nulls(found.num_rows, field.type)]))
        path = self.out / f"{name}.parquet"
        pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMAS[name]), path, compression="zstd")
        self.paths[name] = path
