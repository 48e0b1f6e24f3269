"""Statuses and the error that every failing call raises."""

from __future__ import annotations

import ctypes as c
from enum import IntEnum

from ._abi import library


class Status(IntEnum):
    """What kind of fault; the numbers are those of the C ABI and never change."""

    OK = 0
    ARGUMENT = 1
    POLICY = 2
    SCHEMA = 3
    DATA = 4
    CANCELLED = 5
    NO_MEMORY = 6
    INTERNAL = 7


class Error(Exception):
    """A call that failed: `status`, stable `code` ("data.overlap"), one-sentence `message`, `where` ("table.column" or
    a JSON Pointer into the policy) and the 0-based `row` of the table, or -1."""

    status: Status
    code: str
    message: str
    where: str
    row: int

    def __init__(self, status: int, code: str, message: str, where: str = "", row: int = -1) -> None:
        try:
            self.status = Status(status)
        except ValueError:  # a newer library: the contract says to treat it so
            self.status = Status.INTERNAL
        self.code = code
        self.message = message
        self.where = where
        self.row = row
        super().__init__(status, code, message, where, row)

    def __str__(self) -> str:
        place = self.where + (f" row {self.row}" if self.row >= 0 else "")
        return (f"{place}: " if place else "") + f"{self.message} ({self.code})"


def check(status: int, error: c.c_void_p) -> None:
    """Raises what a call reported, and frees the error object."""
    if status == Status.OK:
        return
    try:
        raise Error(
            status,
            (library.dtk_error_code(error) or b"").decode(),
            (library.dtk_error_message(error) or b"").decode(errors="replace"),
            (library.dtk_error_where(error) or b"").decode(errors="replace"),
            library.dtk_error_row(error),
        )
    finally:
        library.dtk_error_free(error)
