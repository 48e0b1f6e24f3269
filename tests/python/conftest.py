"""What the tests share: a small organisation whose figures can be worked out by hand, and a made one of some size."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import io
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def need(module: str) -> Any:
    """An oracle or peer of a test: where it is missing the test is skipped, except in continuous integration."""
    if os.environ.get("CI"):
        return importlib.import_module(module)
    return pytest.importorskip(module)


def day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def small_tables() -> dict[str, dict[str, list[Any]]]:
    """Two teams of three. Won in 2024: s1 300.10, s2 100, s3 nothing; s4 500 (shared with s5 half and half), s6 50."""
    people = [
        # person, name, hired, manager, market
        ("m1", "Mia", "2018-01-01", None, "North"),
        ("m2", "Max", "2018-01-01", None, "South"),
        ("s1", "Sam", "2020-01-01", "m1", "North"),
        ("s2", "Sue", "2020-01-01", "m1", "North"),
        ("s3", "Sid", "2020-01-01", "m1", "North"),
        ("s4", "Tom", "2020-01-01", "m2", "South"),
        ("s5", "Tim", "2020-01-01", "m2", "South"),
        ("s6", "Uma", "2020-01-01", "m2", "South"),
    ]
    deals = [
        # deal, owner, amount, closed, outcome
        ("d1", "s1", 200.10, "2024-02-10", "won"),
        ("d2", "s1", 100.00, "2024-05-11", "won"),
        ("d3", "s2", 100.00, "2024-06-30", "won"),
        ("d4", "s3", 80.00, "2024-07-01", "lost"),
        ("d5", "s4", 500.00, "2024-09-15", "won"),
        ("d6", "s6", 50.00, "2024-12-31", "won"),
        ("d7", "s6", 70.00, "2024-11-30", "lost"),
    ]
    credits = [("d5", "s4", 0.5), ("d5", "s5", 0.5)]
    return {
        "people": {
            "person_id": [p[0] for p in people],
            "name": [p[1] for p in people],
            "hired": [day(p[2]) for p in people],
            "manager_id": [p[3] for p in people],
            "market": [p[4] for p in people],
        },
        "deals": {
            "deal_id": [d[0] for d in deals],
            "owner_id": [d[1] for d in deals],
            "amount": [d[2] for d in deals],
            "closed": [day(d[3]) for d in deals],
            "outcome": [d[4] for d in deals],
        },
        "credits": {
            "deal_id": [c[0] for c in credits],
            "person_id": [c[1] for c in credits],
            "share": [c[2] for c in credits],
        },
        "quotas": {
            "person_id": ["s1", "s2", "s3", "s4", "s5", "s6"],
            "start": [day("2024-01-01")] * 6,
            "end": [day("2025-01-01")] * 6,
            "amount": [200.0, 200.0, 200.0, 250.0, 250.0, 250.0],
        },
        "pay": {
            "person_id": ["m1", "s1", "s2", "s3"],
            "start": [day("2024-01-01")] * 4,
            "base": [100.0, 60.0, 60.0, 60.0],
            "target_variable": [20.0, 80.0, 40.0, 40.0],
        },
    }


WON = {"s1": 300.10, "s2": 100.0, "s3": 0.0, "s4": 250.0, "s5": 250.0, "s6": 50.0}


@pytest.fixture
def tables() -> dict[str, dict[str, list[Any]]]:
    return small_tables()


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What `dualtrack ARGUMENTS` prints and returns, run in this process: a process each would cost a second of imports."""
    from dualtrack import cli

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = int(stop.code or 0)
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An organisation of 60 sellers over 18 months, as Parquet."""
    need("numpy"), need("pyarrow")
    synth = importlib.import_module("dualtrack.synth")
    out = tmp_path_factory.mktemp("made")
    synth.make(out, sellers=60, months=18, seed=7)
    return out
