"""Owners of the library's handles: freed once, by close(), a `with` block or the collector, and never while in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ._capsule import guard


class Handle:
    """One handle. close() while another thread is inside a call lets that call finish; the last one out frees it."""

    __slots__ = ("_address", "_closed", "_free", "_users", "_what", "__weakref__")

    def __init__(self, address: int, free: Callable[[int], None], what: str) -> None:
        self._address = address
        self._free = free
        self._what = what
        self._users = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    @contextmanager
    def use(self) -> Iterator[int]:
        with guard:
            if self._closed:
                raise ValueError(f"{self._what} is closed")
            self._users += 1
        try:
            yield self._address
        finally:
            with guard:
                self._users -= 1
                last = self._closed and self._users == 0
            if last:
                self._free(self._address)

    def close(self) -> None:
        with guard:
            if self._closed:
                return
            self._closed = True
            last = self._users == 0
        if last:
            self._free(self._address)

    def __del__(self) -> None:
        try:
            self.close()
        except (AttributeError, TypeError):  # half made, or the interpreter is going down
            pass
