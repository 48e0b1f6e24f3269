"""Manager effects in other tools, side by side: same columns in memory, same machine, error beside every time.

    python bench/peers/value_added.py --rows 1000000 --designs easy geo hard [--library build/libdualtrack.so]

The panels are the published designs, drawn here by a second program; their sums are checked. Errors are the largest
difference to the effects dualtrack gives from a direct factor, after centring both on the row-weighted mean. A tool that
is not installed is left out. One thread each (OMP_NUM_THREADS=1, NUMBA_NUM_THREADS=1 are set before anything loads).
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np

MASK = (1 << 64) - 1
SUMS = {("easy", 10**6): 124474.407258, ("geo", 10**6): 131798.476949, ("hard", 10**6): 127070.734240}


class Source:
    """xoshiro256** seeded by splitmix64; polar normal numbers, the second kept."""

    def __init__(self, seed: int) -> None:
        self.s = []
        for _ in range(4):
            seed = (seed + 0x9E3779B97F4A7C15) & MASK
            z = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            self.s.append(z ^ (z >> 31))
        self.kept: float | None = None

    def next(self) -> int:
        a, b, c, d = self.s
        x = (b * 5) & MASK
        out = ((((x << 7) | (x >> 57)) & MASK) * 9) & MASK
        t = (b << 17) & MASK
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = ((d << 45) | (d >> 19)) & MASK
        self.s = [a, b, c, d]
        return out

    def u(self) -> float:
        return (self.next() >> 11) * 2.0**-53

    def below(self, n: int) -> int:
        return ((self.next() >> 32) * n) >> 32

    def normal(self) -> float:
        if self.kept is not None:
            out, self.kept = self.kept, None
            return out
        while True:
            a, b = 2.0 * self.u() - 1.0, 2.0 * self.u() - 1.0
            q = a * a + b * b
            if 0.0 < q < 1.0:
                k = math.sqrt(-2.0 * math.log(q) / q)
                self.kept = k * b
                return k * a


def panel(design: str, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Seller, manager, period, value of a published design (easy, geo or hard)."""
    draw = Source(12345 + rows)
    periods, sellers, managers = 120, rows // 100, 20 * (max(40, rows // 1000) // 20)
    districts = managers // 20
    side = math.isqrt(districts)
    psi = [0.2 * draw.normal() for _ in range(managers)]
    phi = [0.1 * math.sin(2 * math.pi * t / 12) + 0.002 * t + 0.03 * draw.normal() for t in range(periods)]
    alpha = [0.5 * draw.normal() for _ in range(sellers)]
    moves = {"easy": 0.04, "geo": 0.03, "hard": 0.01}[design]
    out: tuple[list, list, list, list] = ([], [], [], [])
    for i in range(sellers):
        a, b = 0, periods
        if draw.u() < 0.2:
            a = draw.below(60)
        if draw.u() < 0.25:
            b = min(periods, a + 24 + draw.below(periods - a))
        j = draw.below(managers)
        for t in range(a, b):
            if t > a and draw.u() < moves:
                d = j // 20
                if design == "easy":
                    j = draw.below(managers)
                elif design == "geo":
                    x = draw.u()
                    if x > 0.995:
                        d = draw.below(districts)
                    elif x > 0.9:
                        column, row, k = d % side, d // side, draw.below(4)
                        column, row = [(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)][k]
                        moved = (row % math.ceil(districts / side)) * side + column % side
                        d = moved if moved < districts else d
                    j = 20 * d + draw.below(20)
                else:
                    if draw.u() > 0.97:
                        moved = d - 1 if draw.u() < 0.5 else d + 1
                        d = moved if 0 <= moved < districts else d
                    j = 20 * d + draw.below(20)
            if draw.u() < 0.02:
                continue
            for column, value in zip(out, (i, j, t, alpha[i] + psi[j] + phi[t] + 0.6 * draw.normal()), strict=True):
                column.append(value)
    i, j, t, y = (np.array(column) for column in out)
    if (design, rows) in SUMS:
        assert abs(y.sum() - SUMS[design, rows]) < 1e-5, "not the published panel"
    return i, j, t, y


def dualtrack(i: np.ndarray, j: np.ndarray, t: np.ndarray, y: np.ndarray) -> Callable[[], dict[int, float]]:
    import pyarrow as pa

    import dualtrack as dt

    other = 10**9  # no seller has the number of a manager
    table = pa.table({"unit_id": i, "group_id": j + other, "period": t, "value": y})
    data = dt.Data({"panel": table})
    policy = {"version": 1, "value_added": {"prior": "independent"}}

    def run() -> dict[int, float]:
        result = dt.run(data, "value_added", policy=policy)["value_added"].to_arrow()
        return {
            int(k) - other: v
            for k, v in zip(result["manager_id"].to_pylist(), result["effect"].to_pylist(), strict=True)
        }

    return run


def pyfixest(backend: str, tolerance: float | None) -> Callable[..., Callable[[], dict[int, float]]]:
    def prepare(i: np.ndarray, j: np.ndarray, t: np.ndarray, y: np.ndarray) -> Callable[[], dict[int, float]]:
        import pandas as pd
        import pyfixest as pf

        frame = pd.DataFrame({"i": i, "j": j, "t": t, "y": y, "x": np.sin(np.arange(len(y)))})
        more = {} if tolerance is None else {"fixef_tol": tolerance}

        def run() -> dict[int, float]:
            fit = pf.feols("y ~ x | i + j + t", frame, vcov="iid", fixef_rm="none", demeaner_backend=backend, **more)
            effects = fit.fixef()
            found = next(value for key, value in effects.items() if "j" in key)
            return {int(float(k)): float(v) for k, v in found.items()}

        return run

    return prepare


TOOLS: dict[str, Callable[..., Callable[[], dict[int, float]]]] = {
    "dualtrack, effects, errors, leave-out variances": dualtrack,
    "pyfixest numba, default": pyfixest("numba", None),
    "pyfixest numba, 1e-10": pyfixest("numba", 1e-10),
    "pyfixest rust, default": pyfixest("rust", None),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10**6)
    parser.add_argument("--designs", nargs="+", default=["easy", "geo", "hard"])
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for design in given.designs:
        i, j, t, y = panel(design, given.rows)
        weight = np.bincount(j)
        reference: dict[int, float] = {}
        for name, tool in TOOLS.items():
            try:
                run = tool(i, j, t, y)
                run() if "numba" in name else None  # compiled before it is timed
                seconds = []
                for _ in range(given.runs):
                    begin = time.perf_counter()
                    effects = run()
                    seconds.append(time.perf_counter() - begin)
            except Exception as error:  # noqa: BLE001: a peer that is missing or fails is reported, not fatal
                print(f"{design:5} {given.rows:>9,} {name:50} left out: {type(error).__name__}: {str(error)[:80]}")
                continue
            reference = reference or effects
            ids = sorted(set(reference) & set(effects) | set())
            ids = [k for k in ids if reference[k] is not None]
            w = np.array([weight[k] for k in ids], dtype=float)
            ours = np.array([reference[k] for k in ids])
            theirs = np.array([effects[k] for k in ids])
            error_of = np.abs((theirs - np.average(theirs, weights=w)) - (ours - np.average(ours, weights=w))).max()
            print(
                f"{design:5} {len(y):>9,} {name:50} {sorted(seconds)[len(seconds) // 2]:8.3f} s  error {error_of:.1e}"
            )
            sys.stdout.flush()
    for package in ("pyfixest", "numba", "numpy"):
        try:
            print(package, version(package))
        except Exception:  # noqa: BLE001
            print(package, "not installed")


if __name__ == "__main__":
    main()
