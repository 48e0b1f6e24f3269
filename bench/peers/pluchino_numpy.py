"""The pyramid of 2010 as run, under the Peter hypothesis, batched in NumPy: many organisations a call, no loop over people.

    python bench/peers/pluchino_numpy.py [ORGANISATIONS] [YEARS]

Prints person-years a CPU second of one thread and the mean efficiency of the last two fifths (best: 59.44 +- .1).
"""

from __future__ import annotations

import sys
import time

import numpy as np

SIZES = np.array([1, 5, 11, 21, 41, 81])
FIRST = np.concatenate([[0], np.cumsum(SIZES)])
WEIGHT = np.repeat([1.0, 0.9, 0.8, 0.6, 0.4, 0.2], SIZES).astype(np.float32)


def ages(rng: np.random.Generator, n: int) -> np.ndarray:
    """Rounded normals, redrawn until 18..60."""
    out = np.rint(rng.standard_normal(n) * 5 + 25)
    while (bad := (out < 18) | (out > 60)).any():
        out[bad] = np.rint(rng.standard_normal(int(bad.sum())) * 5 + 25)
    return out.astype(np.int16)


def fresh(rng: np.random.Generator, n: int, low: float) -> np.ndarray:
    return np.clip(rng.standard_normal(n, dtype=np.float32) * 2 + 7, low, 10)


def simulate(n: int, years: int, rule: str, seed: int) -> float:
    rng = np.random.default_rng(seed)
    seats = int(FIRST[-1])
    c = fresh(rng, n * seats, 1).reshape(n, seats)
    age = ages(rng, n * seats).reshape(n, seats)
    total, counted = 0.0, 0
    for year in range(1, years + 1):
        age += 1
        gone = (c < 4) | (age > 60)
        c[gone] = 0
        for level in range(5):
            here = slice(FIRST[level], FIRST[level + 1])
            below = slice(FIRST[level + 1], FIRST[level + 2])
            while True:
                open_seats = c[:, here] == 0
                rows = np.flatnonzero(open_seats.any(axis=1) & (c[:, below] > 0).any(axis=1))
                if rows.size == 0:
                    break
                seat = FIRST[level] + open_seats[rows].argmax(axis=1)
                candidates = c[rows, below]
                if rule == "random":
                    score = np.where(candidates > 0, rng.random(candidates.shape, dtype=np.float32), -1)
                else:
                    score = candidates
                chosen = FIRST[level + 1] + score.argmax(axis=1)
                age[rows, seat] = age[rows, chosen]
                c[rows, seat] = fresh(rng, rows.size, 4)
                c[rows, chosen] = 0
        hired = c[:, FIRST[5] :] == 0
        count = int(hired.sum())
        c[:, FIRST[5] :][hired] = fresh(rng, count, 1)
        age[:, FIRST[5] :][hired] = ages(rng, count)
        if year > years * 3 // 5:
            total += float((c @ WEIGHT).mean()) * 10 / 59.5
            counted += 1
    return total / counted


if __name__ == "__main__":
    organisations = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    years = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    for rule in ("best", "random"):
        best = 1e9
        for seed in range(3):
            start = time.process_time()
            mean = simulate(organisations, years, rule, seed)
            best = min(best, time.process_time() - start)
        speed = organisations * years * 160 / best / 1e6
        print(f"PH {rule:6}  {speed:7.1f} M person-years a CPU second   mean efficiency {mean:.2f}")
