"""Manager effects in other tools, side by side: same columns in memory, same machine, error beside every time.

    g++ -std=c++20 -O2 -ffp-contract=off -DNDEBUG -I include bench/peers/value_added_panel.cpp -o panel -lpthread
    python bench/peers/value_added.py --panel ./panel --rows 1000000 --designs easy geo hard akm [--write]
    g++ ... bench/peers/value_added_errors.cpp -o errors        # the same flags
    python bench/peers/value_added.py --errors ./errors --json kept.json        # what errors cost, beside their aims
    python bench/peers/value_added.py --panel ./panel --rows 100000000 --tools none --json ours.json

`value_added_panel.cpp` draws the published designs and writes columns and reference effects (a direct factor where one
is affordable). Every tool then runs in a process of its own with one thread, and recovers the managers' effects, which
are compared with the reference after both are centred on the row-weighted mean of their component. CPU seconds are
counted, because the machine may do other work; the limit is in CPU seconds too. A tool that is not installed is left
out. `--write` puts the table between its marks in bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
MARKS = ("<!-- value added: begin -->", "<!-- value added: end -->")
HERE = Path(__file__).resolve().parent


def columns(folder: Path):  # noqa: ANN201
    import numpy as np

    kinds = {"i": np.uint32, "j": np.uint32, "t": np.uint32, "y": np.float64, "net": np.float64, "psi": np.float64}
    return {name: np.fromfile(folder / name, dtype=kind) for name, kind in kinds.items()}


def by_manager(found: dict, n: int):  # noqa: ANN201
    import numpy as np

    out = np.full(n, math.nan)
    for key, value in found.items():
        out[int(float(key))] = float(value)
    return out


def dualtrack(c: dict) -> Callable:
    import numpy as np
    import pyarrow as pa

    import dualtrack as dt

    other = 10**9  # no seller has the number of a manager
    table = {"unit_id": c["i"].astype(np.int64), "group_id": c["j"].astype(np.int64) + other}
    data = dt.Data({"panel": pa.table({**table, "period": c["t"].astype(np.int64), "value": c["y"]})})
    policy = {"version": 1, "value_added": {"prior": "independent"}}

    def run():  # noqa: ANN202
        rows = dt.run(data, "value_added", policy=policy)["value_added"].to_arrow()
        effects = zip(rows["manager_id"].to_pylist(), rows["effect"].to_pylist(), strict=True)
        return by_manager({int(k) - other: math.nan if v is None else v for k, v in effects}, len(c["psi"]))

    return run


def formula_tool(module: str, **options) -> Callable:  # noqa: ANN003
    """pyfixest, or fereg, which takes the same formula."""

    def prepare(c: dict) -> Callable:
        import importlib

        import pandas as pd

        tool = importlib.import_module(module)
        frame = pd.DataFrame({name: c[name] for name in "ijty"})
        given = {name: value() if callable(value) else value for name, value in options.items()}

        def run():  # noqa: ANN202
            fit = tool.feols("y ~ 1 | i + j + t", frame, vcov="iid", fixef_rm="none", **given)
            found = fit.fixef()
            return by_manager(next(v for k, v in found.items() if "j" in str(k)), len(c["psi"]))

        return run

    return prepare


def demeaner(name: str, **options) -> Callable:  # noqa: ANN003
    def make():  # noqa: ANN202
        import pyfixest.demeaners

        if options.get("backend") == "torch":
            import torch  # noqa: F401: without it another backend would take its place and say nothing

        return getattr(pyfixest.demeaners, name)(**options)

    return make


def pytwoway(c: dict) -> Callable:
    import numpy as np

    if not hasattr(np, "bool8"):
        np.bool8 = np.bool_  # the name it was compiled for
    import scipy.sparse.linalg as solvers

    def renamed(solver):  # noqa: ANN001, ANN202
        return lambda *args, tol=1e-10, **more: solver(*args, rtol=tol, **more)  # the argument's present name

    for name in ("bicg", "bicgstab", "cg", "cgs", "gmres", "minres", "qmr"):
        setattr(solvers, name, renamed(getattr(solvers, name)))
    import bipartitepandas as bpd
    import pandas as pd
    import pytwoway as tw

    frame = pd.DataFrame({"i": c["i"].astype(int), "j": c["j"].astype(int), "y": c["net"], "t": c["t"].astype(int)})

    def run():  # noqa: ANN202
        bdf = bpd.BipartiteDataFrame(frame, track_id_changes=True, log=False).clean(
            bpd.clean_params({"connectedness": None, "drop_returns": False, "copy": True, "verbose": False})
        )
        more = {"feonly": True, "ho": False, "he": False, "attach_fe_estimates": True, "ncore": 1}
        fit = tw.FEEstimator(bdf, tw.fe_params({**more, "preconditioner": "jacobi", "progress_bars": False}))
        fit.fit()
        ids = bdf.original_ids(copy=True)
        own = "original_j" if "original_j" in ids.columns else "j"  # numbers without gaps stay as they are
        return by_manager(dict(zip(ids[own], ids["psi_hat"], strict=True)), len(c["psi"]))

    return run


def linearmodels(c: dict) -> Callable:
    import numpy as np
    import pandas as pd
    from linearmodels.iv.absorbing import AbsorbingLS

    absorb = pd.DataFrame({name: pd.Categorical(c[name]) for name in "ijt"})
    x = pd.DataFrame({"x": np.sin(np.arange(len(c["y"])))})
    y = pd.Series(c["y"], name="y")

    def run():  # noqa: ANN202
        AbsorbingLS(y, x, absorb=absorb).fit()

    return run


TOOLS: dict[str, Callable[[dict], Callable]] = {
    "dualtrack, whole analysis from Arrow": dualtrack,
    "pyfixest MAP rust, 1e-6 (default)": formula_tool("pyfixest", demeaner=demeaner("MapDemeaner")),
    "pyfixest MAP rust, 1e-10": formula_tool("pyfixest", demeaner=demeaner("MapDemeaner", fixef_tol=1e-10)),
    "pyfixest MAP numba, 1e-6": formula_tool("pyfixest", demeaner=demeaner("MapDemeaner", backend="numba")),
    "pyfixest MAP jax, 1e-6": formula_tool("pyfixest", demeaner=demeaner("MapDemeaner", backend="jax")),
    "pyfixest LSMR within, 1e-8 (default)": formula_tool("pyfixest", demeaner=demeaner("LsmrDemeaner")),
    "pyfixest LSMR torch on the CPU, 1e-8": formula_tool(
        "pyfixest", demeaner=demeaner("LsmrDemeaner", backend="torch", device="cpu")
    ),
    "fereg, 1e-8 (default)": formula_tool("fereg", nthreads=1),
    "PyTwoWay Jacobi, periods taken out before": pytwoway,
    "linearmodels AbsorbingLS, residuals only": linearmodels,
}


def components(c: dict):  # noqa: ANN201
    """Which managers are linked by common sellers; effects of others are not comparable."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n, sellers = len(c["psi"]), int(c["i"].max()) + 1
    links = coo_matrix(([1] * len(c["i"]), (c["j"], c["i"].astype("int64") + n)), shape=(n + sellers, n + sellers))
    return connected_components(links, directed=False)[1][:n]


def one(tool: str, folder: Path, limit: int) -> None:
    """A run in this process; prints JSON."""
    for name in THREADS:
        os.environ[name] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import numpy as np

    warnings.simplefilter("ignore")
    c = columns(folder)
    weight = np.bincount(c["j"], minlength=len(c["psi"])).astype(float)
    run = TOOLS[tool](c)
    if "numba" in tool or "jax" in tool or "PyTwoWay" in tool:  # compiled before it is timed, on the first rows
        small = {name: column if name == "psi" else column[:20000] for name, column in c.items()}
        try:
            TOOLS[tool](small)()
        except Exception:  # noqa: BLE001, S110: only a warm-up
            pass
    before = resource.getrusage(resource.RUSAGE_SELF)
    spent = before.ru_utime + before.ru_stime
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent) + limit, int(spent) + limit + 5))
    begin = time.perf_counter()
    effects = run()
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_SELF)
    out = {
        "wall": wall,
        "cpu": after.ru_utime + after.ru_stime - spent,
        "mb": (after.ru_maxrss - before.ru_maxrss) / 1024,
    }
    if effects is not None:
        there = np.isfinite(effects) & np.isfinite(c["psi"])
        part = components(c)
        w = np.where(there, weight, 0.0)
        gap = np.where(there, effects - c["psi"], 0.0)
        mean = np.bincount(part, w * gap) / np.maximum(np.bincount(part, w), 1e-300)
        out["error"] = float(np.abs(gap - mean[part])[there].max())
        out["n"] = int(there.sum())
    print(json.dumps(out))


OURS = "**dualtrack, effects**"
ON_TWO = "dualtrack, effects, two threads (seconds passed)"
UNSORTED = "dualtrack, effects, rows in any order"
ORDER = ("easy", "geo", "hard", "akm")
# Seconds of one thread that were aimed at: must, goal, ambitious (the last with two threads).
AIMS = {10**6: (0.06, 0.025, 0.01), 10**7: (0.8, 0.3, 0.12), 10**8: (8.0, 3.0, 1.2)}
FASTER = {"easy": (3, 8, 15), "geo": (10, 30, 60), "hard": (100, 300, 500)}  # than alternating projections, 10^6 rows
MEMORY = (900, 700, 450)  # MB beyond the input at 10^8 rows
# What errors cost: design, rows, how, threads, part of the program's answer, name, seconds aimed at.
ERRORS = (
    ("geo", 12000, "all", 1, "whole", "everything, 12,000 rows and 40 managers, s", (0.1, 0.02, 0.005)),
    (
        "geo",
        10**6,
        "exact",
        1,
        "errors",
        "leverages, corrections, errors: exact, geo, 1,000,000 rows, s",
        (1.5, 0.4, 0.1),
    ),
    ("hard", 10**8, "exact", 1, "errors", "the same: exact, hard, 100,000,000 rows, s", (4.0, 1.5, 1.0)),
    (
        "geo",
        10**8,
        "projected",
        2,
        "errors",
        "200 projections, geo, 100,000,000 rows, 2 threads, s",
        (300.0, 90.0, 40.0),
    ),
)
COLLAPSE = (15, 8, 4)  # all that looks at rows over one read of the columns
ANY_ORDER = (15, 8, 4)  # s at 10^8 rows
WORDS = ("not reached", "must", "goal", "ambitious")


def nominal(rows: int) -> int:
    return 10 ** round(math.log10(rows))


def reached(value: float, aims: tuple, larger: bool = False) -> str:
    return WORDS[sum(value >= aim if larger else value <= aim for aim in aims)]


def targets(rows: list[dict]) -> list[str]:
    """What was aimed at beside what was measured."""
    out = ["| aim | measured | must / goal / ambitious | reached |", "|---|---:|---:|---|"]
    ours = {(nominal(row["rows"]), row["design"]): row for row in rows if row["tool"] == OURS}
    for n, aims in AIMS.items():
        for design in ("easy", "geo", "hard"):
            row = ours.get((n, design))
            if row is None:
                out.append(f"| effects, {design}, {n:,} rows, s | not run | | |")
                continue
            words = " / ".join(f"{aim:g}" for aim in aims)
            verdict = reached(row["cpu"], aims)
            out.append(f"| effects, {design}, {n:,} rows, s | {row['cpu']:.3f} | {words} | {verdict} |")
        there = [ours[n, design]["cpu"] for design in ("easy", "geo", "hard") if (n, design) in ours]
        if len(there) == 3:
            ratio = max(there) / min(there)
            out.append(
                f"| slowest over fastest, {n:,} rows | {ratio:.1f} | 2.5 / 1.5 / 1.2 | "
                f"{reached(ratio, (2.5, 1.5, 1.2))} |"
            )
    for design, aims in FASTER.items():
        peer = next((r for r in rows if r["design"] == design and "rust, 1e-6" in r["tool"]), None)
        if peer is None or (10**6, design) not in ours:
            continue
        own = ours[10**6, design]["cpu"]
        least = "" if "cpu" in peer else "more than "
        times = peer.get("cpu", float(peer["why"].split()[2]) if "why" in peer else 0.0) / own
        out.append(
            f"| times faster than alternating projections at their default (pyfixest), {design}, 1,000,000 rows | "
            f"{least}{times:.0f} | {' / '.join(map(str, aims))} | {reached(times, aims, larger=True)} |"
        )
    for n in AIMS:
        for design in ("easy", "geo", "hard"):
            row = ours.get((n, design))
            if row is not None and row.get("read"):
                ratio = row["collapse"] / row["read"]
                out.append(
                    f"| all that looks at rows over one read of the columns, {design}, {n:,} rows | {ratio:.1f} | "
                    f"15 / 8 / 4 | {reached(ratio, COLLAPSE)} |"
                )
    for row in rows:
        if row["tool"] == UNSORTED and nominal(row["rows"]) == 10**8 and row["design"] != "akm":
            out.append(
                f"| effects, {row['design']}, 100,000,000 rows in any order, s | {row['cpu']:.1f} | 15 / 8 / 4 | "
                f"{reached(row['cpu'], ANY_ORDER)} |"
            )
    for design in ("easy", "geo", "hard"):
        if (10**8, design) in ours:
            mb = ours[10**8, design]["mb"]
            out.append(
                f"| MB beyond the input, {design}, 100,000,000 rows | {mb:.0f} | 900 / 700 / 450 | "
                f"{reached(mb, MEMORY)} |"
            )
    for design, n, how, threads, part, what, aims in ERRORS:
        found = [r for r in rows if r["tool"] == f"errors {how}" and (r["design"], r["nominal"]) == (design, n)]
        if not found:
            out.append(f"| {what} | not run | | |")
            continue
        seconds = found[-1][f"{part}_cpu"] / threads  # a thread's share, because the machine does other work
        words = " / ".join(f"{aim:g}" for aim in aims)
        out.append(f"| {what} | {seconds:.3g} | {words} | {reached(seconds, aims)} |")
    return out


def time_errors(program: Path, runs: int, most_rows: int) -> list[dict]:
    """What errors of effects cost, step by step."""
    out = []
    for design, n, how, threads, *_ in ERRORS:
        if n > most_rows:
            continue
        command = [program, design, str(n), how, str(1 if n > 10**7 else max(3, runs)), str(threads)]
        made = subprocess.run(command, capture_output=True, text=True, check=True)
        out.append({"design": design, "nominal": n, "tool": f"errors {how}", **json.loads(made.stdout)})
        print(out[-1], flush=True)
    return out


def table(rows: list[dict]) -> str:
    every = rows
    rows = [row for row in rows if not row["tool"].startswith("errors ")]
    rows = sorted(rows, key=lambda row: (nominal(row["rows"]), ORDER.index(row["design"])))
    lines = [
        "| design | rows | tool | CPU s | largest error of an effect | MB beyond input |",
        "|---|---:|---|---:|---:|---:|",
    ]
    for row in rows:
        if "cpu" not in row:
            lines.append(f"| {row['design']} | {row['rows']:,} | {row['tool']} | {row['why']} | | |")
            continue
        error = (
            "gives none"
            if "error" not in row
            else f"{row['error']:.1e}"
            if row["error"] >= 0
            else "no reference"
            if row["error"] < 0
            else "not finite"
        )
        lines.append(
            f"| {row['design']} | {row['rows']:,} | {row['tool']} | {row['cpu']:.3f} | {error} | {row['mb']:,.0f} |"
        )
    names = []
    for package in ("pyfixest", "fereg", "pytwoway", "linearmodels", "numba", "jax", "torch", "numpy", "scipy"):
        try:
            names.append(f"{package} {version(package)}")
        except Exception:  # noqa: BLE001
            names.append(f"{package} not installed")
    head = """## Manager effects beside other tools

Written by `bench/peers/value_added.py --write`. Seller, manager and period effects of the published designs (easy: well
connected; geo: territories; hard: a weak chain; akm: a short panel with many managers), the same integer codes in
memory, one thread, CPU seconds, because the machine did other work at the same time (which slows memory, and so
everybody). The clock runs from columns to the effect of every manager: residuals alone are not what is asked for. The
error is the largest difference to a direct factorisation, within each component (*no reference*: it is too dear there;
*not compared*: the run was not kept). *effects* is what the peers compute;
*whole analysis* is `value_added` from Arrow to its tables, with standard errors, leave-out variances and shrunken
effects. pyfixest and fereg: `feols("y ~ 1 | i + j + t")`, then `fixef()`, whose own tolerance limits pyfixest's errors,
not the demeaning. PyTwoWay's estimator has no periods: it is given y without them, and its names of numpy and scipy
functions are mended. linearmodels absorbs effects and gives none back. *Two threads* and *rows in any order* give the
same bytes as one thread and rows by seller and period; with two threads the seconds that passed are given. What has no
line was not run: pyfixest's cupy and torch backends need packages of several gigabytes or a GPU."""
    return "\n".join([head, "", *lines, "", ", ".join(names) + ".", "", *targets(every)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--panel", type=Path, help="value_added_panel.cpp, compiled")
    parser.add_argument("--errors", type=Path, help="value_added_errors.cpp, compiled")
    parser.add_argument("--most-rows", type=int, default=10**8, help="of the panels whose errors are timed")
    parser.add_argument("--rows", type=int, nargs="+", default=[10**6])
    parser.add_argument("--designs", nargs="+", default=["easy", "geo", "hard", "akm"])
    parser.add_argument("--tools", nargs="+", default=None, help="parts of names")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--limit", type=int, default=120, help="CPU seconds a run may take")
    parser.add_argument("--json", type=Path, help="results are added here, and read from here by --write")
    parser.add_argument("--write", action="store_true", help="renew the table in bench/README.md")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one[0], Path(given.one[1]), given.limit)
        return
    rows = json.loads(given.json.read_text()) if given.json and given.json.exists() else []
    for n in given.rows if given.panel else []:
        for design in given.designs:
            with tempfile.TemporaryDirectory() as folder:
                made = subprocess.run(
                    [given.panel, design, str(n), folder, str(max(3, given.runs))], capture_output=True, text=True
                )
                ours = json.loads(made.stdout)
                row = {"design": design, "rows": ours["rows"], "error": ours["error"], "mb": ours["mb_beyond_input"]}
                own = {"tool": OURS, "cpu": ours["cpu"], "read": ours["read_cpu"], "collapse": ours["collapse_cpu"]}
                rows.append({**row, **own})
                rows.append({**row, "tool": ON_TWO, "cpu": ours["two_threads_wall"]})
                rows.append({**row, "tool": UNSORTED, "cpu": ours["shuffled_cpu"], "mb": ours["shuffled_mb"]})
                if given.json:
                    given.json.write_text(json.dumps(rows))
                for tool in TOOLS:
                    if given.tools and not any(part in tool for part in given.tools):
                        continue
                    found = []
                    for _ in range(given.runs):
                        command = [sys.executable, __file__, "--one", tool, folder, "--limit", str(given.limit)]
                        run = subprocess.run(command, capture_output=True, text=True)
                        if run.returncode != 0:
                            break
                        found.append(json.loads(run.stdout.strip().splitlines()[-1]))
                    row = {"design": design, "rows": ours["rows"], "tool": tool}
                    if len(found) == given.runs:
                        found.sort(key=lambda one: one["cpu"])
                        rows.append({**row, **found[len(found) // 2]})
                        if ours["error"] < 0 and "error" in rows[-1]:
                            rows[-1]["error"] = -1.0  # no direct factorisation to be compared with
                    elif run.returncode < 0:
                        rows.append({**row, "why": f"not within {given.limit} s"})
                    else:
                        last = run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "no reason given"
                        rows.append({**row, "why": "left out: " + last[:90].replace("|", "/")})
                    print(rows[-1], flush=True)
                    if given.json:
                        given.json.write_text(json.dumps(rows))
    if given.errors:
        rows += time_errors(given.errors, given.runs, given.most_rows)
        if given.json:
            given.json.write_text(json.dumps(rows))
    text = table(rows)
    print(text)
    if given.write:
        page = HERE.parent / "README.md"
        old = page.read_text()
        if MARKS[0] not in old:
            old = old.replace("## Running them", f"{MARKS[0]}{MARKS[1]}\n\n## Running them", 1)
        head, rest = old.split(MARKS[0])
        page.write_text(head + MARKS[0] + "\n\n" + text + "\n\n" + MARKS[1] + rest.split(MARKS[1])[1])


if __name__ == "__main__":
    main()
