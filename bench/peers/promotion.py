"""100,000 candidates for 10,000 vacancies end to end, beside the same business cases drawn 4,096 times each in NumPy.

    python bench/peers/promotion.py --library build/.../libdualtrack.so [--vacancies 10000] [--sample 500] [--write]

dualtrack starts from Arrow tables in memory (deals, participants, ratings, pay, quotas, vacancies, candidates), checks
and measures them, judges readiness, and gives the tables `promotion` and `business_case` as Arrow. It needs no draws: the
law of what is lost is worked out on a grid, the rest in closed form. NumPy is given what dualtrack found out about every
candidate and seat (predicted effect, sales to expect, who outsold whom, pay) and draws the net value 4,096 times a
candidate for mean, interval and probability of a loss: effect, own sales, and who of the nine others leaves. It is
timed on some of the seats and scaled up. Both are compared before any time is taken. `--write` renews the section in
bench/README.md; `run.py --write` prints it too.
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
import pyarrow.compute

import readiness

HERE = Path(__file__).resolve().parent
AS_OF = "2025-12-31"
PER_SEAT = 10
DRAWS = 4096
MARGIN, HORIZON, MANAGER_RAMP, BACKFILL_RAMP = 0.10, 24.0, 6.0, 5.0
RESIDUAL = 0.20
TITLE = "## Promotion beside the same business cases drawn in NumPy"
HEADER = [
    "candidates", "vacancies", "threads", "input MB", "dualtrack s, all of it", "CPU s, all of it", "CPU s, the cases",
    "NumPy CPU s, the cases", "**times faster, the cases**", "times faster, all of it", "us a candidate", "peak / input",
]


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(days.astype("datetime64[D]").astype(np.int32)).cast(pa.date32())


def make(vacancies: int, seed: int = 1) -> dict[str, pa.Table]:
    """Teams of ten sellers with a manager and an open seat each; everybody of a team is a candidate for its seat."""
    random = np.random.default_rng(seed)
    sellers = PER_SEAT * vacancies
    people = sellers + vacancies
    ids = pa.array([f"p{i:07}" for i in range(people)])
    of = lambda who: ids.take(pa.array(np.asarray(who).astype(np.int32)))  # noqa: E731
    team = np.arange(sellers) // PER_SEAT
    hired = np.datetime64("2018-01-01") + random.integers(0, 2000, people)
    out = {
        "people": pa.table({
            "person_id": ids, "hired": _dates(hired),
            "role": pa.array(["Account Executive"] * sellers + ["Sales Manager"] * vacancies),
            "market": pa.array([f"market {i % 8}" for i in np.append(team, np.arange(vacancies))]),
        }),
        "assignments": pa.table({
            "person_id": of(np.arange(sellers)), "manager_id": of(sellers + team), "start": _dates(hired[:sellers]),
            "team": pa.array([f"team {i:06}" for i in team]), "role": pa.array(["Account Executive"] * sellers),
        }),
    }
    wins = random.poisson(6 * np.exp(0.35 * random.standard_normal(sellers)))
    owner = np.repeat(np.arange(sellers), wins)
    deals = len(owner)
    names = pa.array([f"d{i:08}" for i in range(deals)])
    out["deals"] = pa.table({
        "deal_id": names, "owner_id": of(owner),
        "amount": np.round(np.exp(9.8 + 0.35 * random.standard_normal(sellers)[owner] + 0.8 * random.standard_normal(deals))),
        "closed": _dates(np.datetime64("2025-01-01") + random.integers(0, 365, deals)),
        "outcome": pa.array(["won"]).take(pa.array(np.zeros(deals, np.int8))),
    })
    others = random.poisson(1.0, deals)
    deal = np.repeat(np.arange(deals, dtype=np.int32), 1 + others)
    first = np.repeat(np.cumsum(1 + others) - 1 - others, 1 + others)
    place = np.arange(len(deal)) - first
    who = np.where(place == 0, owner[deal], (owner[deal] + 37 * place) % sellers)
    out["participants"] = pa.table({
        "deal_id": names.take(pa.array(deal)), "person_id": of(who),
        "part": pa.array(["seller", "specialist"]).take(pa.array((place > 0).astype(np.int8))),
    })
    rated = readiness.make(sellers, seed)["ratings"]
    out["ratings"] = rated
    everybody = np.arange(people)
    leads = everybody >= sellers
    out["pay"] = pa.table({
        "person_id": ids, "start": _dates(np.full(people, np.datetime64("2024-01-01"))),
        "base": np.where(leads, 100_000.0, 60_000.0), "target_variable": np.where(leads, 35_000.0, 50_000.0),
    })
    out["quotas"] = pa.table({
        "person_id": of(np.arange(sellers)), "start": _dates(np.full(sellers, np.datetime64("2025-01-01"))),
        "end": _dates(np.full(sellers, np.datetime64("2026-01-01"))), "amount": np.full(sellers, 150_000.0),
    })
    seat = pa.array([f"v{i:06}" for i in range(vacancies)])
    out["vacancies"] = pa.table({
        "vacancy_id": seat, "role": pa.array(["Sales Manager"] * vacancies),
        "team": pa.array([f"team {i:06}" for i in range(vacancies)]),
        "opens": _dates(np.full(vacancies, np.datetime64("2025-12-15"))),
    })
    out["candidates"] = pa.table({
        "vacancy_id": seat.take(pa.array(team.astype(np.int32))), "person_id": of(np.arange(sellers)),
        "interviewed": random.random(sellers) < 0.5, "consents": random.random(sellers) < 0.6,
    })
    return out


POLICY = {"version": 1, "as_of": AS_OF, "promotion": {"passed_over": {"charged": "all"}}}


def by_dualtrack(tables: dict[str, pa.Table], threads: int) -> tuple[pa.Table, pa.Table]:
    import dualtrack as dt

    data = dt.Data(tables, threads=threads)
    result = dt.run(data, "promotion", policy=POLICY, threads=threads)
    return pa.table(result["promotion"]), pa.table(result["business_case"])


def without_cases(tables: dict[str, pa.Table], threads: int) -> None:
    """What a run does before any business case: reading and checking the input, measuring, judging readiness."""
    import dualtrack as dt

    data = dt.Data(tables, threads=threads)
    dt.run(data, "measures", policy=POLICY, threads=threads)
    dt.run(data, "readiness", policy=POLICY | {"grid": {"compare_months": 0}}, threads=threads)


def facts(tables: dict[str, pa.Table], promotion: pa.Table, lines: pa.Table, vacancies: int) -> dict[str, np.ndarray]:
    """What NumPy is given, as [seat, candidate]: what dualtrack says of each in its tables, and what was sold."""
    shape = (vacancies, PER_SEAT)
    take = lambda table, name: table[name].to_numpy()[: vacancies * PER_SEAT].reshape(shape)  # noqa: E731
    line = {name: lines.filter(pa.compute.equal(lines["line"].cast(pa.utf8()), name)) for name in (
        "own_sales_lost", "accounts_reassigned", "pay_change", "development_cost")}
    sales = np.zeros(len(tables["people"]))
    owner = np.array([int(x[1:]) for x in tables["deals"]["owner_id"].to_pylist()])
    np.add.at(sales, owner, tables["deals"]["amount"].to_numpy())
    own = -take(line["own_sales_lost"], "amount") / (MARGIN * BACKFILL_RAMP / 2)
    low = take(line["own_sales_lost"], "high") / take(line["own_sales_lost"], "amount")
    high = take(line["own_sales_lost"], "low") / take(line["own_sales_lost"], "amount")
    return {
        "effect": take(promotion, "predicted_effect"), "sd": take(promotion, "predicted_sd"), "own": own,
        "own_sd": np.log(high / low) / (2 * 1.959963984540054),  # a lognormal with the same interval
        "sold": sales[: vacancies * PER_SEAT].reshape(shape),
        "interviewed": tables["candidates"]["interviewed"].to_numpy(zero_copy_only=False)[: vacancies * PER_SEAT].reshape(shape),
        "fixed": -take(line["pay_change"], "amount") - take(line["development_cost"], "amount"),
    }


def by_numpy(f: dict[str, np.ndarray], seed: int = 1) -> dict[str, np.ndarray]:
    """Mean, 95 % interval and probability of a loss of every net value, 4,096 draws each, a block of seats at a time."""
    random = np.random.default_rng(seed)
    seats = len(f["own"])
    full = HORIZON - MANAGER_RAMP / 2
    lost, served = BACKFILL_RAMP / 2, 12 - BACKFILL_RAMP / 2
    order = np.argsort(np.argsort(f["sold"], axis=1), axis=1)
    rank = (order + 0.5) / PER_SEAT
    yearly = -np.log(0.73) * np.exp(-1.5 * (rank - 0.5)) / ((np.exp(0.75) - np.exp(-0.75)) / 1.5)
    halves = np.where(f["interviewed"], 0.5, 1.0)[:, None, :]
    outsold = f["sold"][:, None, :] > f["sold"][:, :, None]  # [seat, winner, other]
    ratio = 1 + np.where(outsold, 1.2, 0.35) * halves
    leaves = -np.expm1(-yearly[:, None, :] * ratio)
    more = leaves - -np.expm1(-yearly)[:, None, :]
    more[:, np.arange(PER_SEAT), np.arange(PER_SEAT)] = 0.0
    cost = MARGIN * f["own"] * 0.15 * served + np.maximum(MARGIN * f["own"] * lost, 0.8 * 110_000.0)
    dip = np.where(outsold, MARGIN * f["own"][:, None, :] * 3 * -np.expm1(-0.33) * (1 - leaves) ** 0.25, 0.0).sum(axis=2)
    scale = MARGIN * (f["own"].sum(axis=1, keepdims=True) - f["own"]) * full
    own = MARGIN * f["own"] * (lost + 0.15 * served)
    out = {name: np.empty((seats, PER_SEAT)) for name in ("mean", "low", "high", "loss", "se")}
    block = 8
    for begin in range(0, seats, block):
        at = slice(begin, min(seats, begin + block))
        n = at.stop - begin
        effect = random.standard_normal((n, PER_SEAT, DRAWS))
        effect *= f["sd"][at, :, None]
        effect += f["effect"][at, :, None] - RESIDUAL**2 / 2
        net = np.expm1(effect, out=effect)
        net *= scale[at, :, None]
        sales = random.standard_normal((n, PER_SEAT, DRAWS))
        sales *= f["own_sd"][at, :, None]
        sales -= f["own_sd"][at, :, None] ** 2 / 2
        net -= np.exp(sales, out=sales) * own[at, :, None]
        for other in range(PER_SEAT):
            gone = random.random((n, PER_SEAT, DRAWS), dtype=np.float32) < more[at, :, other, None]
            net -= gone * cost[at, other][:, None, None]
        net -= (dip[at] + f["fixed"][at])[:, :, None]
        out["mean"][at] = net.mean(axis=2)
        out["se"][at] = net.std(axis=2) / np.sqrt(DRAWS)
        out["loss"][at] = (net < 0).mean(axis=2)
        net.partition((round(0.025 * DRAWS), round(0.975 * DRAWS)), axis=2)
        out["low"][at] = net[:, :, round(0.025 * DRAWS)]
        out["high"][at] = net[:, :, round(0.975 * DRAWS)]
    return out


def compare(promotion: pa.Table, drawn: dict[str, np.ndarray]) -> None:
    """Stops the comparison where the draws and the grid speak of different cases."""
    n = drawn["mean"].size
    net = promotion["net_value"].to_numpy()[:n]
    off = np.abs(net - drawn["mean"].reshape(-1)) / drawn["se"].reshape(-1)
    loss = np.abs(promotion["probability_net_loss"].to_numpy()[:n] - drawn["loss"].reshape(-1))
    width = (promotion["net_high"].to_numpy() - promotion["net_low"].to_numpy())[:n]
    ends = [np.abs(promotion[f"net_{end}"].to_numpy()[:n] - drawn[end].reshape(-1)) / width for end in ("low", "high")]
    print(f"means differ by {np.median(off):.2f} standard errors in the middle, probabilities of a loss by "
          f"{np.median(loss):.4f}, ends of intervals by {np.median(ends):.4f} of the interval", file=sys.stderr)
    if np.median(off) > 1.5 or np.median(loss) > 0.02 or np.median(ends) > 0.03:
        raise SystemExit("the cases drawn in NumPy are not those of dualtrack")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def one(folder: Path, threads: int, vacancies: int, sample: int, draw: bool) -> None:
    pa.set_cpu_count(threads)
    by_dualtrack(make(20), threads)  # loads what is loaded on first use
    before = readiness.status("VmRSS")
    tables = {}
    for path in sorted(folder.glob("*.arrow")):
        with pa.OSFile(str(path)) as file:
            tables[path.stem] = pa.ipc.open_file(file).read_all()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    cpu, start = _cpu(), time.perf_counter()
    promotion, lines = by_dualtrack(tables, threads)
    found = {"seconds": time.perf_counter() - start, "cpu": _cpu() - cpu, "rows": promotion.num_rows,
             "peak": readiness.status("VmHWM") - before, "input": sum(table.nbytes for table in tables.values())}
    cpu = _cpu()
    without_cases(tables, threads)
    found["cases"] = found["cpu"] - (_cpu() - cpu)
    if draw:
        given = facts(tables, promotion, lines, sample)
        cpu = _cpu()
        drawn = by_numpy(given)
        found["numpy_cpu"] = (_cpu() - cpu) * vacancies / sample
        compare(promotion, drawn)
    print(json.dumps(found))


def measure_all(vacancies: int, sample: int, threads: list[int], child, rounds: int) -> list[dict]:
    """`child(arguments, threads)` runs Python with the package at hand and gives the JSON it prints last."""
    rows = []
    print(" | ".join(HEADER))
    with tempfile.TemporaryDirectory(prefix="dualtrack-bench-") as scratch:
        for name, table in make(vacancies).items():
            with pa.OSFile(f"{scratch}/{name}.arrow", "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
        script = str(HERE / "promotion.py")
        numpy_cpu = None
        for n in threads:
            runs = []
            for turn in range(rounds):
                draw = n == threads[0] and turn == 0
                runs.append(child([script, "--one", scratch, str(n), str(vacancies), str(sample), str(int(draw))], n))
                numpy_cpu = runs[-1].get("numpy_cpu", numpy_cpu)
            middle = {what: statistics.median(run[what] for run in runs) for what in ("seconds", "cpu", "cases", "peak", "input", "rows")}
            rows.append({"vacancies": vacancies, "threads": n, "sample": sample, "numpy_cpu": numpy_cpu, **middle})
            print(" | ".join(cells(rows[-1])), flush=True)
    return rows


def cells(row: dict) -> list[str]:
    return [
        f"{row['rows']:,.0f}", f"{row['vacancies']:,}", str(row["threads"]), f"{row['input'] / 1e6:,.0f}",
        f"{row['seconds']:.2f}", f"{row['cpu']:.2f}", f"{row['cases']:.2f}", f"{row['numpy_cpu']:.1f}",
        f"**{row['numpy_cpu'] / row['cases']:.1f}**", f"{row['numpy_cpu'] / row['cpu']:.1f}",
        f"{row['cpu'] / row['rows'] * 1e6:.0f}", f"{row['peak'] / row['input']:.2f}",
    ]


def section(rows: list[dict]) -> str:
    table = ["| " + " | ".join(HEADER) + " |", "|" + "---:|" * len(HEADER)]
    table += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return f"""{TITLE}

One run of `promotion` end to end: Arrow tables in memory (teams of ten with deals, participants, twenty ratings a person, pay,
quotas; everybody of a team is a candidate for its seat) to the tables `promotion` and `business_case` as Arrow, every check and
measure in between. The library draws no random numbers: the law of what may be lost is worked out on a grid, the gain in
closed form. NumPy gets what was found out about every candidate and only draws the business cases, 4,096 times each
(effect, own sales, nine others who may leave), vectorised; timed on {rows[0]["sample"]:,} seats and scaled up. Means, intervals and
probabilities of a loss of the two are compared first. *The cases*: all of it less the CPU time of reading, measuring and judging
readiness alone; NumPy's is for the cases in both ratios. Wall time depends on what else the machine does.

{chr(10).join(table)}

`python bench/peers/promotion.py --library build/release/libdualtrack.so --write` renews this section.
"""


def write(text: str) -> None:
    """Puts the section into bench/README.md, in place of the one that is there."""
    page = HERE.parent / "README.md"
    old = page.read_text()
    begin = old.find(TITLE)
    begin = old.index("## Running them") if begin < 0 else begin
    end = begin if not old.startswith(TITLE, begin) else old.index("\n## ", begin) + 1
    page.write_text(old[:begin] + text + "\n" + old[end:])


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]), *(int(x) for x in sys.argv[3:6]), draw=sys.argv[6] == "1")
        return
    import run

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="the shared library to measure")
    parser.add_argument("--vacancies", type=int, default=10_000, help="ten candidates each")
    parser.add_argument("--sample", type=int, default=500, help="seats drawn in NumPy")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="renew the section in bench/README.md")
    chosen = parser.parse_args()
    with run.staged(chosen.library) as child:
        rows = measure_all(
            chosen.vacancies, min(chosen.sample, chosen.vacancies), [int(n) for n in chosen.threads.split(",")],
            child, chosen.rounds,
        )
    if chosen.write:
        write(section(rows))


if __name__ == "__main__":
    main()
