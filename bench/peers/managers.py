"""The analysis `managers` beside `measures` on the same tables, and beside what Polars needs for four of its columns.

    python bench/peers/managers.py --library build/.../libdualtrack.so [--deals 100000,1000000] [--write]

From Arrow tables to the table `managers` (or `sellers`) as Arrow, each run a process of its own, in turn; medians.
Three participants a deal: the owner, one more person, and in one deal of three the owner's manager with the day of
joining; three credits a deal; one coaching session a seller and month; twenty-five deals a seller and four sellers a
manager; a twentieth of those who change their manager go to somebody who never led before. Polars counts, from its own
frames, the deals, those with the manager and the win rates with and without, which are compared before time is taken;
dualtrack checks the input and does the rest of the diagnosis as well. `--write` renews the section of bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
import organisation
import pyarrow as pa
import pyarrow.compute as pc
from one import load, save, status

PARTS = ["seller", "manager", "mentor", "specialist", "executive"]
COUNTED = ["n_deals", "n_joined"]
RATES = ["independent_win_rate", "joint_effect_naive"]
TITLE = "## Managers beside measures"


def _numbers(ids: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """People by number: `p0000012` is 12, nobody -1."""
    digits = pc.cast(pc.utf8_slice_codeunits(ids, 1), pa.int32())
    return pc.fill_null(digits, -1).to_numpy(zero_copy_only=False)


def make(n_deals: int) -> dict[str, pa.Table]:
    """The organisation of the comparison with the peers, with managers on deals and coaching."""
    ids = organisation.Ids(opaque=False)
    tables = organisation.make(n_deals, sellers_at_most=400_000, deals_a_seller=25, span=4)
    random = np.random.default_rng(2)
    manager = _numbers(tables["people"]["manager_id"])
    owner = _numbers(tables["deals"]["owner_id"])
    n_people = len(manager)

    lines = tables["assignments"]
    start = lines["start"].to_numpy()
    boss = _numbers(lines["manager_id"]).copy()
    moves = np.flatnonzero(start >= organisation.WINDOW[0])
    chosen = moves[random.random(len(moves)) < 1 / 20]
    fresh = np.setdiff1d(random.permutation(n_people), manager)[: max(1, n_people // 250)]
    to = random.choice(fresh, len(chosen))
    off = to != _numbers(lines["person_id"])[chosen]
    boss[chosen[off]] = to[off]
    tables["assignments"] = lines.set_column(
        lines.column_names.index("manager_id"),
        "manager_id",
        organisation._where(boss >= 0, ids.person(np.maximum(boss, 0))),
    )

    third = random.integers(0, n_people, n_deals)
    joins = (random.random(n_deals) < 1 / 3) & (manager[owner] >= 0)
    third[joins] = manager[owner[joins]]
    person = np.stack([owner, random.integers(0, n_people, n_deals), third], axis=1).reshape(-1)
    part = np.empty((n_deals, 3), np.int8)
    part[:, 0], part[:, 1], part[:, 2] = 0, random.integers(0, 5, n_deals), np.where(joins, 1, 3)
    joined = np.zeros((n_deals, 3), np.int32)
    joined[:, 2] = tables["deals"]["opened"].combine_chunks().cast(pa.int32()).to_numpy()
    dated = np.zeros((n_deals, 3), bool)
    dated[:, 2] = joins
    tables["participants"] = pa.table(
        {
            "deal_id": ids.deal(np.repeat(np.arange(n_deals, dtype=np.int32), 3)),
            "person_id": ids.person(person),
            "part": organisation._words(PARTS, part.reshape(-1)),
            "joined": pa.array(joined.reshape(-1), mask=~dated.reshape(-1)).cast(pa.date32()),
        }
    )
    led = np.flatnonzero(manager >= 0)
    months = np.arange("2025-01", "2026-01", dtype="datetime64[M]").astype("datetime64[D]") + 9
    n = len(led) * len(months)
    tables["activities"] = pa.table(
        {
            "actor_id": ids.person(np.repeat(manager[led], len(months))),
            "subject_id": ids.person(np.repeat(led, len(months))),
            "kind": organisation._words(["one_to_one"], np.zeros(n, np.int8)),
            "start": pa.array(np.tile(months.astype(np.int32), len(led))).cast(pa.date32()),
            "minutes": pa.array(np.full(n, 45.0)),
        }
    )
    return tables


def by_dualtrack(tables: dict[str, pa.Table], analysis: str, threads: int) -> pa.Table:
    import dualtrack as dt

    data = dt.Data(tables, threads=threads)
    result = dt.run(data, analysis, {"version": 1, "as_of": organisation.AS_OF}, threads=threads)
    return result["sellers" if analysis == "measures" else "managers"].to_arrow()


def by_polars(frames: dict) -> pa.Table:
    """Deals, deals joined and win rates of every manager; a deal is its owner's or, where the owner manages somebody
    credited on it, that report's; joining is a part as manager or seller, or credit. Deals closed after their owner left
    are counted too; dualtrack lists nobody whose reports were all gone by then."""
    import polars as pl
    from polars import col

    frames = {name: frame.lazy() for name, frame in frames.items()}
    first, end = (pl.lit(day.astype("datetime64[D]").item()) for day in organisation.WINDOW)
    decided = (
        frames["deals"]
        .filter((col("outcome") != "open") & (col("closed") >= first) & (col("closed") < end))
        .select("deal_id", "owner_id", "closed", won=col("outcome") == "won")
    )
    lines = frames["assignments"].select("person_id", "manager_id", "start").sort("start")
    sides = (
        frames["credits"]
        .join(decided, on="deal_id")
        .sort("closed")
        .join_asof(lines, left_on="closed", right_on="start", by="person_id", check_sortedness=False)
    )
    report = (
        sides.filter((col("manager_id") == col("owner_id")) & (col("share") > 0))
        .sort(["share", "person_id"], descending=[True, False])
        .group_by("deal_id", maintain_order=True)
        .agg(manager_id=col("manager_id").first())
    )
    own = sides.filter(col("person_id") == col("owner_id")).select("deal_id", "won", own_manager="manager_id")
    team = (
        own.join(report, on="deal_id", how="left")
        .select("deal_id", "won", manager_id=pl.coalesce("manager_id", "own_manager"))
        .filter(col("manager_id").is_not_null())
    )
    takes_part = (
        frames["participants"]
        .join(decided.select("deal_id", "owner_id"), on="deal_id")
        .filter((col("part") == "manager") | ((col("part") == "seller") & (col("person_id") != col("owner_id"))))
    )
    there = (
        pl.concat(
            [
                takes_part.select("deal_id", manager_id="person_id"),
                frames["credits"].filter(col("share") > 0).select("deal_id", manager_id="person_id"),
            ]
        )
        .join(team, on=["deal_id", "manager_id"], how="semi")
        .unique()
        .with_columns(joined=pl.lit(True))
    )
    found = (
        team.join(there, on=["deal_id", "manager_id"], how="left")
        .with_columns(col("joined").fill_null(False))
        .group_by("manager_id")
        .agg(
            n_deals=pl.len(),
            n_joined=col("joined").sum(),
            with_manager=col("won").filter("joined").mean(),
            independent_win_rate=col("won").filter(~col("joined")).mean(),
        )
        .with_columns(joint_effect_naive=col("with_manager") - col("independent_win_rate"))
        .select("manager_id", *COUNTED, *RATES)
        .collect(engine="streaming")
    )
    return found.to_arrow()


def differences(ours: pa.Table, theirs: pa.Table) -> list[str]:
    ours = ours.filter(pc.greater(ours["n_deals"], 0)).sort_by("manager_id")
    theirs = theirs.filter(pc.is_in(theirs["manager_id"], ours["manager_id"])).sort_by("manager_id")  # see by_polars
    if ours["manager_id"].cast(pa.string()).to_pylist() != theirs["manager_id"].cast(pa.string()).to_pylist():
        return [f"{ours.num_rows} managers here, {theirs.num_rows} there"]
    out = []
    for name in COUNTED + RATES:
        a, b = (table[name].cast(pa.float64()).to_numpy() for table in (ours, theirs))
        apart = ~((a == b) | (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= 1e-9))
        if apart.any():
            at = int(np.flatnonzero(apart)[0])
            out.append(f"{name}: {int(apart.sum())} differ, first {ours['manager_id'][at]}: {a[at]} and {b[at]}")
    return out


def once(tool: str, folder: Path, threads: int, out: Path | None) -> None:
    import resource
    import time

    pa.set_cpu_count(threads)
    before = status("VmRSS")
    tables = load(folder)
    given_bytes = organisation.arrow_bytes(tables)
    n_managers = 0
    if tool == "polars":
        import polars as pl

        tables = {
            name: pl.from_arrow(tables.pop(name), rechunk=True)
            for name in ("deals", "credits", "participants", "assignments")
        }
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    table = by_polars(tables) if tool == "polars" else by_dualtrack(tables, tool, threads)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    if tool != "measures":
        n_managers = table.num_rows
    if out is not None:
        save(table, out)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpu": used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime,
                "peak": (status("VmHWM") - before) / given_bytes,
                "input": given_bytes,
                "managers": n_managers,
            }
        )
    )


HEADER = [
    "deals", "participants", "managers", "threads", "input MB", "measures s", "managers s", "ratio", "measures CPU s",
    "managers CPU s", "**CPU ratio**", "peak / input", "Polars CPU s", "Polars peak",
]  # fmt: skip


def cells(n_deals: int, n_participants: int, threads: int, runs: dict[str, list[dict]]) -> list[str]:
    """A line of the table, from the runs of each tool."""

    def middle(tool: str, what: str) -> float:
        return statistics.median(one[what] for one in runs[tool])

    def ratio(what: str) -> float:
        return statistics.median(b[what] / a[what] for a, b in zip(runs["measures"], runs["managers"]))

    peer = "polars" in runs
    return [
        f"{n_deals:,}", f"{n_participants:,}", f"{middle('managers', 'managers'):,.0f}", str(threads),
        f"{middle('managers', 'input') / 1e6:,.0f}", f"{middle('measures', 'seconds'):.2f}",
        f"{middle('managers', 'seconds'):.2f}", f"{ratio('seconds'):.2f}", f"{middle('measures', 'cpu'):.2f}",
        f"{middle('managers', 'cpu'):.2f}", f"**{ratio('cpu'):.2f}**", f"{middle('managers', 'peak'):.2f}",
        f"{middle('polars', 'cpu'):.2f}" if peer else "-", f"{middle('polars', 'peak'):.2f}" if peer else "-",
    ]  # fmt: skip


def measure(folder: Path, threads: int, rounds: int, peer: bool, stage_at: Path) -> list[str]:
    import run

    def child(tool: str, out: Path | None = None) -> dict:
        return run.child([__file__, "--once", tool, str(folder), str(threads), str(out or "")], threads, stage_at)

    tools = ["measures", "managers"] + (["polars"] if peer else [])
    if peer:
        results = folder / "results"
        results.mkdir(exist_ok=True)
        for tool in tools[1:]:
            child(tool, results / f"{tool}.arrow")
        ours, theirs = (pa.ipc.open_file(str(results / f"{tool}.arrow")).read_all() for tool in tools[1:])
        if found := differences(ours, theirs):
            raise SystemExit("dualtrack and Polars differ\n  " + "\n  ".join(found))
    runs: dict[str, list[dict]] = {tool: [] for tool in tools}
    for _ in range(rounds):
        for tool in tools:
            runs[tool].append(child(tool))

    def rows_of(table: str) -> int:
        with pa.OSFile(str(folder / f"{table}.arrow")) as file:
            reader = pa.ipc.open_file(file)
            return sum(reader.get_batch(i).num_rows for i in range(reader.num_record_batches))

    return cells(rows_of("deals"), rows_of("participants"), threads, runs)


def section(rows: list[list[str]], rounds: int) -> str:
    import run

    lines = ["| " + " | ".join(line) + " |" for line in [HEADER, *rows]]
    lines.insert(1, "|" + "---:|" * len(HEADER))
    about = " ".join((__doc__ or "").split("\n\n")[2].split()).partition(" `--write`")[0]
    return "\n".join(
        [
            TITLE,
            "",
            about,
            "",
            f"* {run.machine()}; at most {rounds} {'round' if rounds == 1 else 'rounds'} each, medians; *peak / input* as above. "
            "Where the machine does other work at the same time, the CPU columns are the steadier ones.",
            "* The aim is a ratio of at most 2.",
            "* `python bench/peers/managers.py --library build/release/libdualtrack.so --write`",
            "",
            *lines,
            "",
            "",
        ]
    )


def kept_section(page: str) -> str:
    """This section of a page, to be carried over when the page is written anew."""
    begin = page.find(TITLE)
    end = page.find("\n## ", begin + 1)
    return page[begin : end + 1] if begin >= 0 <= end else ""


def main() -> int:
    import run

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--library", type=Path, required=True, help="the shared library to measure")
    parser.add_argument("--deals", default="1000000,10000000")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-up-to", type=int, default=1_000_000, help="most deals that Polars is asked for too")
    parser.add_argument("--folder", type=Path, help="where the tables are kept (default: a folder that is removed)")
    parser.add_argument("--write", action="store_true", help="renew the section of bench/README.md")
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="dualtrack-bench-") as scratch:
        run.stage(asked.library, Path(scratch) / "package")
        print(" | ".join(HEADER))
        for n_deals in map(int, asked.deals.split(",")):
            folder = (asked.folder or Path(scratch)) / f"managers-{n_deals}"
            if not (folder / "deals.arrow").exists():
                folder.mkdir(parents=True, exist_ok=True)
                tables = make(n_deals)
                for name in list(tables):
                    save(tables.pop(name), folder / f"{name}.arrow")
            for threads in map(int, asked.threads.split(",")):
                peer = n_deals <= asked.peer_up_to
                rows.append(measure(folder, threads, asked.rounds, peer, Path(scratch) / "package"))
                print(" | ".join(rows[-1]), flush=True)
    if asked.write:
        page = Path(__file__).resolve().parent.parent / "README.md"
        text = page.read_text()
        old = kept_section(text)
        new = section(rows, asked.rounds)
        page.write_text(text.replace(old, new) if old else text.replace("## Running them", new + "## Running them"))
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]) if sys.argv[5] else None)
    else:
        sys.exit(main())
