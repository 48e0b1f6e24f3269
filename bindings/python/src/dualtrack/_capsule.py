"""PyCapsules of the Arrow PyCapsule interface, both ways, in pure ctypes.

A capsule usually carries a destructor that releases what nobody took. A destructor written in ctypes runs Python code,
and a capsule is often dropped while an exception is on its way (a consumer that refuses a table is enough): the
interpreter then loses the exception and crashes. So our capsules have no destructor. Their struct is listed here
together with the capsule; once the list holds the only reference left, `sweep` releases a struct nobody took and frees
it. It runs whenever a capsule is made, a table or a result goes, and the garbage collector has run. What is still alive
at interpreter exit is left to the operating system.
"""

from __future__ import annotations

import atexit
import ctypes as c
import gc
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from ._abi import ArrowArray, ArrowArrayStream, ArrowSchema

SCHEMA_NAME = b"arrow_schema"
ARRAY_NAME = b"arrow_array"
STREAM_NAME = b"arrow_array_stream"

# One lock for everything short in this package. It is re-entrant, because the garbage collector may close a handle
# while the lock is held, and held over a fork, so that the child never inherits it taken.
guard = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=guard.acquire, after_in_parent=guard.release, after_in_child=guard.release)

_new = c.pythonapi.PyCapsule_New
_new.restype = c.py_object
_new.argtypes = [c.c_void_p, c.c_char_p, c.c_void_p]
_pointer = c.pythonapi.PyCapsule_GetPointer
_pointer.restype = c.c_void_p
_pointer.argtypes = [c.py_object, c.c_char_p]
_is_valid = c.pythonapi.PyCapsule_IsValid
_is_valid.restype = c.c_int
_is_valid.argtypes = [c.py_object, c.c_char_p]
_malloc = c.pythonapi.PyMem_RawMalloc
_malloc.restype = c.c_void_p
_malloc.argtypes = [c.c_size_t]
_free = c.pythonapi.PyMem_RawFree
_free.restype = None
_free.argtypes = [c.c_void_p]

# A capsule keeps a pointer to its name: the three names stay for good.
_keep = c.pythonapi.Py_IncRef
_keep.restype = None
_keep.argtypes = [c.py_object]
for _name in (SCHEMA_NAME, ARRAY_NAME, STREAM_NAME):
    _keep(_name)


class _Lent:
    """A capsule handed out, with the memory of its struct."""

    __slots__ = ("address", "capsule", "kind")

    def __init__(self, capsule: object, address: int, kind: type[c.Structure]) -> None:
        self.capsule = capsule
        self.address = address
        self.kind = kind


_lent: list[_Lent] = []
_sweeping = False


def _references(holder: _Lent) -> int:
    return sys.getrefcount(holder.capsule)


# What sys.getrefcount says of an object that only a _Lent holds; it differs between versions of Python.
_ALONE = _references(_Lent(object(), 0, ArrowSchema))


def release(struct: Any) -> None:
    """Calls the release callback of an Arrow struct that has one."""
    if struct.release:
        struct.release(c.byref(struct))


def sweep() -> None:
    """Releases and frees the struct of every capsule that nobody else holds any more."""
    global _sweeping
    if not _lent or not guard.acquire(blocking=False):
        return
    try:
        if _sweeping:
            return
        _sweeping = True
        try:
            alone = [_references(lent) <= _ALONE for lent in _lent]
            gone = [lent for lent, dead in zip(_lent, alone) if dead]
            _lent[:] = [lent for lent, dead in zip(_lent, alone) if not dead]
        finally:
            _sweeping = False
    finally:
        guard.release()
    for lent in gone:
        lent.capsule = None
        release(lent.kind.from_address(lent.address))
        _free(lent.address)


def _after_collection(phase: str, info: dict[str, int]) -> None:
    if phase == "stop":
        sweep()


def _at_exit() -> None:
    if _after_collection in gc.callbacks:
        gc.callbacks.remove(_after_collection)


gc.callbacks.append(_after_collection)
atexit.register(_at_exit)


def lend(kind: type[c.Structure], name: bytes, fill: Callable[[Any], None]) -> object:
    """A new capsule around a struct of `kind` that `fill` has filled in; what `fill` raises goes to the caller."""
    sweep()
    size = c.sizeof(kind)
    address = _malloc(size)
    if not address:
        raise MemoryError
    c.memset(address, 0, size)
    try:
        fill(kind.from_address(address))
        capsule = _new(address, name, None)
    except BaseException:
        release(kind.from_address(address))
        _free(address)
        raise
    with guard:
        _lent.append(_Lent(capsule, address, kind))
    return capsule


def borrow(capsule: object, name: bytes, kind: type[c.Structure]) -> Any:
    """The struct inside somebody's capsule; it stays theirs, and `capsule` must outlive it."""
    if not _is_valid(capsule, name):
        raise TypeError(f"expected a PyCapsule named {name.decode()!r}, found {type(capsule).__name__}")
    return kind.from_address(_pointer(capsule, name))


def borrow_stream(capsule: object) -> ArrowArrayStream:
    return borrow(capsule, STREAM_NAME, ArrowArrayStream)


def borrow_array(pair: tuple[object, object]) -> tuple[ArrowSchema, ArrowArray]:
    schema, array = pair
    return borrow(schema, SCHEMA_NAME, ArrowSchema), borrow(array, ARRAY_NAME, ArrowArray)
