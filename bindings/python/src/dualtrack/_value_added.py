"""A panel of value added that is kept between runs, and gets a month at a time."""

from __future__ import annotations

import ctypes as c
import threading
from typing import Any

from ._abi import VALUE_ADDED_APPEND, VALUE_ADDED_CORRECT, VALUE_ADDED_REMOVE, library
from ._api import Cancel, Policy, PolicyLike, Progress, Result, _add, _call, _checked_threads, _new
from ._error import Error, Status, check
from ._handle import Handle


class ValueAdded:
    """The table `panel` of the analysis value_added, kept between runs: months are added without the months before.

    state = dt.ValueAdded()
    state.append(january)                  # unit_id, group_id, period, value; as tables of dt.Data
    state.append(february)
    state.solve(policy)["value_added"]     # what dt.run gives for all rows at once, to the byte
    Path("panel.bin").write_bytes(state.save())

    One row a seller and period; no controls, and no weights but 1. Rows may come in any order, also for earlier periods.
    """

    def __init__(self) -> None:
        self._keep(_new(library.dtk_value_added_open))

    def _keep(self, address: int) -> None:
        self._handle = Handle(address, library.dtk_value_added_free, "the panel")
        self._lock = threading.RLock()  # one change at a time, and none while it is read

    def _change(self, kind: int, panel: Any) -> None:
        builder = _new(library.dtk_tables_new)
        try:
            _add(builder, "panel", panel)
        except BaseException:
            library.dtk_tables_free(builder)
            raise
        error = c.c_void_p()
        try:
            with self._handle.use() as state, self._lock:
                taken, builder = builder, None
                status = library.dtk_value_added_append(state, kind, taken, None, c.byref(error))
        finally:
            if builder is not None:
                library.dtk_tables_free(builder)
        check(status, error)

    def append(self, panel: Any) -> None:
        """Adds rows of sellers and periods that are not there yet. After an error nothing has changed."""
        self._change(VALUE_ADDED_APPEND, panel)

    def correct(self, panel: Any) -> None:
        """Gives rows another value: seller, manager and period say which. After an error nothing has changed."""
        self._change(VALUE_ADDED_CORRECT, panel)

    def remove(self, panel: Any) -> None:
        """Takes rows back, given again as they are. After an error nothing has changed."""
        self._change(VALUE_ADDED_REMOVE, panel)

    def solve(
        self,
        policy: PolicyLike = None,
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        threads: int = 0,
    ) -> Result:
        """The analysis value_added of all rows that are there, under any policy."""
        threads = _checked_threads(threads)
        if not isinstance(policy, Policy):
            policy = Policy(policy)
        with self._handle.use() as state, policy._handle.use() as rules, self._lock:
            arguments = (state, rules)
            address = _call(
                library.dtk_value_added_solve, arguments, library.dtk_result_free, progress, cancel, threads
            )
        return Result(address, "value_added")

    def save(self) -> bytes:
        """The panel as bytes with a version and a digest. The same rows have the same bytes."""
        text, size, error = c.c_void_p(), c.c_size_t(), c.c_void_p()
        with self._handle.use() as state, self._lock:
            check(library.dtk_value_added_save(state, c.byref(text), c.byref(size), c.byref(error)), error)
        try:
            return c.string_at(text.value or 0, size.value)
        finally:
            library.dtk_text_free(text)

    @classmethod
    def load(cls, saved: bytes) -> ValueAdded:
        """The panel that `save` gave the bytes of; bytes that are cut, damaged or of something else are an Error."""
        if not isinstance(saved, (bytes, bytearray, memoryview)):
            raise Error(Status.ARGUMENT, "argument.null", f"expected bytes, found {type(saved).__name__}")
        saved = bytes(saved)
        made = cls.__new__(cls)
        made._keep(_new(library.dtk_value_added_load, saved, len(saved)))
        return made

    def close(self) -> None:
        """Frees the panel once nothing uses it. Results made from it stay valid."""
        self._handle.close()

    def __enter__(self) -> ValueAdded:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        return ValueAdded.load, (self.save(),)

    def __repr__(self) -> str:
        return f"<dualtrack.ValueAdded{' (closed)' if self._handle.closed else ''}>"
