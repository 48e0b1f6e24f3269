"""The C ABI in ctypes: structs, the signature of every function, and the library that stands beside this file.

`capi/dualtrack.h` is the specification; a test compares it with SIGNATURES and with the structs below.
"""

from __future__ import annotations

import ctypes as c
from pathlib import Path

ABI_VERSION = 0
LIBRARY_NAMES = ("libdualtrack.so", "libdualtrack.dylib", "dualtrack.dll")


class ArrowSchema(c.Structure):
    pass


class ArrowArray(c.Structure):
    pass


class ArrowArrayStream(c.Structure):
    pass


SCHEMA_RELEASE = c.CFUNCTYPE(None, c.POINTER(ArrowSchema))
ARRAY_RELEASE = c.CFUNCTYPE(None, c.POINTER(ArrowArray))
STREAM_RELEASE = c.CFUNCTYPE(None, c.POINTER(ArrowArrayStream))
STREAM_GET_SCHEMA = c.CFUNCTYPE(c.c_int, c.POINTER(ArrowArrayStream), c.POINTER(ArrowSchema))
STREAM_GET_NEXT = c.CFUNCTYPE(c.c_int, c.POINTER(ArrowArrayStream), c.POINTER(ArrowArray))
STREAM_GET_LAST_ERROR = c.CFUNCTYPE(c.c_char_p, c.POINTER(ArrowArrayStream))

ArrowSchema._fields_ = [
    ("format", c.c_char_p),
    ("name", c.c_char_p),
    ("metadata", c.c_void_p),
    ("flags", c.c_int64),
    ("n_children", c.c_int64),
    ("children", c.POINTER(c.POINTER(ArrowSchema))),
    ("dictionary", c.POINTER(ArrowSchema)),
    ("release", SCHEMA_RELEASE),
    ("private_data", c.c_void_p),
]
ArrowArray._fields_ = [
    ("length", c.c_int64),
    ("null_count", c.c_int64),
    ("offset", c.c_int64),
    ("n_buffers", c.c_int64),
    ("n_children", c.c_int64),
    ("buffers", c.POINTER(c.c_void_p)),
    ("children", c.POINTER(c.POINTER(ArrowArray))),
    ("dictionary", c.POINTER(ArrowArray)),
    ("release", ARRAY_RELEASE),
    ("private_data", c.c_void_p),
]
ArrowArrayStream._fields_ = [
    ("get_schema", STREAM_GET_SCHEMA),
    ("get_next", STREAM_GET_NEXT),
    ("get_last_error", STREAM_GET_LAST_ERROR),
    ("release", STREAM_RELEASE),
    ("private_data", c.c_void_p),
]

ALLOCATE = c.CFUNCTYPE(c.c_void_p, c.c_void_p, c.c_size_t, c.c_size_t)
DEALLOCATE = c.CFUNCTYPE(None, c.c_void_p, c.c_void_p, c.c_size_t, c.c_size_t)
PROGRESS = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_double, c.c_char_p)


class Allocator(c.Structure):
    _fields_ = [("allocate", ALLOCATE), ("deallocate", DEALLOCATE), ("user", c.c_void_p)]


class RunOptions(c.Structure):
    _fields_ = [
        ("struct_size", c.c_size_t),
        ("threads", c.c_int32),
        ("reserved", c.c_int32),
        ("allocator", Allocator),
        ("progress", PROGRESS),
        ("progress_user", c.c_void_p),
        ("cancel", c.c_void_p),
    ]


class SimCandidates(c.Structure):
    _fields_ = [
        ("struct_size", c.c_uint32),
        ("n", c.c_uint32),
        ("team", c.c_uint32),
        ("period", c.c_uint32),
        ("sales12", c.POINTER(c.c_float)),
        ("tenure", c.POINTER(c.c_float)),
        ("collaboration", c.POINTER(c.c_float)),
        ("readiness", c.POINTER(c.c_float)),
        ("trial", c.POINTER(c.c_float)),
        ("pay", c.POINTER(c.c_float)),
        ("flags", c.POINTER(c.c_uint8)),
        ("vacancy", c.c_uint64),
    ]


SIM_POLICY = c.CFUNCTYPE(c.c_int32, c.POINTER(SimCandidates), c.POINTER(c.c_float), c.c_void_p)
VALUE_ADDED_APPEND, VALUE_ADDED_CORRECT, VALUE_ADDED_REMOVE = 0, 1, 2
SIM_SINGLE_THREADED, SIM_INTERVIEWS, SIM_TRIES_EVERYBODY = 1, 2, 4


class SimRule(c.Structure):
    _fields_ = [
        ("struct_size", c.c_uint32),
        ("flags", c.c_uint32),
        ("name", c.c_char_p),
        ("score", SIM_POLICY),
        ("user", c.c_void_p),
    ]


_handle = c.c_void_p
_out = c.POINTER(c.c_void_p)
_status = c.c_int32
_text = c.c_char_p
_size = c.c_size_t
_options = c.POINTER(RunOptions)
_schema = c.POINTER(ArrowSchema)
_array = c.POINTER(ArrowArray)
_stream = c.POINTER(ArrowArrayStream)

# name: (result, arguments). A `char**` out-parameter is a pointer to a handle, so that ctypes does not copy the text.
SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "dtk_error_status": (_status, (_handle,)),
    "dtk_error_code": (_text, (_handle,)),
    "dtk_error_message": (_text, (_handle,)),
    "dtk_error_where": (_text, (_handle,)),
    "dtk_error_row": (c.c_int64, (_handle,)),
    "dtk_error_free": (None, (_handle,)),
    "dtk_version": (_text, ()),
    "dtk_abi_version": (c.c_int32, ()),
    "dtk_cancel_new": (_status, (_out, _out)),
    "dtk_cancel_request": (None, (_handle,)),
    "dtk_cancel_free": (None, (_handle,)),
    "dtk_policy_parse": (_status, (_text, _size, _out, _out)),
    "dtk_policy_json": (_text, (_handle,)),
    "dtk_policy_digest": (_text, (_handle,)),
    "dtk_policy_schema": (_text, ()),
    "dtk_policy_free": (None, (_handle,)),
    "dtk_tables_new": (_status, (_out, _out)),
    "dtk_tables_add": (_status, (_handle, _text, _size, _stream, _out)),
    "dtk_tables_add_batch": (_status, (_handle, _text, _size, _schema, _array, _out)),
    "dtk_tables_add_json": (_status, (_handle, _text, _size, _text, _size, _out)),
    "dtk_tables_free": (None, (_handle,)),
    "dtk_data_new": (_status, (_handle, _options, _out, _out)),
    "dtk_data_free": (None, (_handle,)),
    "dtk_run": (_status, (_handle, _handle, _text, _size, _options, _out, _out)),
    "dtk_result_n_tables": (_size, (_handle,)),
    "dtk_result_table_name": (_text, (_handle, _size)),
    "dtk_result_table": (_status, (_handle, _text, _size, _stream, _out)),
    "dtk_result_json": (_status, (_handle, _text, _size, _out, c.POINTER(c.c_size_t), _out)),
    "dtk_text_free": (None, (_handle,)),
    "dtk_result_record": (_text, (_handle,)),
    "dtk_result_free": (None, (_handle,)),
    "dtk_sim_run": (_status, (_handle, c.POINTER(SimRule), _size, _options, _out, _out)),
    "dtk_value_added_open": (_status, (_out, _out)),
    "dtk_value_added_append": (_status, (_handle, c.c_int32, _handle, _options, _out)),
    "dtk_value_added_solve": (_status, (_handle, _handle, _options, _out, _out)),
    "dtk_value_added_save": (_status, (_handle, _out, c.POINTER(c.c_size_t), _out)),
    "dtk_value_added_load": (_status, (_text, _size, _out, _out)),
    "dtk_value_added_free": (None, (_handle,)),
    "dtk_catalog": (_text, ()),
}


def load(folder: Path | None = None) -> c.CDLL:
    """The shared library beside this file, with every function typed. CDLL: Python's lock is free during a call."""
    folder = Path(__file__).resolve().parent if folder is None else folder
    tried: list[str] = []
    for name in LIBRARY_NAMES:
        path = folder / name
        if not path.exists():
            tried.append(f"{path}: not there")
            continue
        try:
            library = c.CDLL(str(path))
        except OSError as error:
            tried.append(f"{path}: {error}")
            continue
        for function, (result, arguments) in SIGNATURES.items():
            bound = getattr(library, function)
            bound.restype = result
            bound.argtypes = list(arguments)
        found = library.dtk_abi_version()
        if found != ABI_VERSION:
            raise ImportError(f"dualtrack: expected ABI {ABI_VERSION} of {path}, found {found}")
        return library
    raise ImportError("dualtrack: the shared library was not found beside the package; tried:\n  " + "\n  ".join(tried))


library = load()
