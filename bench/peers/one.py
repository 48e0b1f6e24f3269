"""One measurement in a process of its own: reads the tables, lets one tool work once, says time and memory as JSON."""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path

import pyarrow as pa

import compare
import organisation


def status(name: str) -> int:
    """A line of /proc/self/status, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(name)


def load(folder: Path) -> dict[str, pa.Table]:
    tables = {}
    for path in sorted(folder.glob("*.arrow")):
        with pa.OSFile(str(path)) as file:
            tables[path.stem] = pa.ipc.open_file(file).read_all()
    return tables


def save(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=1_000_000)


def main(tool_name: str, folder: Path, threads: int, out: Path | None) -> None:
    pa.set_cpu_count(threads)
    tool = importlib.import_module("with_" + tool_name)
    small = organisation.make(1000, participants=(folder / "participants.arrow").exists())
    tool.run(tool.prepare(small, threads), threads)  # loads what is loaded on first use
    del small
    before = status("VmRSS")
    given = load(folder)
    given_bytes = organisation.arrow_bytes(given)
    given = tool.prepare(given, threads)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    sellers, teams = tool.run(given, threads)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    measured = {
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime,
        "peak_bytes": status("VmHWM") - before,
        "input_bytes": given_bytes,
        "version": tool.version(),
    }
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in zip(("sellers", "teams"), compare.tidy(sellers, teams)):
            save(table, out / f"{tool_name}_{name}.arrow")
    print(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]) if len(sys.argv) > 4 else None)
