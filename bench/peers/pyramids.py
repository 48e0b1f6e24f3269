"""The published pyramid (2010 as run, Peter hypothesis, 160 seats) by dualtrack, a straightforward C++ program,
batched NumPy and Mesa, side by side in one run: person-years a CPU second of one thread.

    python bench/peers/pyramids.py --library build/.../libdualtrack.so --programs build/.../bench [--rounds 7]

Every tool runs in a process of its own, the tools in turn, best of the rounds; how many organisations a tool simulates at a
time is what suits it. Each says the mean efficiency it found, and one far from the reference ends the comparison. `dualtrack`
is the call from Python, tables of outcomes, trajectories and quantiles included; `engine` the loop alone. NumPy and Mesa are
left out where they are not installed. `run.py --write` prints this table into bench/README.md.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import math
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEATS = 160
REFERENCE = {"best": 59.44, "random": 70.54}  # standard deviation of one organisation's mean .36
# organisations and years of one measurement
SIZES = {"dualtrack": (512, 1000), "numpy": (1000, 300), "mesa": (1, 1000)}
HEADER = ["rule", "program", "M person-periods a CPU s", "**engine is faster by**", "mean efficiency"]


def by_dualtrack(n: int, years: int, rule: str, seed: int) -> float:
    import dualtrack as dt

    policy = {
        "presets": ["prg2010_as_run"],
        "policies": [f"PH {rule}"],
        "baseline": f"PH {rule}",
        "periods": years,
        "replications": n,
        "seed": seed,
        "tornado": False,
    }
    result = dt.simulate({"version": 1, "simulation": policy}, threads=1)
    rows = [row for row in result["outcomes"].to_dicts() if row["metric"] == "efficiency"]
    return next(row["mean"] for row in rows if row["horizon_periods"] == years)


def by_numpy(n: int, years: int, rule: str, seed: int) -> float:
    import pluchino_numpy

    return pluchino_numpy.simulate(n, years, rule, seed)


def by_mesa(n: int, years: int, rule: str, seed: int) -> float:
    import pyramid_mesa

    return pyramid_mesa.simulate(n, years, rule, seed)


PROGRAMS = {"dualtrack": by_dualtrack, "numpy": by_numpy, "mesa": by_mesa}


def one(tool: str, rule: str, seed: int) -> None:
    n, years = SIZES[tool]
    PROGRAMS[tool](1, 5, rule, seed)  # imports
    start = time.process_time()
    mean = PROGRAMS[tool](n, years, rule, seed)
    print(json.dumps({"speed": n * years * SEATS / (time.process_time() - start) / 1e6, "mean": mean, "n": n}))


def tools() -> list[str]:
    return [tool for tool in PROGRAMS if tool == "dualtrack" or importlib.util.find_spec(tool)]


def google_benchmark(program: Path, which: str) -> list[dict]:
    done = subprocess.run(
        [str(program), f"--benchmark_filter={which}", "--benchmark_format=json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)["benchmarks"]


def by_cpp(programs: Path) -> dict[str, dict[str, float]]:
    """The engine and the plain program, each the best of seven, from the benchmark that is also the gate."""
    found: dict[str, dict[str, float]] = {"best": {}, "random": {}}
    for row in google_benchmark(programs / "bench_pluchino", "prg2010/PH (best|random)/"):
        if "person_years_per_s" not in row:
            continue  # instructions that this machine lacks
        _, name, which = row["name"].split("/")[:3]
        rule = name.removeprefix("PH ")
        if which != "plain":
            found[rule][f"engine, {which}"] = row["person_years_per_s"] / 1e6
        plain = row["plain_person_years_per_s"] / 1e6
        found[rule]["straightforward C++"] = max(plain, found[rule].get("straightforward C++", 0.0))
    return found


def measure_all(programs: Path, child, rounds: int) -> list[dict]:
    rows: list[dict] = []
    compiled = by_cpp(programs)
    for rule, reference in REFERENCE.items():
        found: dict[str, dict] = {}
        for turn in range(rounds):
            for tool in tools() if turn % 2 == 0 else reversed(tools()):
                run = child([str(HERE / "pyramids.py"), "--one", tool, rule, str(turn + 1)], 1)
                if abs(run["mean"] - reference) > 0.05 + 5 * 0.36 / math.sqrt(run["n"]):
                    raise SystemExit(f"{tool}, {rule}: a mean efficiency of {run['mean']:.2f} instead of {reference}")
                if run["speed"] > found.get(tool, {"speed": 0.0})["speed"]:
                    found[tool] = run
        engine = max(speed for name, speed in compiled[rule].items() if name.startswith("engine"))
        for name, speed in sorted(compiled[rule].items(), key=lambda item: -item[1]):
            rows.append({"rule": rule, "program": name, "speed": speed, "ratio": engine / speed, "mean": None})
        for tool, run in sorted(found.items(), key=lambda item: -item[1]["speed"]):
            version = "from Python" if tool == "dualtrack" else importlib.metadata.version(tool)
            rows.append(
                {
                    "rule": rule,
                    "program": f"{tool} {version}",
                    "speed": run["speed"],
                    "ratio": engine / run["speed"],
                    "mean": run["mean"],
                }
            )
    rows.sort(key=lambda row: (row["rule"], -row["speed"]))
    gate = google_benchmark(programs / "bench_sales", "sales/gate")[0]
    speed = gate["person_months"] / 1e6
    rows.append({"rule": "sales model", "program": "engine", "speed": speed, "ratio": 1.0, "mean": None})
    rows.append(
        {
            "rule": "sales model",
            "program": "plain double-precision C++",
            "speed": speed / gate["ratio"],
            "ratio": gate["ratio"],
            "mean": None,
        }
    )
    print(" | ".join(HEADER))
    for row in rows:
        print(" | ".join(cells(row)), flush=True)
    return rows


def cells(row: dict) -> list[str]:
    speed, ratio = row["speed"], row["ratio"]
    return [
        row["rule"] if " " in row["rule"] else f"PH {row['rule']}",
        row["program"],
        f"{speed:,.0f}" if speed >= 10 else f"{speed:.2f}",
        f"{ratio:,.0f}" if ratio >= 20 else f"{ratio:.1f}",
        "" if row["mean"] is None else f"{row['mean']:.2f}",
    ]


def section(rows: list[dict], machine: str = "") -> str:
    if not rows:
        return ""
    on = f" Measured on {machine}." if machine else ""
    table = ["| " + " | ".join(HEADER) + " |", "|---|---|---:|---:|---:|"]
    table += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return f"""## The published pyramid beside other programs

The model of Pluchino, Rapisarda and Garofalo 2010 as run, under the Peter hypothesis: 160 seats, 1000 years (NumPy 300), measured after every
year; one thread against one thread, CPU time, best of several rounds in turn. *engine* is the loop alone; *dualtrack from Python*
also makes the tables with means, intervals, trajectories and quantiles. NumPy simulates 1000 organisations a call; Mesa cannot batch.
All give the mean efficiency of the reference (59.44 best, 70.54 random). The sales model: organisations of 10 teams of 6, a burn-in
of 36 months and 60 months under each of four rules, against the double-precision program that the tests compare it with.{on}

{chr(10).join(table)}

"""


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3], int(sys.argv[4]))
        return
    import run

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="the shared library to measure")
    parser.add_argument("--programs", type=Path, required=True, help="where bench_pluchino and bench_sales are")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="renew this table alone in bench/README.md")
    chosen = parser.parse_args()
    with run.staged(chosen.library) as child:
        rows = measure_all(
            chosen.programs,
            child,
            chosen.rounds,
        )
    if chosen.write:
        page = HERE.parent / "README.md"
        text = page.read_text()
        start = text.find(section(rows).split("\n")[0])
        if start < 0:
            start = end = text.index("## Running them")
        else:
            ends = (text.find(mark, start) for mark in ("\n## ", "\n<!-- "))  # the next part, or its mark
            end = min(at for at in ends if at >= 0) + 1
        page.write_text(text[:start] + section(rows, run.machine()) + text[end:])


if __name__ == "__main__":
    main()
