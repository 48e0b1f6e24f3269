"""Data in, analyses run, tables out: what `import dualtrack` offers."""

from __future__ import annotations

import ctypes as c
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from . import _read, _rows
from ._abi import PROGRESS, ArrowArrayStream, ArrowSchema, RunOptions, library
from ._capsule import SCHEMA_NAME, STREAM_NAME, borrow_array, borrow_stream, lend, release, sweep
from ._error import Error, Status, check
from ._handle import Handle

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

# Called with the share done (0..1) and the stage's name; what it raises stops the run and reaches the caller.
Progress = Callable[[float, str], object]
PolicyLike = Union["Policy", Mapping[str, Any], str, bytes, "os.PathLike[str]", None]


def _new(function: Callable[..., int], *arguments: Any) -> int:
    """Calls a function whose last two arguments are `out` and `err`; returns the new handle."""
    out, error = c.c_void_p(), c.c_void_p()
    check(function(*arguments, c.byref(out), c.byref(error)), error)
    return out.value or 0


class Cancel:
    """A token to stop a run from another thread: give it to `run(cancel=...)` and call `request()`."""

    def __init__(self) -> None:
        self._handle = Handle(_new(library.dtk_cancel_new), library.dtk_cancel_free, "the cancel token")

    def request(self) -> None:
        """Asks every run that was given this token to stop; such a run raises Error with status CANCELLED."""
        with self._handle.use() as token:
            library.dtk_cancel_request(token)


class _Call:
    """One call with options: keeps the callback alive and what it raised, and lets Ctrl-C stop the call."""

    def __init__(self, progress: Progress | None, threads: int, token: int | None) -> None:
        self.raised: BaseException | None = None
        self.interrupted = False
        self.options = RunOptions(struct_size=c.sizeof(RunOptions), threads=threads, cancel=token)
        self._progress = progress
        # Python handles signals between its own steps: in the main thread a callback gives it some.
        self._main = threading.current_thread() is threading.main_thread()
        if progress is not None or self._main:
            self.options.progress = self._callback = PROGRESS(self._report)

    def _report(self, user: int | None, done: float, stage: bytes | None) -> int:
        try:
            if self._progress is not None:
                self._progress(done, (stage or b"").decode())
        except BaseException as error:  # noqa: BLE001 - ctypes would swallow it
            self.raised = error
        return 1 if self.raised is not None or self.interrupted else 0

    def _interrupt(self, number: int, frame: object) -> None:
        self.interrupted = True

    def __call__(self, function: Callable[..., int], arguments: tuple[Any, ...], free: Callable[[int], None]) -> int:
        """Calls `function`; returns the new handle or raises what went wrong, the callback's own exception first."""
        out, error = c.c_void_p(), c.c_void_p()
        # KeyboardInterrupt could come up where ctypes swallows it, so for the time of the call a flag stands for it.
        ours = self._main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if ours:
            signal.signal(signal.SIGINT, self._interrupt)
        try:
            status = function(*arguments, c.byref(self.options), c.byref(out), c.byref(error))
        finally:
            if ours:
                signal.signal(signal.SIGINT, signal.default_int_handler)
        raised = KeyboardInterrupt() if self.interrupted else self.raised
        self.raised = None
        if raised is not None:
            library.dtk_error_free(error)
            if out.value:
                free(out.value)
            raise raised
        check(status, error)
        return out.value or 0


def _call(
    function: Callable[..., int],
    arguments: tuple[Any, ...],
    free: Callable[[int], None],
    progress: Progress | None,
    cancel: Cancel | None,
    threads: int,
) -> int:
    if cancel is None:
        return _Call(progress, threads, None)(function, arguments, free)
    with cancel._handle.use() as token:
        return _Call(progress, threads, token)(function, arguments, free)


def _checked_threads(threads: int) -> int:
    if isinstance(threads, bool) or not isinstance(threads, int) or not 0 <= threads < 2**31:
        raise Error(
            Status.ARGUMENT, "argument.unknown_option", f"expected a number of threads, 0 or more, found {threads!r}"
        )
    return threads


# ---- tables in -----------------------------------------------------------------------------------


def _add_stream(tables: int, name: bytes, producer: Any) -> None:
    capsule = producer.__arrow_c_stream__()
    error = c.c_void_p()
    stream = borrow_stream(capsule)
    check(library.dtk_tables_add(tables, name, len(name), c.byref(stream), c.byref(error)), error)


def _add_array(tables: int, name: bytes, producer: Any) -> None:
    capsules = producer.__arrow_c_array__()
    error = c.c_void_p()
    schema, array = borrow_array(capsules)
    check(library.dtk_tables_add_batch(tables, name, len(name), c.byref(schema), c.byref(array), c.byref(error)), error)


def _add_json(tables: int, name: bytes, text: bytes) -> None:
    error = c.c_void_p()
    check(library.dtk_tables_add_json(tables, name, len(name), text, len(text), c.byref(error)), error)


def _through_pyarrow(name: str, value: Any) -> Any:
    """For frames of versions without the PyCapsule methods: the Arrow table pyarrow makes of them, or None."""
    module = type(value).__module__.partition(".")[0]
    if module == "pandas":
        try:
            import pyarrow
        except ImportError:
            raise Error(
                Status.SCHEMA,
                "schema.type",
                "expected a pandas frame with __arrow_c_stream__ (pandas 2.2 or newer), or pyarrow beside it",
                name,
            ) from None
        return pyarrow.Table.from_pandas(value, preserve_index=False)
    for method in ("to_arrow_table", "fetch_arrow_table", "to_arrow"):  # duckdb relations, others
        if hasattr(value, method):
            return getattr(value, method)()
    return None


def _add(tables: int, name: str, value: Any) -> None:
    key = name.encode()
    if hasattr(value, "__arrow_c_stream__"):
        _add_stream(tables, key, value)
    elif hasattr(value, "__arrow_c_array__"):
        _add_array(tables, key, value)
    elif isinstance(value, Mapping):
        _add_json(tables, key, _rows.columns_to_json(name, value))
    elif isinstance(value, str):
        _add_json(tables, key, value.encode())
    elif isinstance(value, bytes):
        _add_json(tables, key, value)
    else:
        arrow = _through_pyarrow(name, value)
        if arrow is not None:
            _add_stream(tables, key, arrow)
        elif isinstance(value, Sequence):
            _add_json(tables, key, _rows.rows_to_json(name, value))
        else:
            raise Error(
                Status.SCHEMA,
                "schema.type",
                "expected a table (anything with __arrow_c_stream__ or __arrow_c_array__, a dict of lists, "
                f"a list of dicts, or JSON text), found {type(value).__name__}",
                name,
            )


class Data:
    """The tables of an organisation, checked once, for any number of runs from any number of threads.

    `tables` maps a table's name to anything with `__arrow_c_stream__` or `__arrow_c_array__` (pyarrow, polars, pandas,
    duckdb), a dict of lists, a list of dicts, or the text of a JSON array of objects. A value that is None is a table
    that is not there. `with dt.Data(...) as data:` frees it at the end of the block; else close() or the collector.
    """

    def __init__(
        self,
        tables: Mapping[str, Any],
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        threads: int = 0,
    ) -> None:
        threads = _checked_threads(threads)
        builder = _new(library.dtk_tables_new)
        try:
            for name, value in tables.items():
                if not isinstance(name, str):
                    raise Error(Status.ARGUMENT, "argument.table_name", f"expected a table name, found {name!r}")
                if value is not None:
                    _add(builder, name, value)
        except BaseException:
            library.dtk_tables_free(builder)
            raise
        address = _call(library.dtk_data_new, (builder,), library.dtk_data_free, progress, cancel, threads)
        self._handle = Handle(address, library.dtk_data_free, "the data")
        self._tables = tuple(name for name, value in tables.items() if value is not None)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that were given."""
        return self._tables

    def close(self) -> None:
        """Frees the data once no run uses it any more. Results made from it stay valid."""
        self._handle.close()

    def __enter__(self) -> Data:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError("dualtrack.Data cannot be pickled: give the tables to each process")

    def __repr__(self) -> str:
        closed = " (closed)" if self._handle.closed else ""
        return f"<dualtrack.Data {', '.join(self._tables) or 'without tables'}{closed}>"


# ---- policy --------------------------------------------------------------------------------------


class Policy:
    """A checked policy: a dict, JSON text, or the path of a JSON file. Missing fields have their documented default."""

    def __init__(self, policy: PolicyLike = None) -> None:
        if policy is None:
            policy = {"version": 1}
        if isinstance(policy, Policy):
            policy = policy.json
        if isinstance(policy, Mapping):
            text = json.dumps(dict(policy)).encode()
        elif isinstance(policy, bytes):
            text = policy
        elif isinstance(policy, str) and policy.lstrip().startswith("{"):
            text = policy.encode()
        elif isinstance(policy, (str, os.PathLike)):
            text = Path(policy).read_bytes()
        else:
            raise Error(
                Status.ARGUMENT,
                "policy.type",
                f"expected a policy as dict, JSON text or path, found {type(policy).__name__}",
            )
        self._handle = Handle(_new(library.dtk_policy_parse, text, len(text)), library.dtk_policy_free, "the policy")

    @property
    def json(self) -> str:
        """The whole policy, defaults filled in, as canonical JSON."""
        with self._handle.use() as policy:
            return library.dtk_policy_json(policy).decode()

    @property
    def digest(self) -> str:
        """SHA-256 of `json`."""
        with self._handle.use() as policy:
            return library.dtk_policy_digest(policy).decode()

    def to_dict(self) -> dict[str, Any]:
        return json.loads(self.json)

    def close(self) -> None:
        self._handle.close()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self.json == other.json

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> Any:
        return Policy, (self.json,)

    def __repr__(self) -> str:
        return f"<dualtrack.Policy {self.digest[:12]}>"


# ---- results -------------------------------------------------------------------------------------


class Table:
    """A result table. Give it to anything that reads Arrow (`polars.DataFrame(table)`), or take it as objects."""

    def __init__(self, handle: Handle, name: str) -> None:
        self._handle = handle
        self._name = name
        self._schema: list[tuple[str, bytes]] | None = None
        self._n_rows: int | None = None

    @property
    def name(self) -> str:
        return self._name

    def _fill(self, stream: ArrowArrayStream) -> None:
        name, error = self._name.encode(), c.c_void_p()
        with self._handle.use() as result:
            status = library.dtk_result_table(result, name, len(name), c.byref(stream), c.byref(error))
        check(status, error)

    def _read(self, only: set[str] | None = None, first_rows: int | None = None) -> dict[str, list[Any]]:
        stream = ArrowArrayStream()
        self._fill(stream)
        try:
            self._schema, lists, self._n_rows = _read.read_columns(stream, only, first_rows)
        finally:
            release(stream)
        return lists

    def _types(self) -> list[tuple[str, bytes]]:
        if self._schema is None:
            self._read(set(), 0)
        return self._schema or []

    @property
    def columns(self) -> list[str]:
        return [name for name, _ in self._types()]

    @property
    def types(self) -> dict[str, str]:
        """Arrow type of every column: utf8, float64, int64, date32 or bool."""
        return {name: _read.TYPES.get(kind, kind.decode()) for name, kind in self._types()}

    def __len__(self) -> int:
        if self._n_rows is None:
            self._read(set(), 0)
        return self._n_rows or 0

    def column(self, name: str) -> list[Any]:
        """One column as a list; None is what is missing."""
        if name not in self.columns:
            raise KeyError(f"{self._name}.{name}; its columns are {', '.join(self.columns)}")
        return self._read({name})[name]

    def to_lists(self, *columns: str) -> dict[str, list[Any]]:
        """Columns (all, or those named) as lists."""
        lists = self._read(set(columns) or None)
        return {name: lists[name] for name in columns} if columns else lists

    def to_dicts(self, first_rows: int | None = None) -> list[dict[str, Any]]:
        """Rows as dicts, the first `first_rows` or all."""
        lists = self._read(None, first_rows)
        return [dict(zip(lists, row)) for row in zip(*lists.values())]

    def to_json(self) -> str:
        """The rows as a JSON array of objects."""
        name, error, text, size = self._name.encode(), c.c_void_p(), c.c_void_p(), c.c_size_t()
        with self._handle.use() as result:
            check(library.dtk_result_json(result, name, len(name), c.byref(text), c.byref(size), c.byref(error)), error)
        try:
            return c.string_at(text.value or 0, size.value).decode()
        finally:
            library.dtk_text_free(text)

    def to_arrow(self) -> pyarrow.Table:
        import pyarrow

        return pyarrow.RecordBatchReader.from_stream(self).read_all()

    def to_pandas(self) -> pandas.DataFrame:
        return self.to_arrow().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        import polars

        return polars.DataFrame(self)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A new capsule on every call, each an independent stream. A requested schema is not obeyed, as the protocol
        allows: the consumer casts."""
        return lend(ArrowArrayStream, STREAM_NAME, self._fill)

    def __arrow_c_schema__(self) -> object:
        def fill(schema: ArrowSchema) -> None:
            stream = ArrowArrayStream()
            self._fill(stream)
            try:
                if stream.get_schema(c.byref(stream), c.byref(schema)):
                    raise RuntimeError(f"the schema of {self._name} could not be made")
            finally:
                release(stream)

        return lend(ArrowSchema, SCHEMA_NAME, fill)

    def __reduce__(self) -> Any:
        raise TypeError("a dualtrack.Table cannot be pickled: use to_arrow() or to_dicts()")

    def __del__(self) -> None:
        try:
            sweep()
        except (AttributeError, TypeError):  # the interpreter is going down
            pass

    def __repr__(self) -> str:
        shown = 10
        lists = self._read(None, shown)
        head = f"{self._name}: {self._n_rows} row{'' if self._n_rows == 1 else 's'}, {len(lists)} columns"
        more = (self._n_rows or 0) - shown
        return head + "\n" + _text_table(lists) + (f"\n... {more} more" if more > 0 else "")


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 1000 else f"{value:.4g}"
    text = str(value)
    return text if len(text) <= 28 else text[:25] + "..."


def _text_table(lists: dict[str, list[Any]], width: int = 120) -> str:
    """Columns side by side as far as a line reaches; the rest by name."""
    cells: list[list[str]] = []
    used = 0
    left_out: list[str] = []
    for name, values in lists.items():
        texts = [_text(v) for v in values]
        size = max([len(name), *map(len, texts)])
        if left_out or used + size + 2 > width:
            left_out.append(name)
            continue
        used += size + 2
        right = any(isinstance(v, (int, float)) for v in values)
        cells.append([t.rjust(size) if right else t.ljust(size) for t in (name, *texts)])
    lines = ["  ".join(row).rstrip() for row in zip(*cells)]
    if left_out:
        lines.append("and " + ", ".join(left_out))
    return "\n".join(lines)


class Result(Mapping[str, Table]):
    """The tables of one analysis by name, "findings" among them, and the record of how they came about."""

    def __init__(self, address: int, analysis: str) -> None:
        self._handle = Handle(address, library.dtk_result_free, "the result")
        self._analysis = analysis
        self._names = [
            library.dtk_result_table_name(address, i).decode() for i in range(library.dtk_result_n_tables(address))
        ]

    @property
    def analysis(self) -> str:
        return self._analysis

    def __getitem__(self, name: str) -> Table:
        if name not in self._names:
            raise KeyError(f"{name}; the tables of {self._analysis} are {', '.join(self._names)}")
        return Table(self._handle, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def findings(self) -> Table:
        """What was doubtful in the input but usable, or left out as the policy allows."""
        return self["findings"]

    @property
    def record_json(self) -> str:
        """The decision record: canonical JSON with versions, policy, and digests of what was read and written."""
        with self._handle.use() as result:
            text = library.dtk_result_record(result)
        if text is None:
            raise MemoryError("the record could not be made")
        return text.decode()

    @property
    def record(self) -> dict[str, Any]:
        return json.loads(self.record_json)

    def close(self) -> None:
        """Frees the result once nothing uses it. Arrow data that was taken out of it stays valid."""
        self._handle.close()
        sweep()

    def __enter__(self) -> Result:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError("a dualtrack.Result cannot be pickled: take its tables with to_arrow() or to_dicts()")

    def __repr__(self) -> str:
        if self._handle.closed:
            return f"<dualtrack.Result {self._analysis} (closed)>"
        tables = ", ".join(f"{name} ({len(self[name])})" for name in self._names)
        return f"<dualtrack.Result {self._analysis}: {tables}>"


def run(
    data: Data | Mapping[str, Any],
    analysis: str,
    policy: PolicyLike = None,
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    threads: int = 0,
) -> Result:
    """Runs one analysis of `catalog()`.

    `policy` is a dict, JSON text, a path or a Policy; None means every default. `progress(done_share, stage)` is called
    now and then; what it raises stops the run and is raised here. `threads` changes how long it takes, never a number.
    """
    if not isinstance(analysis, str):
        raise Error(Status.ARGUMENT, "argument.unknown_option", f"expected the name of an analysis, found {analysis!r}")
    threads = _checked_threads(threads)
    if not isinstance(data, Data):
        with Data(data, cancel=cancel, threads=threads) as made:
            return run(made, analysis, policy, progress=progress, cancel=cancel, threads=threads)
    if not isinstance(policy, Policy):
        policy = Policy(policy)
    name = analysis.encode()
    with data._handle.use() as checked, policy._handle.use() as rules:
        arguments = (checked, rules, name, len(name))
        address = _call(library.dtk_run, arguments, library.dtk_result_free, progress, cancel, threads)
    return Result(address, analysis)


# ---- what there is -------------------------------------------------------------------------------


def catalog() -> dict[str, Any]:
    """Every analysis, the tables it needs, its result tables with their columns, types, units and meanings."""
    return json.loads(library.dtk_catalog())


def default_policy() -> dict[str, Any]:
    """The whole policy with every default."""
    return Policy().to_dict()


def policy_schema() -> dict[str, Any]:
    """JSON Schema of a policy: unit, default, bounds, meaning, source and grade of evidence of every field."""
    return json.loads(library.dtk_policy_schema())


def abi_version() -> int:
    return library.dtk_abi_version()


version: str = library.dtk_version().decode()
