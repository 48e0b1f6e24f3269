"""Tables from and to pyarrow, polars, pandas and duckdb by the PyCapsule methods alone; nothing is left behind."""

from __future__ import annotations

import ctypes
import gc
import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dualtrack as dt
import pytest
from conftest import need, small_tables
from dualtrack import _capsule

pa = need("pyarrow")

Tables = dict[str, dict[str, list[Any]]]


class OnlyStream:
    """A producer of which nothing but `__arrow_c_stream__` can be used."""

    def __init__(self, inside: Any) -> None:
        self._inside = inside

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._inside.__arrow_c_stream__(requested_schema)


class OnlyArray:
    """A producer of which nothing but `__arrow_c_array__` can be used."""

    def __init__(self, inside: Any) -> None:
        self._inside = inside

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object:
        return self._inside.__arrow_c_array__(requested_schema)


def sliced(table: Any) -> Any:
    """The same rows as a slice out of a table with others around them."""
    return pa.concat_tables([table, table, table]).combine_chunks().slice(table.num_rows, table.num_rows)


def chunked(table: Any) -> Any:
    """The same rows in batches of one row, with an empty batch before them."""
    batches = [table.slice(0, 0), *(table.slice(i, 1) for i in range(table.num_rows))]
    return pa.Table.from_batches([b.combine_chunks().to_batches()[0] for b in batches if b.num_rows], table.schema)


def dictionaries(table: Any) -> Any:
    return pa.table(
        {
            name: column.dictionary_encode() if column.type == pa.string() else column
            for name, column in zip(table.column_names, table.columns)
        }
    )


def text_views(table: Any) -> Any:
    return pa.table(
        {
            name: column.cast(pa.string_view()) if column.type == pa.string() else column
            for name, column in zip(table.column_names, table.columns)
        }
    )


def large_text(table: Any) -> Any:
    return pa.table(
        {
            name: column.cast(pa.large_string()) if column.type == pa.string() else column
            for name, column in zip(table.column_names, table.columns)
        }
    )


def decimals(table: Any) -> Any:
    return pa.table(
        {
            name: column.cast(pa.decimal128(18, 2)) if column.type == pa.float64() and name != "share" else column
            for name, column in zip(table.column_names, table.columns)
        }
    )


def instants(table: Any) -> Any:
    return pa.table(
        {
            name: column.cast(pa.timestamp("us")) if column.type == pa.date32() else column
            for name, column in zip(table.column_names, table.columns)
        }
    )


def reader(table: Any) -> Any:
    return pa.RecordBatchReader.from_batches(table.schema, iter(table.to_batches(max_chunksize=2)))


def batch(table: Any) -> Any:
    return OnlyArray(table.combine_chunks().to_batches()[0])


def duck(table: Any) -> Any:
    return need("duckdb").connect().from_arrow(table)


def duck_without_dunder(table: Any) -> Any:
    class Relation:
        def __init__(self) -> None:
            self._relation = need("duckdb").connect().from_arrow(table)

        def to_arrow_table(self) -> Any:
            return self._relation.to_arrow_table()

    return Relation()


PRODUCERS: dict[str, Callable[[Any], Any]] = {
    "pyarrow table": lambda t: t,
    "stream alone": OnlyStream,
    "array alone": batch,
    "record batch": lambda t: t.combine_chunks().to_batches()[0],
    "record batch reader": reader,
    "sliced": lambda t: OnlyStream(sliced(t)),
    "chunked": lambda t: OnlyStream(chunked(t)),
    "dictionary": lambda t: OnlyStream(dictionaries(t)),
    "text views": lambda t: OnlyStream(text_views(t)),
    "large text": lambda t: OnlyStream(large_text(t)),
    "decimal money": lambda t: OnlyStream(decimals(t)),
    "timestamps": lambda t: OnlyStream(instants(t)),
    "polars": lambda t: OnlyStream(need("polars").from_arrow(t)),
    "polars, rechunked": lambda t: need("polars").from_arrow(chunked(t)).rechunk(),
    "pandas": lambda t: need("pandas") and OnlyStream(t.to_pandas(date_as_object=True)),
    "pandas, timestamps": lambda t: need("pandas") and t.to_pandas(date_as_object=False),
    "pandas with pyarrow types": lambda t: t.to_pandas(types_mapper=need("pandas").ArrowDtype),
    "duckdb": duck,
    "relation without the dunder": duck_without_dunder,
}


@pytest.fixture(scope="module")
def reference() -> str:
    return dt.run(small_tables(), "measures").record["core"]["result_hash"]


@pytest.mark.parametrize("producer", PRODUCERS)
def test_the_same_rows_from_any_producer_give_the_same_bytes(producer: str, reference: str) -> None:
    tables = {name: PRODUCERS[producer](pa.table(table)) for name, table in small_tables().items()}
    assert dt.run(tables, "measures").record["core"]["result_hash"] == reference


def test_a_producer_can_be_given_again_and_again() -> None:
    table = {name: pa.table(columns) for name, columns in small_tables().items()}
    assert len({dt.run(table, "measures").record_json for _ in range(3)}) == 1


def test_missing_numbers_of_pandas_are_missing_not_nan(reference: str) -> None:
    pd = need("pandas")
    tables = small_tables()
    tables["deals"]["list_price"] = [None] * 6 + [80.0]
    frames = {name: pd.DataFrame(table) for name, table in tables.items()}
    assert dt.run(frames, "measures").record["core"]["result_hash"] == reference


def test_what_a_producer_raises_is_told_and_the_table_named() -> None:
    def batches() -> Any:
        yield pa.record_batch({"person_id": ["a"]})
        raise RuntimeError("the line was cut")

    broken = pa.RecordBatchReader.from_batches(pa.schema([("person_id", pa.string())]), batches())
    with pytest.raises(dt.Error, match="the line was cut") as caught:
        dt.Data({"people": broken})
    assert (caught.value.code, caught.value.where) == ("arrow.stream", "people")

    class Raises:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            raise KeyError("no such thing")

    with pytest.raises(KeyError, match="no such thing"):
        dt.Data({"people": Raises()})


@pytest.mark.parametrize("wrong", [None, 5, "capsule"])
def test_what_is_no_capsule_is_refused(wrong: Any) -> None:
    class Wrong:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return wrong

    with pytest.raises(TypeError, match="expected a PyCapsule named 'arrow_array_stream'"):
        dt.Data({"people": Wrong()})


def test_a_capsule_of_another_name_is_refused() -> None:
    class Swapped:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return pa.schema([("a", pa.int8())]).__arrow_c_schema__()

    with pytest.raises(TypeError, match="arrow_array_stream"):
        dt.Data({"people": Swapped()})


def test_a_capsule_that_was_consumed_before_is_an_error() -> None:
    capsule = pa.table({"person_id": ["a"]}).__arrow_c_stream__()

    class Once:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return capsule

    dt.Data({"people": Once()})
    with pytest.raises(dt.Error) as caught:
        dt.Data({"people": Once()})
    assert caught.value.code == "arrow.released"


# ---- results out


@pytest.fixture(scope="module")
def result() -> dt.Result:
    return dt.run(small_tables(), "measures")


@pytest.mark.parametrize("name", ["sellers", "seller_months", "teams", "credit", "findings"])
def test_every_consumer_reads_the_rows_of_the_dicts(result: dt.Result, name: str) -> None:
    need("polars"), need("pandas")
    table = result[name]
    rows = table.to_dicts()
    arrow = table.to_arrow()
    arrow.validate(full=True)
    assert arrow.to_pylist() == rows
    assert table.to_polars().to_dicts() == rows
    assert pa.table(OnlyStream(table)).to_pylist() == rows
    assert need("polars").DataFrame(OnlyStream(table)).to_dicts() == rows
    frame = table.to_pandas()
    assert list(frame.columns) == table.columns and len(frame) == len(rows)
    duckdb = need("duckdb")
    connection = duckdb.connect()
    connection.register("shown", OnlyStream(table))
    relation = connection.sql("SELECT * FROM shown")
    names = [column[0] for column in relation.description]
    assert [dict(zip(names, row)) for row in relation.fetchall()] == rows


def test_pandas_reads_a_result_by_its_own_protocol(result: dt.Result) -> None:
    pd = need("pandas")
    if not hasattr(pd.DataFrame, "from_arrow"):
        pytest.skip("this pandas does not import by the protocol")
    frame = pd.DataFrame.from_arrow(OnlyStream(result["sellers"]))
    assert list(frame["person_id"]) == result["sellers"].column("person_id")


def test_the_schema_capsule_is_the_schema_of_the_stream(result: dt.Result) -> None:
    for name in result:
        assert pa.schema(result[name]) == result[name].to_arrow().schema
        assert {
            field.name: str(field.type)
            .replace("double", "float64")
            .replace("string", "utf8")
            .replace("date32[day]", "date32")
            for field in pa.schema(result[name])
        } == result[name].types


def test_each_call_makes_an_independent_stream(result: dt.Result) -> None:
    table = result["sellers"]
    first = pa.RecordBatchReader.from_stream(table)
    second = pa.RecordBatchReader.from_stream(table)
    assert first.read_all().equals(second.read_all())


def test_a_capsule_consumed_twice_gives_an_error_not_a_crash(result: dt.Result) -> None:
    class Same:
        def __init__(self) -> None:
            self.capsule = result["sellers"].__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return self.capsule

    same = Same()
    assert pa.table(same).num_rows == 8
    with pytest.raises((pa.ArrowInvalid, ValueError)):
        pa.table(same)


def test_arrow_data_outlives_the_result() -> None:
    result = dt.run(small_tables(), "measures")
    rows = result["sellers"].to_dicts()
    arrow = result["sellers"].to_arrow()
    stream = pa.RecordBatchReader.from_stream(result["sellers"])
    result.close()
    del result
    gc.collect()
    assert arrow.to_pylist() == rows == stream.read_all().to_pylist()


# ---- nothing left behind


def lent() -> int:
    gc.collect()
    return len(_capsule._lent)


def test_a_capsule_nobody_takes_is_released(result: dt.Result) -> None:
    before = lent()
    for _ in range(50):
        result["sellers"].__arrow_c_stream__()
        result["sellers"].__arrow_c_schema__()
    assert lent() <= before
    capsules = [result["sellers"].__arrow_c_stream__() for _ in range(7)]
    assert lent() == before + 7
    del capsules
    assert lent() <= before


def test_a_capsule_held_by_another_object_stays_good(result: dt.Result) -> None:
    class Holder:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return self.capsule

    holder = Holder()
    holder.capsule = result["sellers"].__arrow_c_stream__()
    for _ in range(5):
        result["teams"].__arrow_c_stream__()
        gc.collect()
    assert pa.table(holder).num_rows == 8


def test_a_consumer_that_refuses_a_table_gives_its_own_error(result: dt.Result) -> None:
    """The capsule is dropped while the exception travels: a destructor in Python would crash the interpreter here."""

    class Refuses(Exception):
        pass

    def refuse(capsule: object) -> None:
        raise Refuses

    for _ in range(20):
        with pytest.raises(Refuses):
            refuse(result["sellers"].__arrow_c_stream__())
        with pytest.raises(ZeroDivisionError):
            print(result["sellers"].__arrow_c_stream__(), 1 / 0)
        with pytest.raises(TypeError):
            int(result["sellers"].__arrow_c_stream__())  # type: ignore[call-overload]
        with pytest.raises(ValueError):
            pa.table(result["sellers"], schema=pa.schema([("other", pa.int8())]))


def test_memory_of_a_producer_is_back_where_it_was() -> None:
    tables = {name: pa.table(columns) for name, columns in small_tables().items()}
    dt.run(tables, "measures").close()
    gc.collect()
    before = pa.total_allocated_bytes()
    for _ in range(20):
        fresh = {name: chunked(pa.table(columns)) for name, columns in small_tables().items()}
        with dt.Data(fresh) as data:
            dt.run(data, "measures").close()
        bad = {**fresh, "deals": fresh["deals"].set_column(2, "amount", pa.array([float("nan")] * 7))}
        with pytest.raises(dt.Error):
            dt.Data(bad)
        with pytest.raises(dt.Error):
            dt.Data({**fresh, "nonsense": pa.table({"a": [1]})})
        del fresh, bad
    del data
    gc.collect()
    assert pa.total_allocated_bytes() == before


def test_every_stream_given_is_released_whatever_happens() -> None:
    """A producer that counts: what is made is released exactly once, when the data goes or the call fails."""
    released: list[str] = []

    class Counted:
        def __init__(self, table: Any, name: str) -> None:
            self.table, self.name = table, name

        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            def batches() -> Any:
                try:
                    yield from self.table.to_batches(max_chunksize=3)
                finally:
                    released.append(self.name)

            return pa.RecordBatchReader.from_batches(self.table.schema, batches()).__arrow_c_stream__()

    tables = {name: Counted(pa.table(columns), name) for name, columns in small_tables().items()}
    dt.Data(tables).close()
    gc.collect()
    assert sorted(released) == sorted(tables)


EXITS = {
    "global": "keep = table.__arrow_c_stream__()",
    "schema": "keep = table.__arrow_c_schema__()",
    "in a module": "sys.modules['kept'] = table.__arrow_c_stream__()",
    "in a cycle": "keep = [table.__arrow_c_stream__(), table]; keep.append(keep)",
    "in builtins": "import builtins; builtins.kept = table.__arrow_c_stream__()",
    "at exit": "import atexit; atexit.register(lambda: table.__arrow_c_stream__())",
    "half read": "import pyarrow; keep = pyarrow.RecordBatchReader.from_stream(table); keep.schema",
    "open handles": "keep = dt.Data(tables); more = dt.run(keep, 'measures'); cancel = dt.Cancel()",
    "in a daemon thread": textwrap.dedent("""
        import threading, time
        def hold():
            capsule = table.__arrow_c_stream__()
            ready.set()
            time.sleep(60)
        ready = threading.Event()
        threading.Thread(target=hold, daemon=True).start()
        ready.wait()
    """),
    "by sys.exit": "keep = table.__arrow_c_stream__(); sys.exit(0)",
}


@pytest.mark.parametrize("way", EXITS)
def test_a_capsule_alive_at_exit_does_no_harm(way: str) -> None:
    script = (
        "import sys\n"
        f"sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "import dualtrack as dt\n"
        "from conftest import small_tables\n"
        "tables = small_tables()\n"
        "table = dt.run(tables, 'measures')['sellers']\n" + EXITS[way]
    )
    done = subprocess.run([sys.executable, "-X", "dev", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_no_exception_is_swallowed_by_a_capsule(result: dt.Result) -> None:
    caught: list[Any] = []
    previous, sys.unraisablehook = sys.unraisablehook, caught.append
    try:
        test_a_consumer_that_refuses_a_table_gives_its_own_error(result)
        gc.collect()
    finally:
        sys.unraisablehook = previous
    assert not caught


def test_structs_of_capsules_are_freed_only_when_alone() -> None:
    """The count that says "nobody else holds it" is measured, not assumed: it differs between versions of Python."""
    result = dt.run(small_tables(), "measures")
    capsule = result["sellers"].__arrow_c_stream__()
    alias = capsule
    holder = next(l for l in _capsule._lent if l.capsule is capsule)
    assert _capsule._references(holder) == _capsule._ALONE + 2
    del alias
    assert _capsule._references(holder) == _capsule._ALONE + 1
    del capsule
    assert _capsule._references(holder) == _capsule._ALONE


def test_json_and_arrow_agree_on_every_number(result: dt.Result) -> None:
    rows = json.loads(result["sellers"].to_json())
    arrow = result["sellers"].to_arrow().to_pylist()
    for one, other in zip(rows, arrow):
        assert {k: v for k, v in one.items()} == {k: v for k, v in other.items()}


def test_the_argument_types_of_callbacks_are_pointers() -> None:
    assert ctypes.sizeof(_capsule.ArrowArrayStream) == 5 * ctypes.sizeof(ctypes.c_void_p)
