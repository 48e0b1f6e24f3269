"""Readiness of a whole company by dualtrack beside the plain group-by of the same ratings in Polars: time and memory.

    python bench/peers/readiness.py --library build/.../libdualtrack.so [--people 50000,1000000] [--threads 1,2]

Twenty ratings a person from Arrow tables in memory. Polars means the scores by person, source and competency and nothing
else; dualtrack checks the input, takes severity out of the ratings of every rater, weighs the sources, and gives everybody's
readiness as Arrow; beside that the same with the nine constructs of everybody, and with every table there is. Every
measurement is made in a process of its own. `run.py --write` prints this table into bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

HERE = Path(__file__).resolve().parent
AS_OF = "2025-12-31"
READ = {"dualtrack": ("readiness",), "constructs": ("readiness", "constructs"), "tables": None}  # None: every table
TOOLS = (*READ, "polars")
BOTH = ("dualtrack", "polars")
ALL_TABLES_UP_TO = 200_000  # people: every table of more takes minutes
COMPETENCIES = (
    "develops_others", "holds_accountable", "organised", "thinks_in_systems", "collaborates", "regulates_emotion",
    "influences", "curious", "emotional_intelligence",
)
HEADER = ["people", "ratings", "threads", "input MB", "dualtrack s", "Polars group-by s", "**ratio**", "dualtrack CPU s", "Polars CPU s",
          "CPU ratio", "peak / input", "Polars peak", "with constructs s", "CPU s", "peak", "with every table s", "peak"]


def make(n_people: int, seed: int = 1) -> dict[str, pa.Table]:
    """Everybody is rated by the manager on nine competencies and by two peers on five and six of them: 20 ratings each."""
    random = np.random.default_rng(seed)
    ids = pa.array([f"p{i:07}" for i in range(n_people)])
    manager = np.arange(n_people) // 8 * 8
    peers = (manager[:, None] + random.integers(1, 8, (n_people, 2))) % n_people
    peers = np.where(peers == np.arange(n_people)[:, None], (peers + 1) % n_people, peers)
    said = [(0, c) for c in range(9)] + [(1, c) for c in range(5)] + [(2, c) for c in range(3, 9)]
    source, competency = (np.array(x) for x in zip(*said))
    person = np.repeat(np.arange(n_people, dtype=np.int32), len(said))
    boss = np.where(manager == np.arange(n_people), (manager + 8) % n_people, manager)
    rater = np.column_stack([boss, peers])[:, source].reshape(-1)
    theta = random.standard_normal((n_people, 9))
    score = np.clip(np.round(3 + 0.7 * (0.55 * theta[:, competency] + random.normal(size=(n_people, len(said)))), 1), 1, 5)
    rows = len(person)

    def words(options: tuple[str, ...], code: np.ndarray) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(np.tile(code.astype(np.int8), n_people)), pa.array(options))

    ratings = pa.table({
        "person_id": ids.take(pa.array(person)),
        "rater_id": ids.take(pa.array(rater.astype(np.int32))),
        "source": words(("manager", "peer"), np.minimum(source, 1)),
        "competency": words(COMPETENCIES, competency),
        "score": score.reshape(-1),
        "scale_min": np.ones(rows),
        "scale_max": np.full(rows, 5.0),
        "date": pa.array(np.full(rows, 20_400, np.int32)).cast(pa.date32()),
    })
    return {"people": pa.table({"person_id": ids}), "ratings": ratings}


def by_dualtrack(tables: dict[str, pa.Table], threads: int, wanted: tuple[str, ...] | None) -> int:
    import dualtrack as dt

    data = dt.Data(tables, threads=threads)
    result = dt.run(data, "readiness", policy={"version": 1, "as_of": AS_OF, "grid": {"compare_months": 0}}, threads=threads)
    return sum(pa.table(result[name]).num_rows for name in (wanted or result))


def by_polars(frame, threads: int) -> int:
    from polars import col

    out = frame.lazy().group_by("person_id", "source", "competency").agg(mean=col("score").mean(), n=col("score").len()).collect()
    return out.to_arrow().num_rows


def status(name: str) -> int:
    """A line of /proc/self/status, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(name)


def one(tool: str, folder: Path, threads: int) -> None:
    pa.set_cpu_count(threads)

    def prepared(tables: dict[str, pa.Table]):
        if tool in READ:
            return tables
        import polars as pl

        return pl.from_arrow(tables["ratings"], rechunk=True)  # turning Arrow into frames is not timed

    def work(given, threads: int) -> int:
        return by_dualtrack(given, threads, READ[tool]) if tool in READ else by_polars(given, threads)

    work(prepared(make(200)), threads)  # loads what is loaded on first use
    before = status("VmRSS")
    tables = {}
    for path in sorted(folder.glob("*.arrow")):
        with pa.OSFile(str(path)) as file:
            tables[path.stem] = pa.ipc.open_file(file).read_all()
    given_bytes = sum(table.nbytes for table in tables.values())
    given = prepared(tables)
    if tool == "polars":
        del tables
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    rows = work(given, threads)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "seconds": seconds, "cpu": used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime,
        "peak": status("VmHWM") - before, "input": given_bytes, "rows": rows,
    }))


def measure(n_people: int, threads: int, folder: Path, child, rounds: int) -> dict:
    """`child(arguments, threads)` runs Python with the package at hand and gives the JSON it prints."""
    tools = [tool for tool in TOOLS if tool != "tables" or n_people <= ALL_TABLES_UP_TO]
    runs: dict[str, list[dict]] = {tool: [] for tool in tools}
    for turn in range(rounds):
        for tool in tools if turn % 2 == 0 else reversed(tools):
            runs[tool].append(child([str(HERE / "readiness.py"), "--one", tool, str(folder), str(threads)], threads))

    def middle(tool: str, what: str) -> float:
        return statistics.median(run[what] for run in runs[tool])

    size = runs["dualtrack"][0]["input"]
    return {
        "people": n_people, "threads": threads, "input": size,
        "seconds": {tool: middle(tool, "seconds") for tool in tools}, "cpu": {tool: middle(tool, "cpu") for tool in tools},
        "peak": {tool: middle(tool, "peak") / size for tool in tools},
        "ratio": statistics.median(a["seconds"] / b["seconds"] for a, b in zip(runs["dualtrack"], runs["polars"])),
        "cpu_ratio": statistics.median(a["cpu"] / b["cpu"] for a, b in zip(runs["dualtrack"], runs["polars"])),
    }


def cells(row: dict) -> list[str]:
    return [
        f"{row['people']:,}", f"{20 * row['people']:,}", str(row["threads"]), f"{row['input'] / 1e6:,.0f}",
        *(f"{row['seconds'][tool]:.3f}" for tool in BOTH), f"**{row['ratio']:.2f}**",
        *(f"{row['cpu'][tool]:.3f}" for tool in BOTH), f"{row['cpu_ratio']:.2f}", *(f"{row['peak'][tool]:.2f}" for tool in BOTH),
        f"{row['seconds']['constructs']:.3f}", f"{row['cpu']['constructs']:.3f}", f"{row['peak']['constructs']:.2f}",
        *((f"{row['seconds']['tables']:.3f}", f"{row['peak']['tables']:.2f}") if "tables" in row["peak"] else ("", "")),
    ]


def measure_all(people: list[int], threads: list[int], child, rounds: int) -> list[dict]:
    rows = []
    print(" | ".join(HEADER))
    for n_people in people:
        with tempfile.TemporaryDirectory(prefix="dualtrack-bench-") as scratch:
            for name, table in make(n_people).items():
                with pa.OSFile(f"{scratch}/{name}.arrow", "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                    writer.write_table(table)
            for n in threads:
                rows.append(measure(n_people, n, Path(scratch), child, rounds))
                print(" | ".join(cells(rows[-1])), flush=True)
    return rows


def section(rows: list[dict]) -> str:
    table = ["| " + " | ".join(HEADER) + " |", "|" + "---:|" * len(HEADER)]
    table += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return f"""## Readiness beside a group-by of the same ratings

Twenty ratings a person (one manager, two peers; names of raters, sources and competencies). Polars means the scores by person,
source and competency and nothing else. dualtrack checks the input, takes severity out of every rater's ratings, weighs sources,
and gives everybody's readiness with its interval: *ratio* is what that costs, in group-bys. *peak / input* counts the input itself,
which stays in memory, and the table as the host takes it. The other tables are made when somebody asks for them: *with constructs*
adds nine rows a person, *with every table* also the evidence behind each of them, the questions, and a paragraph a person, which
together are larger than the input.

{chr(10).join(table)}
"""


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
        return
    import run

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="the shared library to measure")
    parser.add_argument("--people", default="50000,1000000")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with run.staged(chosen.library) as child:
        measure_all(
            [int(n) for n in chosen.people.split(",")], [int(n) for n in chosen.threads.split(",")],
            child, chosen.rounds,
        )


if __name__ == "__main__":
    main()
