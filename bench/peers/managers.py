"""The analysis `managers` beside `measures` on the same tables, end to end: from Arrow tables to the first result table.

    PYTHONPATH=<package> python bench/peers/managers.py [DEALS ...] [--threads 1,2] [--rounds 3]

Participants: the owner, one more person, and in one deal of three the owner's manager, with the day of joining; one
coaching session a seller and month; a twentieth of those who change their manager go to somebody who never led before. Each run is a process of its own, in turn; the table says the median.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import organisation
import pyarrow as pa
from one import load, save


def make(n_deals: int) -> dict[str, pa.Table]:
    """The organisation of the comparison with the peers, with managers on deals and coaching."""
    tables = organisation.make(n_deals, participants=True)
    random = np.random.default_rng(2)
    manager = dict(zip(tables["people"]["person_id"].to_pylist(), tables["people"]["manager_id"].to_pylist()))
    owner = tables["deals"]["owner_id"].to_pylist()
    joins = np.flatnonzero(random.random(n_deals) < 1 / 3)
    boss = pa.array([manager[owner[i]] for i in joins])
    there = boss.is_valid()
    deal = tables["deals"]["deal_id"].combine_chunks().take(pa.array(joins)).filter(there)
    opened = tables["deals"]["opened"].combine_chunks()
    given = tables["participants"]
    n = len(deal)
    tables["participants"] = pa.table(
        {
            "deal_id": pa.concat_arrays([given["deal_id"].combine_chunks(), deal]),
            "person_id": pa.concat_arrays([given["person_id"].combine_chunks(), boss.filter(there)]),
            "part": pa.concat_arrays([given["part"].combine_chunks(), pa.array(["manager"] * n)]),
            "joined": pa.concat_arrays(
                [pa.nulls(given.num_rows, pa.date32()), opened.take(pa.array(joins)).filter(there)]
            ),
        }
    )
    lines = tables["assignments"].to_pydict()
    new = {person: boss for person, boss in manager.items() if boss is not None}
    fresh = random.choice(sorted(new), max(1, n_deals // 5_000))
    for i, start in enumerate(lines["start"]):
        if start.year == 2025 and i % 20 == 0:
            boss = fresh[i % len(fresh)]
            if boss != lines["person_id"][i]:
                lines["manager_id"][i] = str(boss)
    tables["assignments"] = pa.table(lines, schema=tables["assignments"].schema)
    led = [(person, of) for person, of in manager.items() if of is not None]
    months = np.arange("2025-01", "2026-01", dtype="datetime64[M]").astype("datetime64[D]") + 9
    tables["activities"] = pa.table(
        {
            "actor_id": [of for _, of in led for _ in months],
            "subject_id": [person for person, _ in led for _ in months],
            "kind": ["one_to_one"] * (len(led) * len(months)),
            "start": pa.array(np.tile(months, len(led)).astype(np.int32)).cast(pa.date32()),
            "minutes": [45.0] * (len(led) * len(months)),
        }
    )
    return tables


def once(analysis: str, folder: str, threads: int) -> None:
    import dualtrack as dt

    tables = load(Path(folder))
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    result = dt.run(
        dt.Data(tables, threads=threads), analysis, {"version": 1, "as_of": organisation.AS_OF}, threads=threads
    )
    rows = result["sellers" if analysis == "measures" else "managers"].to_arrow().num_rows
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(time.perf_counter() - start, cpu, used.ru_maxrss * 1024, rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("deals", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--threads", default="1")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(
        "| deals | participants | managers | threads | measures s | managers s | **ratio** | CPU ratio | managers peak MB |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for n_deals in asked.deals:
        with tempfile.TemporaryDirectory() as folder:
            tables = make(n_deals)
            for name, table in tables.items():
                save(table, Path(folder) / f"{name}.arrow")
            n_participants = tables["participants"].num_rows
            del tables
            for threads in map(int, asked.threads.split(",")):
                seen: dict[str, list[list[float]]] = {"measures": [], "managers": []}
                for _ in range(asked.rounds):
                    for analysis, runs in seen.items():
                        told = subprocess.run(
                            [sys.executable, __file__, "--once", analysis, folder, str(threads)],
                            capture_output=True,
                            text=True,
                            check=True,
                        )
                        runs.append([float(x) for x in told.stdout.split()])
                middle = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in seen.items()}
                a, b = middle["measures"], middle["managers"]
                print(
                    f"| {n_deals:,} | {n_participants:,} | {b[3]:,.0f} | {threads} | {a[0]:.3f} | {b[0]:.3f} | "
                    f"**{b[0] / a[0]:.2f}** | {b[1] / a[1]:.2f} | {b[2] / 1e6:,.0f} |",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(main())
