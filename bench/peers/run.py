"""The same `sellers` and `teams` tables by dualtrack, DuckDB and Polars, side by side: one command, one table of ratios.

    python bench/peers/run.py --library build/.../libdualtrack.so [--deals 100000,1000000] [--write]

Every case is first computed by all three and compared (money to the cent, the rest to 1e-9); only then are times taken,
each in a process of its own, the tools in turn and in a different order every round. `--write` renews bench/README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa

import compare
import managers
import one
import organisation
import promotion
import pyramids
import readiness

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent / "bindings" / "python" / "src" / "dualtrack"
TOOLS = ("dualtrack", "duckdb", "polars")
VARIANTS = {
    "by deal": {},
    "shuffled": {"shuffled": True},
    "opaque ids": {"opaque": True},
    "participants": {"participants": True},
}
SMALL_RUN = """
import json, statistics, time
import organisation, dualtrack as dt
tables = organisation.make(600, markets=1)
data = dt.Data(tables)
policy = dt.Policy({"version": 1, "as_of": organisation.AS_OF})
def once():
    start = time.perf_counter()
    dt.run(data, "measures", policy=policy)
    return time.perf_counter() - start
seconds = sorted(once() for _ in range(500))
print(json.dumps({"people": tables["people"].num_rows, "median": statistics.median(seconds), "least": seconds[0]}))
"""


def stage(library: Path, to: Path) -> None:
    """The Python package with the shared library beside it."""
    shutil.copytree(PACKAGE, to / "dualtrack", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(library.resolve(), to / "dualtrack" / "libdualtrack.so")


@contextlib.contextmanager
def staged(library: Path):
    """A folder with the package, gone afterwards: gives how to run a program of ours beside it."""
    with tempfile.TemporaryDirectory(prefix="dualtrack-bench-") as scratch:
        package = Path(scratch) / "package"
        stage(library, package)
        yield lambda arguments, threads: child(arguments, threads, package)


def child(arguments: list[str], threads: int, stage_at: Path) -> dict:
    environment = dict(
        os.environ,
        PYTHONPATH=os.pathsep.join([str(stage_at), str(HERE)]),
        PYTHONDONTWRITEBYTECODE="1",
        POLARS_MAX_THREADS=str(threads),
        ARROW_DEFAULT_MEMORY_POOL="system",  # the input then takes as much memory as it has bytes
    )
    done = subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def check(folder: Path) -> None:
    """Stops the comparison where a peer found something else."""
    for table in ("sellers", "teams"):
        read = {tool: pa.ipc.open_file(pa.OSFile(str(folder / f"{tool}_{table}.arrow"))).read_all() for tool in TOOLS}
        for peer in TOOLS[1:]:
            found = compare.difference(read["dualtrack"], read[peer])
            if found:
                raise SystemExit(f"{table}: dualtrack and {peer} differ\n  " + "\n  ".join(found))


def measure(case: tuple[int, str, int], folder: Path, stage_at: Path, rounds: int) -> dict:
    deals, variant, threads = case
    results = folder / "results"
    script = str(HERE / "one.py")
    for tool in TOOLS:
        child([script, tool, str(folder), str(threads), str(results)], threads, stage_at)
    check(results)
    runs: dict[str, list[dict]] = {tool: [] for tool in TOOLS}
    for turn in range(rounds):
        order = TOOLS[turn % 3 :] + TOOLS[: turn % 3]
        for tool in order if turn % 2 == 0 else reversed(order):
            runs[tool].append(child([script, tool, str(folder), str(threads)], threads, stage_at))

    def middle(tool: str, what: str) -> float:
        return statistics.median(run[what] for run in runs[tool])

    def ratio(what: str) -> float:
        """Median over rounds of (the faster peer's / ours)."""
        return statistics.median(
            min(runs[peer][turn][what] for peer in TOOLS[1:]) / runs["dualtrack"][turn][what] for turn in range(rounds)
        )

    input_bytes = runs["dualtrack"][0]["input_bytes"]
    return {
        "deals": deals, "variant": variant, "threads": threads, "input_mb": input_bytes / 1e6,
        **{f"{tool}_seconds": middle(tool, "seconds") for tool in TOOLS},
        **{f"{tool}_cpu": middle(tool, "cpu_seconds") for tool in TOOLS},
        **{f"{tool}_memory": middle(tool, "peak_bytes") / input_bytes for tool in TOOLS},
        "ratio": ratio("seconds"), "cpu_ratio": ratio("cpu_seconds"),
        "nanoseconds_a_deal": middle("dualtrack", "cpu_seconds") / deals * 1e9,
        "versions": {tool: runs[tool][0]["version"] for tool in TOOLS},
    }


HEADER = [
    "deals", "credit rows", "threads", "input MB", "dualtrack s", "DuckDB s", "Polars s", "**times faster**",
    "dualtrack CPU s", "DuckDB CPU s", "Polars CPU s", "CPU ratio", "CPU ns a deal", "peak / input",
    "DuckDB peak", "Polars peak",
]


def cells(row: dict) -> list[str]:
    return [
        f"{row['deals']:,}", row["variant"], str(row["threads"]), f"{row['input_mb']:,.0f}",
        *(f"{row[f'{tool}_seconds']:.3f}" for tool in TOOLS), f"**{row['ratio']:.1f}**",
        *(f"{row[f'{tool}_cpu']:.3f}" for tool in TOOLS), f"{row['cpu_ratio']:.1f}",
        f"{row['nanoseconds_a_deal']:.0f}", *(f"{row[f'{tool}_memory']:.2f}" for tool in TOOLS),
    ]


def machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, CPython {platform.python_version()}"


def page(
    rows: list[dict], small: dict, rounds: int, judged: list[dict], seats: list[dict], simulated: list[dict], kept: str = ""
) -> str:
    versions = rows[-1]["versions"]
    table = ["| " + " | ".join(HEADER) + " |", "|" + "---:|" * len(HEADER)]
    table += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return f"""# Benchmarks

This page is written by `bench/peers/run.py --write`, the parts on managers and on manager effects by
`bench/peers/managers.py --write` and `bench/peers/value_added.py --write`; nothing in it is typed by hand.

## Side by side with DuckDB and Polars

From Arrow tables in memory (people, assignments, deals, credits with three shares a deal, quotas; string ids) to the tables
`sellers` and `teams` as Arrow. The three results are compared before any time is taken: money to the cent, everything else
to 1e-9. The peers compute the columns they can express; dualtrack computes those and the rest (shrunken win rates,
performance with luck taken out, volatility, findings, every check of the input). Polars starts from its own frames; turning
Arrow into them is not timed. All tools use the number of threads given.

* dualtrack {versions["dualtrack"]}, DuckDB {versions["duckdb"]}, Polars {versions["polars"]}, pyarrow {pa.__version__}
* {machine()}
* median of {rounds} rounds, every run in a process of its own, the tools in turn; *times faster* = the faster peer's wall
  time / dualtrack's, median over rounds. On a machine that does other work at the same time, the CPU columns are the steadier ones.
* *peak / input*: growth of resident memory from before the input is loaded to the peak, over the input's Arrow bytes
* *by deal*: credit rows in the order of the deals, ids a letter and digits; *shuffled*: rows in random order; *opaque ids*: by deal, ids of
  15 letters and digits in no order, as CRM systems give them; *participants*: by deal, with two participants a deal

{chr(10).join(table)}

One `run` of `measures` on {small["people"]} people of one market with 600 deals, the call from Python included: median {small["median"] * 1e3:.2f} ms, least {small["least"] * 1e3:.2f} ms.

{readiness.section(judged)}
{promotion.section(seats)}
{kept}{pyramids.section(simulated)}## Running them

```
cmake --preset release -DDUALTRACK_BUILD_BENCHMARKS=ON && cmake --build --preset release
cmake --build --preset release --target bench_peers   # this page (needs the packages of cmake/requirements.txt)
build/release/bench/bench_run                         # Google Benchmark: also bench_numeric, bench_ingest, bench_measure
cmake --build --preset release --target bench_gates   # the simulators against the straightforward programs: 6 times, 5 times
```
"""


def keep_value_added(text: str) -> None:
    """Writes the page, with the part that value_added.py writes as it was."""
    at = HERE.parent / "README.md"
    marks = "<!-- value added: begin -->", "<!-- value added: end -->"
    old = at.read_text()
    if marks[0] in old:
        part = old[old.index(marks[0]) : old.index(marks[1]) + len(marks[1])]
        text = text.replace("## Running them", f"{part}\n\n## Running them", 1)
    at.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="the shared library to measure")
    parser.add_argument("--deals", default="100000,1000000,10000000")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--programs", type=Path, help="where bench_pluchino is; without it, no published pyramid")
    parser.add_argument("--people", default="50000,1000000", help="for readiness; twenty ratings each")
    parser.add_argument("--vacancies", type=int, default=10_000, help="for promotion; ten candidates each")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the tables are kept (default: a folder that is removed)")
    parser.add_argument("--write", action="store_true", help="renew bench/README.md")
    chosen = parser.parse_args()
    rows: list[dict] = []
    with tempfile.TemporaryDirectory(prefix="dualtrack-bench-") as scratch:
        stage(chosen.library, Path(scratch) / "package")
        stage_at = Path(scratch) / "package"
        small = child(["-c", SMALL_RUN], 1, stage_at)
        print(f"one run on {small['people']} people: {small['median'] * 1e3:.2f} ms")
        print(" | ".join(HEADER))
        for deals in map(int, chosen.deals.split(",")):
            for variant in chosen.variants.split(","):
                kept = chosen.folder is not None
                folder = (chosen.folder or Path(scratch)) / f"{deals}-{variant.replace(' ', '-')}"
                if not (folder / "deals.arrow").exists():
                    folder.mkdir(parents=True, exist_ok=True)
                    subprocess.run(
                        [sys.executable, "-c", "import sys, one, organisation; from pathlib import Path\n"
                         "for name, table in organisation.make(int(sys.argv[1]), **eval(sys.argv[2])).items():\n"
                         "    one.save(table, Path(sys.argv[3]) / f'{name}.arrow')",
                         str(deals), repr(VARIANTS[variant]), str(folder)],
                        env=dict(os.environ, PYTHONPATH=str(HERE), PYTHONDONTWRITEBYTECODE="1"), check=True,
                    )
                for threads in map(int, chosen.threads.split(",")):
                    rows.append(measure((deals, variant, threads), folder, stage_at, chosen.rounds))
                    print(" | ".join(cells(rows[-1])), flush=True)
                if not kept:
                    shutil.rmtree(folder)
        judged = readiness.measure_all(
            [int(n) for n in chosen.people.split(",")], [int(n) for n in chosen.threads.split(",")],
            lambda arguments, threads: child(arguments, threads, stage_at), chosen.rounds,
        )
        simulated = [] if chosen.programs is None else pyramids.measure_all(
            chosen.programs, lambda arguments, threads: child(arguments, threads, stage_at), chosen.rounds,
        )
        seats = promotion.measure_all(
            chosen.vacancies, min(500, chosen.vacancies), [int(n) for n in chosen.threads.split(",")],
            lambda arguments, threads: child(arguments, threads, stage_at), min(3, chosen.rounds),
        )
    if chosen.write:
        kept = managers.kept_section((HERE.parent / "README.md").read_text())
        keep_value_added(page(rows, small, chosen.rounds, judged, seats, simulated, kept))


if __name__ == "__main__":
    main()
