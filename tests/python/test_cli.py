"""The command line from end to end: what it reads, what it writes, what it says when the input is bad."""

from __future__ import annotations

import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import dualtrack as dt
import pytest
from conftest import WON, command, day, need, small_tables

pa = need("pyarrow")
pq = need("pyarrow.parquet")
csv = need("pyarrow.csv")
duckdb = need("duckdb")


def write(folder: Path, suffix: str, tables: dict[str, dict[str, list[Any]]]) -> Path:
    """Tables as TABLE.parquet, TABLE.csv or TABLE.json."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in tables.items():
        path = folder / f"{name}.{suffix}"
        if suffix == "parquet":
            pq.write_table(pa.table(columns), path)
        elif suffix == "csv":
            csv.write_csv(pa.table(columns), path)
        else:
            rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
            path.write_text(json.dumps(rows, default=str))
    return folder


def record_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "record.json").read_text())


def result_hash(data: str | Path, out: Path) -> str:
    done = command("run", "measures", "--data", data, "--out", out)
    assert done.returncode == 0, done.stderr
    return record_of(out)["core"]["result_hash"]


def fails(line: str, *arguments: str | Path, status: int = 1) -> None:
    """The command ends with `status` and says one line, this one."""
    done = command(*arguments)
    assert done.stderr == line + "\n"
    assert (done.returncode, done.stdout) == (status, "")


# ---- run


@pytest.mark.parametrize("suffix", ["parquet", "csv", "json"])
def test_run_reads_a_folder_and_writes_every_table(tmp_path: Path, suffix: str) -> None:
    data = write(tmp_path / "in", suffix, small_tables())
    out = tmp_path / "out"
    done = command("run", "measures", "--data", data, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in out.iterdir()} == {
        "sellers.parquet",
        "seller_months.parquet",
        "teams.parquet",
        "credit.parquet",
        "findings.parquet",
        "record.json",
    }
    sellers = {row["person_id"]: row for row in pq.read_table(out / "sellers.parquet").to_pylist()}
    assert {person: sellers[person]["won_amount"] for person in WON} == WON
    assert "sellers.parquet" in done.stdout and "8 rows" in done.stdout


def test_parquet_csv_json_and_databases_give_the_same_bytes(tmp_path: Path, made: Path) -> None:
    """An organisation of 60 sellers; a file that came from another only by writing it anew."""
    tables = {path.stem: pq.read_table(path) for path in sorted(made.glob("*.parquet"))}
    for name, table in tables.items():
        rows = tmp_path / "json" / f"{name}.json"
        rows.parent.mkdir(exist_ok=True)
        rows.write_text(json.dumps(table.to_pylist(), default=str))
        (tmp_path / "csv").mkdir(exist_ok=True)
        csv.write_csv(table, tmp_path / "csv" / f"{name}.csv")
    database = tmp_path / "made.duckdb"
    with duckdb.connect(str(database)) as connection:
        for name, table in tables.items():
            connection.register("shown", table)
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM shown')
            connection.unregister("shown")
    hashes = {
        kind: result_hash(source, tmp_path / f"out-{kind}")
        for kind, source in (
            ("parquet", made),
            ("csv", tmp_path / "csv"),
            ("json", tmp_path / "json"),
            ("duckdb", database),
        )
    }
    assert len(set(hashes.values())) == 1, hashes


def test_sqlite_is_read_by_path_and_by_url(tmp_path: Path) -> None:
    path = tmp_path / "small.sqlite"
    connection = sqlite3.connect(path)
    for name, columns in small_tables().items():
        connection.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')
        rows = [tuple(str(v) if hasattr(v, "isoformat") else v for v in row) for row in zip(*columns.values())]
        connection.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(columns))})', rows)
    connection.commit()
    connection.close()
    reference = result_hash(write(tmp_path / "in", "parquet", small_tables()), tmp_path / "out-0")
    assert result_hash(path, tmp_path / "out-1") == reference
    assert result_hash(f"sqlite:///{path}", tmp_path / "out-2") == reference
    assert result_hash(f"sqlite:{path}", tmp_path / "out-3") == reference


@pytest.mark.parametrize("suffix", ["parquet", "csv", "json"])
def test_results_are_the_same_in_every_format(tmp_path: Path, suffix: str) -> None:
    data = write(tmp_path / "in", "parquet", small_tables())
    out = tmp_path / "out"
    assert command("run", "measures", "--data", data, "--out", out, "--format", suffix).returncode == 0
    expected = dt.run(small_tables(), "measures")
    for name in expected:
        path = out / f"{name}.{suffix}"
        if suffix == "parquet":
            assert pq.read_table(path).equals(expected[name].to_arrow())
        elif suffix == "json":
            assert path.read_text() == expected[name].to_json() + "\n"
        else:
            arrow = expected[name].to_arrow()
            options = csv.ConvertOptions(
                column_types=arrow.schema, strings_can_be_null=True, quoted_strings_can_be_null=False
            )
            assert csv.read_csv(path, convert_options=options).to_pylist() == arrow.to_pylist()


def test_run_obeys_the_policy_and_threads_change_nothing(tmp_path: Path) -> None:
    data = write(tmp_path / "in", "parquet", small_tables())
    policy = tmp_path / "policy.json"
    policy.write_text('{"version": 1, "window_months": 3, "as_of": "2024-12-31"}')
    for threads in (1, 2):
        out = tmp_path / f"out-{threads}"
        done = command("run", "measures", "--data", data, "--policy", policy, "--out", out, "--threads", str(threads))
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out-1/record.json").read_bytes() == (tmp_path / "out-2/record.json").read_bytes()
    assert record_of(tmp_path / "out-1")["core"]["policy"]["window_months"] == 3


def test_ids_of_csv_files_stay_text(tmp_path: Path) -> None:
    """Ids such as 007 and 7 are two people, and 1e5 is an id, not a number."""
    ids = {"s1": "007", "s2": "7", "s3": "1e5", "s4": "2024-01-01", "s5": "true", "s6": "0x10"}
    tables = small_tables()
    for columns in tables.values():
        for name, values in columns.items():
            if name in ("person_id", "owner_id", "manager_id"):
                columns[name] = [ids.get(value, value) for value in values]
    out = tmp_path / "out"
    result_hash(write(tmp_path / "in", "csv", tables), out)
    sellers = {row["person_id"]: row["won_amount"] for row in pq.read_table(out / "sellers.parquet").to_pylist()}
    assert {person: sellers[ids[person]] for person in WON} == WON


def test_csv_of_other_shapes_is_read(tmp_path: Path) -> None:
    """Semicolons, a byte order mark, quoted commas, dates of another country, empty columns."""
    data = write(tmp_path / "in", "csv", small_tables())
    reference = result_hash(data, tmp_path / "out-0")
    people = (data / "people.csv").read_text().replace(",", ";").replace("Sam", "Sam; junior")
    (data / "people.csv").write_text("\ufeff" + people.replace('"Sam; junior"', '"Sam; ""junior"""'), encoding="utf-8")
    deals = (data / "deals.csv").read_text().split("\n")
    turned = [deals[0] + ',"currency","opened","list_price"']
    for line in deals[1:]:
        if line:
            cells = line.split(",")
            year, month, date = cells[3].split("-")
            turned.append(",".join([*cells[:3], f"{date}/{month}/{year}", *cells[4:], "", "", ""]))
    (data / "deals.csv").write_text("\n".join(turned) + "\n")
    assert result_hash(data, tmp_path / "out-1") == reference


def with_dates(tmp_path: Path, dates: dict[int, str]) -> Path:
    """A folder of CSV files in which some closing dates are written otherwise."""
    data = write(tmp_path, "csv", small_tables())
    lines = (data / "deals.csv").read_text().splitlines()
    at = lines[0].replace('"', "").split(",").index("closed")
    for row, text in dates.items():
        cells = lines[row + 1].split(",")
        lines[row + 1] = ",".join([*cells[:at], text, *cells[at + 1 :]])
    (data / "deals.csv").write_text("\n".join(lines) + "\n")
    return data


def test_dates_of_a_csv_file_are_never_guessed(tmp_path: Path) -> None:
    """10 February and 11 May as the days of other countries: which number is the day cannot be told from them."""
    data = with_dates(tmp_path / "in", {0: "10/02/2024", 1: "11/05/2024"})
    fails(
        "dualtrack: deals.closed row 0: expected a date as YYYY-MM-DD, found '10/02/2024', which may be 2024-02-10 or "
        "2024-10-02 (schema.type)",
        "run",
        "measures",
        "--data",
        data,
        "--out",
        tmp_path / "out",
    )


@pytest.mark.parametrize("dates", [{0: "10.02.2024", 2: "30.06.2024"}, {0: "2/10/2024", 2: "06/30/2024"}])
def test_dates_of_a_csv_file_count_where_the_column_leaves_no_doubt(tmp_path: Path, dates: dict[int, str]) -> None:
    reference = result_hash(write(tmp_path / "iso", "csv", small_tables()), tmp_path / "out-0")
    assert result_hash(with_dates(tmp_path / "in", dates), tmp_path / "out-1") == reference


@pytest.mark.parametrize(
    ("dates", "row", "found"),
    [
        ({0: "10/02/24"}, 0, "10/02/24"),  # of which century?
        ({2: "30/06/2024", 4: "09/15/2024"}, 4, "09/15/2024"),  # two countries in one column
        ({3: "01-07-02"}, 3, "01-07-02"),
        ({3: "31/02/2024"}, 3, "31/02/2024"),
    ],
)
def test_dates_of_a_csv_file_in_no_known_form_are_named(
    tmp_path: Path, dates: dict[int, str], row: int, found: str
) -> None:
    fails(
        f"dualtrack: deals.closed row {row}: expected a date as YYYY-MM-DD, found '{found}' (schema.type)",
        "run",
        "measures",
        "--data",
        with_dates(tmp_path / "in", dates),
        "--out",
        tmp_path / "out",
    )


# ---- bad input: one line that says where


def test_a_number_that_is_none_is_named_by_table_column_and_row(tmp_path: Path) -> None:
    tables = small_tables()
    tables["deals"]["amount"][5] = float("nan")
    for suffix in ("parquet", "csv"):
        data = write(tmp_path / suffix, suffix, tables)
        done = command("run", "measures", "--data", data, "--out", tmp_path / "out")
        assert (done.returncode, done.stdout) == (1, "")
        line = r"dualtrack: deals\.amount row 5: expected a finite \w+, found (NaN|nan) \(data\.nan\)\n"
        assert re.fullmatch(line, done.stderr), done.stderr
    assert not (tmp_path / "out").exists()


def test_text_where_a_number_is_needed_is_named(tmp_path: Path) -> None:
    data = write(tmp_path / "in", "csv", small_tables())
    path = data / "deals.csv"
    path.write_text(path.read_text().replace("200.1", '"1.234,56"'))
    fails(
        "dualtrack: deals.amount row 0: expected a number such as 1234.56, found '1.234,56' (schema.type)",
        "run",
        "measures",
        "--data",
        data,
        "--out",
        tmp_path / "out",
    )


def test_text_where_a_date_is_needed_is_named(tmp_path: Path) -> None:
    data = write(tmp_path / "in", "csv", small_tables())
    path = data / "deals.csv"
    path.write_text(path.read_text().replace("2024-06-30", "soon"))
    fails(
        "dualtrack: deals.closed row 2: expected a date as YYYY-MM-DD, found 'soon' (schema.type)",
        "run",
        "measures",
        "--data",
        data,
        "--out",
        tmp_path / "out",
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("people", "person_id", 3, "s1"), "people.person_id row "),
        (("people", "manager_id", 2, "s1"), "people.manager_id row 2: "),
        (("deals", "outcome", 1, "perhaps"), "deals.outcome row 1: "),
        (("credits", "share", 0, 0.4), "credits.share row "),
        (("quotas", "amount", 3, -5.0), "quotas.amount row 3: "),
        (("quotas", "end", 0, day("2023-01-01")), "quotas.end row 0: "),
    ],
)
def test_what_breaks_the_contract_is_named(tmp_path: Path, change: tuple[str, str, int, Any], place: str) -> None:
    tables = small_tables()
    table, column, row, value = change
    tables[table][column][row] = value
    data = write(tmp_path / "in", "parquet", tables)
    done = command("run", "measures", "--data", data, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr.startswith(f"dualtrack: {place}"), done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.rstrip().endswith(")")


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    tables = small_tables()
    del tables["pay"]
    data = write(tmp_path / "in", "parquet", tables)
    done = command("run", "pay", "--data", data, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "pay" in done.stderr and "(schema.missing_table)" in done.stderr and done.stderr.count("\n") == 1


def test_places_without_tables_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    fails(
        f"dualtrack: expected TABLE.parquet, TABLE.csv or TABLE.json in {empty}, found none (schema.missing_table)",
        "run",
        "measures",
        "--data",
        empty,
        "--out",
        tmp_path / "out",
    )
    fails(
        f"dualtrack: {tmp_path}/nowhere: no such folder, file or database (schema.missing_table)",
        "run",
        "measures",
        "--data",
        tmp_path / "nowhere",
        "--out",
        tmp_path / "out",
    )
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    fails(
        f"dualtrack: {text}: expected a folder, a DuckDB or a SQLite file (schema.missing_table)",
        "run",
        "measures",
        "--data",
        text,
        "--out",
        tmp_path / "out",
    )


def test_files_that_are_broken_are_named(tmp_path: Path) -> None:
    data = write(tmp_path / "in", "parquet", small_tables())
    (data / "deals.parquet").write_bytes(b"PAR1 but no more")
    done = command("run", "measures", "--data", data, "--out", tmp_path / "out")
    assert done.returncode == 1 and done.stderr.startswith(
        "dualtrack: deals: deals.parquet cannot be read as Parquet: "
    )
    (data / "deals.parquet").unlink()
    (data / "deals.json").write_text('[{"deal_id": "d1",}]')
    done = command("run", "measures", "--data", data, "--out", tmp_path / "out")
    assert done.returncode == 1 and "(json." in done.stderr and "deals" in done.stderr
    (data / "deals.csv").write_text("deal_id\nd1\n")
    fails(
        "dualtrack: deals: expected one file, found deals.csv and deals.json (argument.table_name)",
        "run",
        "measures",
        "--data",
        data,
        "--out",
        tmp_path / "out",
    )


def test_files_of_other_names_are_left_alone_and_said(tmp_path: Path) -> None:
    data = write(tmp_path / "in", "parquet", small_tables())
    (data / "forecast.csv").write_text("a,b\n1,2\n")
    (data / "notes.txt").write_text("hello")
    done = command("run", "measures", "--data", data, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert done.stderr == "dualtrack: not read, no table of the data contract: forecast.csv\n"


def test_a_table_whose_file_is_mistyped_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    tables = small_tables()
    data = write(tmp_path / "in", "csv", tables)
    (data / "quotas.csv").rename(data / "Quota.csv")
    done = command("run", "measures", "--data", data, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert done.stderr == "dualtrack: not read, no table of the data contract: Quota.csv (is quotas meant?)\n"


def test_a_server_that_fails_is_an_error_without_the_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from dualtrack import sources

    url = "postgresql://me:secret@db.example/sales"

    class Connection:
        refuses = "LOAD"

        def execute(self, text: str) -> None:
            if self.refuses in text:
                raise OSError(f"no route for {url}, user me, password secret\nand more")

        def close(self) -> None:
            pass

    monkeypatch.setattr(sources, "_connect", Connection)
    for Connection.refuses, message in (
        ("LOAD", "reading postgres needs DuckDB's postgres extension, which could not be installed: "),
        ("ATTACH", "db.example cannot be opened: "),
    ):
        done = command("run", "measures", "--data", url, "--out", tmp_path / "out")
        assert done.returncode == 1 and done.stderr.count("\n") == 1
        assert done.stderr.startswith(f"dualtrack: {message}no route for ") and "secret" not in done.stderr


def test_usage_errors_have_status_two(tmp_path: Path) -> None:
    for arguments in (
        [],
        ["nonsense"],
        ["run"],
        ["run", "nonsense", "--data", "x", "--out", "y"],
        ["run", "measures", "--data", "x", "--out", "y", "--format", "xlsx"],
        ["run", "measures", "--data", "x", "--out", "y", "--threads", "0"],
        ["policy"],
        ["synth", "--out", str(tmp_path), "--sellers", "many"],
    ):
        assert command(*arguments).returncode == 2, arguments


def test_a_missing_package_is_named_with_the_cure(tmp_path: Path) -> None:
    data = write(tmp_path / "in", "parquet", small_tables())
    script = (
        "import sys; sys.modules['pyarrow'] = None; from dualtrack.cli import main; "
        f"sys.exit(main(['run', 'measures', '--data', {str(data)!r}, '--out', {str(tmp_path / 'out')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("dualtrack: this needs pyarrow: ") and 'pip install "dualtrack[cli]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_json_in_and_json_out_need_no_other_package(tmp_path: Path) -> None:
    data = write(tmp_path / "in", "json", small_tables())
    hide = "".join(f"sys.modules[{name!r}] = None; " for name in ("pyarrow", "duckdb", "numpy", "pandas", "polars"))
    arguments = ["run", "measures", "--data", str(data), "--out", str(tmp_path / "out"), "--format", "json"]
    script = f"import sys; {hide}from dualtrack.cli import main; sys.exit(main({arguments!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    rows = {row["person_id"]: row["won_amount"] for row in json.loads((tmp_path / "out/sellers.json").read_text())}
    assert {person: rows[person] for person in WON} == WON


# ---- policy


def test_policy_default_is_a_valid_policy(tmp_path: Path) -> None:
    done = command("policy", "default")
    assert json.loads(done.stdout) == dt.default_policy()
    path = tmp_path / "policy.json"
    path.write_text(done.stdout)
    checked = command("policy", "check", path)
    assert checked.returncode == 0 and dt.Policy(path).digest in checked.stdout


def test_policy_schema_is_the_schema() -> None:
    assert json.loads(command("policy", "schema").stdout) == dt.policy_schema()


def test_policy_check_names_the_file_and_the_place(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text('{"version": 1, "window_months": 0}')
    done = command("policy", "check", path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"dualtrack: {path} /window_months: ") and "(policy.range)" in done.stderr
    fails(f"dualtrack: {tmp_path}/none.json: No such file or directory", "policy", "check", tmp_path / "none.json")


# ---- synth, summary, help


def test_synth_makes_an_organisation_with_its_truth(tmp_path: Path) -> None:
    done = command("synth", "--out", tmp_path / "a", "--sellers", "30", "--months", "12", "--seed", "3")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "a/people.parquet").exists() and list((tmp_path / "a/truth").glob("*.parquet"))
    command("synth", "--out", tmp_path / "b", "--sellers", "30", "--months", "12", "--seed", "3")
    for path in sorted((tmp_path / "a").glob("*.parquet")):
        assert pq.read_table(path).equals(pq.read_table(tmp_path / "b" / path.name)), path.name


def test_summary_fits_a_page_and_says_the_main_things(made: Path) -> None:
    done = command("summary", "--data", made)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    assert len(lines) <= 64 and max(map(len, lines)) <= 120  # a printed page: eleven analyses, a few lines each
    for word in ("sellers", "Won ", "quota", "Teams by attainment", "luck", "Pay", "a person decides"):
        assert word in done.stdout, word


def test_summary_agrees_with_the_tables(tmp_path: Path) -> None:
    data = write(tmp_path / "in", "parquet", small_tables())
    out = command("summary", "--data", data).stdout
    assert "8 people, as of 2024-12-31; in the window 6 sellers and 2 teams" in out
    assert "Won 950 in 5 deals" in out
    assert "Max" in out and "Mia" in out


@pytest.mark.parametrize("missing", [["quotas"], ["pay"], ["quotas", "pay", "credits"]])
def test_summary_and_report_do_without_quotas_and_pay(tmp_path: Path, missing: list[str]) -> None:
    tables = {name: columns for name, columns in small_tables().items() if name not in missing}
    data = write(tmp_path / "in", "parquet", tables)
    summary = command("summary", "--data", data)
    assert summary.returncode == 0, summary.stderr
    if "quotas" in missing:
        assert "attainment cannot be said" in summary.stdout
    report = command("report", "--data", data, "-o", tmp_path / "report.html")
    assert report.returncode == 0, report.stderr


def test_version_and_help_name_everything() -> None:
    assert command("--version").stdout == f"dualtrack {dt.__version__}\n"
    text = command("--help").stdout
    for name in ("synth", "import", "run", "summary", "report", "policy"):
        assert name in text


def test_the_module_and_the_installed_script_are_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "dualtrack", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"dualtrack {dt.__version__}\n")
    script = Path(sys.executable).with_name("dualtrack")
    if script.exists():
        assert subprocess.run([script, "--version"], capture_output=True, text=True).stdout == done.stdout


# ---- the terminal


def test_progress_shows_on_a_terminal_and_only_there(tmp_path: Path, made: Path) -> None:
    arguments = [
        sys.executable,
        "-m",
        "dualtrack",
        "run",
        "measures",
        "--data",
        str(made),
        "--out",
        str(tmp_path / "out"),
    ]
    main, side = pty.openpty()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=side)
    os.close(side)
    shown = b""
    while True:
        try:
            part = os.read(main, 4096)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(main)
    assert process.wait() == 0
    assert b"measures [" in shown and b"100 %" in shown
    assert shown.endswith(b"\r")  # and the line is wiped
    quiet = subprocess.run(arguments, capture_output=True)
    assert quiet.stderr == b""


def test_a_closed_pipe_is_no_error() -> None:
    done = subprocess.run(f"{sys.executable} -m dualtrack policy schema | head -c 10", shell=True, capture_output=True)
    assert done.stderr == b""


def test_a_name_the_terminal_cannot_show_stops_nothing(tmp_path: Path) -> None:
    tables = small_tables()
    tables["people"]["name"][0] = "Jos\u00e9 \u5c71"
    data = write(tmp_path / "in", "parquet", tables)
    done = subprocess.run(
        [sys.executable, "-m", "dualtrack", "summary", "--data", str(data)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0, done.stderr
