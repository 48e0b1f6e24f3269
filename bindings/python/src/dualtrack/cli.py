"""The command `dualtrack`. Exit status: 0, 1 (bad input, one line on stderr says where), 2 (usage)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import __version__
from ._api import Cancel, Data, Policy, Progress, Result, Table, default_policy, policy_schema, run
from ._contract import analyses
from ._error import Error, Status
from .sources import MissingPackage

FORMATS = ("parquet", "csv", "json")


class Failed(Exception):
    """One clear line for stderr, and exit status 1."""


def line_of(error: Error, prefix: str = "") -> str:
    """`deals.amount row 17: expected a finite number, found NaN (data.nan)`"""
    return " ".join((prefix + str(error)).split())


class Bar:
    """A progress bar on stderr, on a terminal only."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._shown = ""
        self._on = sys.stderr.isatty()

    def __call__(self, done: float, stage: str = "") -> None:
        if not self._on:
            return
        full = round(24 * min(1.0, max(0.0, done)))
        text = f"{self._label} [{'#' * full}{'.' * (24 - full)}] {100 * done:3.0f} % {stage}"[:79]
        if text != self._shown:
            sys.stderr.write("\r" + text.ljust(len(self._shown)))
            sys.stderr.flush()
            self._shown = text

    def of_steps(self, done: int, total: int) -> None:
        self(done / max(1, total))

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._shown:
            sys.stderr.write("\r" + " " * len(self._shown) + "\r")
            sys.stderr.flush()

    @property
    def progress(self) -> Progress:
        return self  # also without a terminal: between its calls Ctrl-C is heard


# ---- writing -------------------------------------------------------------------------------------


def write_table(table: Table, path: Path) -> None:
    """A result table as Parquet, CSV or JSON, by the path's suffix."""
    from .sources import need

    if path.suffix == ".json":
        path.write_text(table.to_json() + "\n", encoding="utf-8")
    elif path.suffix == ".csv":
        need("pyarrow")
        need("pyarrow.csv").write_csv(table.to_arrow(), path)
    else:
        need("pyarrow")
        need("pyarrow.parquet").write_table(table.to_arrow(), path, compression="zstd")


def write_result(result: Result, out: Path, file_format: str) -> list[tuple[str, int]]:
    """Every table of a result, and the record; what was written, with rows."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name in result:
        path = out / f"{name}.{file_format}"
        write_table(result[name], path)
        written.append((str(path), len(result[name])))
    record = out / "record.json"
    record.write_text(result.record_json + "\n", encoding="utf-8")
    written.append((str(record), 1))
    return written


def _print_written(written: Sequence[tuple[str, int]]) -> None:
    width = max(len(path) for path, _ in written)
    for path, rows in written:
        print(f"{path:<{width}}  {rows:>12,} {'row' if rows == 1 else 'rows'}")


# ---- commands ------------------------------------------------------------------------------------


def _policy(path: str | None) -> Policy:
    if path is None:
        return Policy()
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise Failed(f"{path}: {error.strerror or error}") from None
    try:
        return Policy(text)
    except Error as error:
        raise Failed(line_of(error, f"{path} ")) from None


def _tables(source: str) -> Any:
    from . import sources

    tables = sources.read(source)
    sources.note_ignored(tables)
    return tables


def runs_from_policy(analysis: str) -> bool:
    """Whether the catalog says that an analysis can do without any table."""
    return any(one["name"] == analysis and (not one["needs"] or [] in one["needs"]) for one in analyses())


def _cmd_run(options: argparse.Namespace) -> None:
    policy = _policy(options.policy)
    if options.data is None and not runs_from_policy(options.analysis):
        options.refuse(f"the analysis {options.analysis} needs --data")
    tables = {} if options.data is None else _tables(options.data)
    with Bar("reading") as bar, Data(tables, progress=bar.progress, threads=options.threads) as data:
        with Bar(options.analysis) as running:
            result = run(data, options.analysis, policy, progress=running.progress, threads=options.threads)
    _print_written(write_result(result, Path(options.out), options.format))
    grave = [row for row in result.findings.column("severity") if row in ("error", "warning")]
    if grave:
        print(f"{len(grave)} findings to look at in findings.{options.format}")


def _cmd_summary(options: argparse.Namespace) -> None:
    from . import overview, summary

    policy = _policy(options.policy)
    tables = _tables(options.data)
    with Bar("summary") as bar:
        made = overview.make(tables, policy, bar.progress, options.threads)
    print(summary.text(made))


def _cmd_report(options: argparse.Namespace) -> None:
    from . import overview, report

    policy = _policy(options.policy)
    tables = _tables(options.data)
    with Bar("report") as bar:
        made = overview.make(tables, policy, bar.progress, options.threads, options.simulate)
        page = report.html(made)
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    print(f"{out}  {len(page.encode()):,} bytes")


def _cmd_simulate(options: argparse.Namespace) -> None:
    policy = _policy(options.policy)
    tables: Any = {}
    if options.data is not None:
        tables = _tables(options.data)
        own = policy.to_dict()
        own["simulation"]["start"] = "data"
        policy = Policy(own)
    with Bar("simulate") as bar:
        result = run(tables, "simulation", policy, progress=bar.progress, threads=options.threads)
    out = Path(options.out)
    written = write_result(result, out, options.format)
    try:
        from . import report
        from .report.sections import simulation

        shown = report.Section("simulation", simulation.TITLE, simulation.blocks(lambda name: result[name].to_dicts()))
        text = report.page([shown], f"simulation{'' if options.data is None else f' started from {options.data}'}")
    except MissingPackage as error:
        print(f"no page: {error}", file=sys.stderr)
    else:
        (out / "simulation.html").write_text(text, encoding="utf-8")
        written.append((str(out / "simulation.html"), 1))
    _print_written(written)
    missing = [row["text"] for row in result.findings.to_dicts() if row["code"] == "simulation.not_measured"]
    if missing:
        print(f"Not measured from {options.data}, so as in the model:")
        for text in missing:
            print(f"  {text}")
    print("Under the assumptions in inputs; a person decides.")


def _cmd_synth(options: argparse.Namespace) -> None:
    try:
        from . import synth
    except ImportError as error:
        raise Failed(f'this needs {error.name}: pip install "dualtrack[cli]"') from None

    with Bar("synth") as bar:
        try:
            synth.make(
                Path(options.out),
                options.sellers,
                options.months,
                options.seed,
                progress=bar.of_steps,
            )
        except ValueError as error:
            raise Failed(str(error)) from None
    for path in sorted(Path(options.out).rglob("*.parquet")):
        print(path)


def _cmd_import(options: argparse.Namespace) -> None:
    try:
        from . import importers
    except ImportError as error:
        raise Failed(f'this needs {error.name}: pip install "dualtrack[cli]"') from None

    try:
        importers.load(options.vendor, options.source, Path(options.out))
    except (ValueError, FileNotFoundError) as error:
        raise Failed(" ".join(str(error).split())) from None
    for path in sorted(Path(options.out).glob("*.parquet")):
        print(path)


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _cmd_policy_default(options: argparse.Namespace) -> None:
    _print_json(default_policy())


def _cmd_policy_schema(options: argparse.Namespace) -> None:
    _print_json(policy_schema())


def _check_simulation(policy: Policy, path: str) -> None:
    """Names of models, rules, packages and assumptions: the simulation looks at them before it simulates."""
    own = policy.to_dict()
    own["simulation"]["start"] = "preset"
    stopped = Cancel()
    stopped.request()
    try:
        with Data({}) as none:
            run(none, "simulation", Policy(own), cancel=stopped)
    except Error as error:
        if error.status != Status.CANCELLED:
            raise Failed(line_of(error, f"{path} ")) from None


def _cmd_policy_check(options: argparse.Namespace) -> None:
    policy = _policy(options.file)
    _check_simulation(policy, options.file)
    print(f"{options.file}: a valid policy, digest {policy.digest}")


# ---- the parser ----------------------------------------------------------------------------------


def _whole(lowest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if value < lowest:
            raise ValueError
        return value

    parse.__name__ = f"whole number of {lowest} or more"
    return parse


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="dualtrack",
        description="Who in a sales organisation is ready to lead, and how the answer was reached.",
        epilog="Rows in messages count from 0. Exit status: 0, 1 (bad input), 2 (usage).",
    )
    top.add_argument("--version", action="version", version=f"dualtrack {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run_it: Callable[[argparse.Namespace], None], text: str, under: Any = commands
    ) -> argparse.ArgumentParser:
        made = under.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        made.set_defaults(run_it=run_it)
        return made

    def takes_data(made: argparse.ArgumentParser, required: bool = True) -> None:
        made.add_argument(
            "--data",
            required=required,
            metavar="DIR",
            help="folder of TABLE.parquet, .csv or .json, a DuckDB or SQLite file, or a database URL"
            + ("" if required else "; not needed where the policy says it all"),
        )
        made.add_argument("--policy", metavar="FILE", help="policy as JSON; every field has a default")
        made.add_argument(
            "--threads",
            type=_whole(1),
            default=os.cpu_count() or 1,
            metavar="N",
            help="threads to use; never changes a number (default: all processors)",
        )

    synth = command("synth", _cmd_synth, "make an organisation with known truth")
    synth.add_argument("--out", required=True, metavar="DIR")
    synth.add_argument("--sellers", type=_whole(2), default=300, metavar="N")
    synth.add_argument("--months", type=_whole(1), default=24, metavar="N")
    synth.add_argument("--seed", type=_whole(0), default=1, metavar="S")

    imports = command("import", _cmd_import, "turn a vendor's export into the tables of the data contract")
    imports.add_argument("vendor", choices=("salesforce", "hubspot", "workday"))
    imports.add_argument("source", metavar="SRC")
    imports.add_argument("--out", required=True, metavar="DIR")

    names = [analysis["name"] for analysis in analyses()]
    runs = command("run", _cmd_run, "run one analysis and write its tables, findings and record")
    runs.add_argument("analysis", choices=names, metavar="ANALYSIS", help=", ".join(names))
    takes_data(runs, required=False)
    runs.set_defaults(refuse=runs.error)
    runs.add_argument("--out", required=True, metavar="DIR")
    runs.add_argument("--format", choices=FORMATS, default="parquet")

    takes_data(command("summary", _cmd_summary, "print what a sales director can read on one page"))

    reports = command("report", _cmd_report, "write every analysis the data allow as one self-contained page")
    takes_data(reports)
    reports.add_argument("-o", "--out", required=True, metavar="report.html")
    reports.add_argument(
        "--simulate", action="store_true", help="also simulate rules of promotion, as the policy says (takes longer)"
    )

    simulates = command(
        "simulate", _cmd_simulate, "simulate rules of promotion, under listed assumptions, and write tables and a page"
    )
    takes_data(simulates, required=False)
    simulates.add_argument("--out", required=True, metavar="DIR")
    simulates.add_argument("--format", choices=FORMATS, default="parquet")

    policy = commands.add_parser(
        "policy",
        help="print the default policy or its schema, or check a policy",
        description="Print the default policy or its JSON Schema, or check a policy.",
    )
    actions = policy.add_subparsers(dest="action", required=True, metavar="{default,schema,check}")
    command("default", _cmd_policy_default, "print the policy with every default", actions)
    command("schema", _cmd_policy_schema, "print the JSON Schema of a policy", actions)
    command("check", _cmd_policy_check, "check a policy file", actions).add_argument("file", metavar="FILE")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):  # a name the terminal cannot show must not stop a run
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)

    try:
        options.run_it(options)
        sys.stdout.flush()
        return 0
    except Error as error:
        message = line_of(error)
    except (Failed, MissingPackage) as error:
        message = str(error)
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("dualtrack: stopped", file=sys.stderr)
        return 130
    except OSError as error:
        message = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    print(f"dualtrack: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
