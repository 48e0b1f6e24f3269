"""A sales organisation with known truth, at any size."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import numpy as np

from . import activities, deals, evidence, finish
from .constants import CONSTRUCTS, MOTIVES, STYLES, Constants, Style
from .history import Simulation
from .people import NEVER
from .tables import MemorySink, ParquetSink

__all__ = ["CONSTRUCTS", "Constants", "MOTIVES", "STYLES", "Style", "make", "organisation"]

Progress = Callable[[int, int], Any]


def _run(sellers: int, months: int, seed: int, constants: Constants | None, sink, progress: Progress | None):
    if sellers < 2:
        raise ValueError(f"sellers must be at least 2, not {sellers}")
    if months < 1:
        raise ValueError(f"months must be at least 1, not {months}")
    c = constants or Constants()
    sim = Simulation(c, sellers, months, seed, sink)
    p = sim.people
    for m in range(months):
        sim.month = m
        if m:
            sim.trailing()
            sim.manager_events(m)
            if int(sim.days[m]) in sim.new_years:
                sim.flush_pay(np.flatnonzero(p.left == NEVER), int(sim.days[m]))
        sim.seller_events(m)
        deals.month_deals(sim, m)
        activities.month_activities(sim, m)
        sim.end_month(m)
        if progress:
            progress(m + 1, months)
    deals.open_deals(sim)
    sim.open_vacancies()
    evidence.write_ratings(sim)
    evidence.write_answers(sim)
    evidence.write_motives(sim)
    finish.write_assignments(sim)
    finish.write_people(sim)
    finish.write_managers(sim)
    finish.write_quotas(sim)
    finish.write_pay(sim)
    finish.write_rates(sim)
    finish.write_constants(sim, sellers)
    return sink.close()


def make(out: Path, sellers: int = 300, months: int = 24, seed: int = 1, progress: Progress | None = None,
         constants: Constants | None = None, chunk_rows: int = 500_000) -> dict[str, Path]:
    """Write an organisation as `out/TABLE.parquet`, the truth below `out/truth`; the paths by table name."""
    return _run(sellers, months, seed, constants, ParquetSink(Path(out), chunk_rows), progress)


def organisation(sellers: int = 300, months: int = 24, seed: int = 1, constants: Constants | None = None):
    """The same organisation in memory: table name -> pyarrow.Table, truth tables as `truth/NAME`."""
    return _run(sellers, months, seed, constants, MemorySink(), None)
