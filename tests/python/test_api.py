"""Data, policy, run, result: what a Python program gets, also when things go wrong or happen at once."""

from __future__ import annotations

import ctypes
import datetime
import gc
import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import dualtrack as dt
import pytest
from conftest import WON, need, small_tables

Tables = dict[str, dict[str, list[Any]]]


def large_tables(n_sellers: int = 2000, n_deals: int = 60_000) -> dict[str, Any]:
    """Enough work for a run to be caught in the middle of it."""
    pa = need("pyarrow")
    sellers = [f"s{i}" for i in range(n_sellers)]
    return {
        "people": pa.table({"person_id": sellers, "market": [f"m{i % 7}" for i in range(n_sellers)]}),
        "deals": pa.table(
            {
                "deal_id": [f"d{i}" for i in range(n_deals)],
                "owner_id": [sellers[i * 7919 % n_sellers] for i in range(n_deals)],
                "amount": [float(i % 997) for i in range(n_deals)],
                "closed": [datetime.date(2024, 1, 1) + datetime.timedelta(days=i % 365) for i in range(n_deals)],
                "outcome": ["won" if i % 3 else "lost" for i in range(n_deals)],
            }
        ),
    }


# ---- the main road


def test_sellers_are_credited_to_the_cent(tables: Tables) -> None:
    result = dt.run(dt.Data(tables), "measures", policy={"version": 1})
    won = {row["person_id"]: row["won_amount"] for row in result["sellers"].to_dicts()}
    assert {person: won[person] for person in WON} == WON


def test_attainment_is_won_over_quota(tables: Tables) -> None:
    sellers = {row["person_id"]: row for row in dt.run(dt.Data(tables), "measures")["sellers"].to_dicts()}
    assert sellers["s2"]["attainment"] == pytest.approx(100.0 / sellers["s2"]["quota"])
    assert sellers["s5"]["attainment"] == pytest.approx(250.0 / sellers["s5"]["quota"])


def test_a_report_above_its_manager_is_a_pay_inversion(tables: Tables) -> None:
    rows = dt.run(dt.Data(tables), "pay")["pay_inversion"].to_dicts()
    mia = next(row for row in rows if row["manager_id"] == "m1")
    assert mia["n_reports"] == 3
    assert mia["share_above_at_target"] == pytest.approx(1 / 3)


def test_run_takes_tables_without_a_data_object(tables: Tables) -> None:
    assert len(dt.run(tables, "measures")["sellers"]) == 8


def test_a_result_is_a_mapping_of_its_tables(tables: Tables) -> None:
    result = dt.run(tables, "measures")
    assert isinstance(result, Mapping)
    assert list(result)[-1] == "findings"
    assert {"sellers", "seller_months", "teams", "credit"} <= set(result)
    assert len(result) == len(list(result))
    assert "sellers" in result and "nonsense" not in result
    assert result.analysis == "measures"
    with pytest.raises(KeyError, match="nonsense; the tables of measures are sellers"):
        result["nonsense"]


def test_findings_and_record_come_with_every_result(tables: Tables) -> None:
    result = dt.run(tables, "measures", policy={"version": 1, "as_of": "2024-12-31"})
    assert result.findings.columns[:3] == ["severity", "code", "table"]
    assert result.record == json.loads(result.record_json)
    assert result.record["core"]["analysis"] == "measures"
    assert result.record["core"]["as_of"] == "2024-12-31"
    assert result.record["core"]["policy_digest"] == dt.Policy({"version": 1, "as_of": "2024-12-31"}).digest


def test_the_same_data_gives_the_same_record_however_many_threads(tables: Tables) -> None:
    data = dt.Data(tables)
    assert len({dt.run(data, "measures", threads=n).record_json for n in (0, 1, 2, 5)}) == 1


def test_data_may_be_used_for_many_runs(tables: Tables) -> None:
    with dt.Data(tables) as data:
        first, second, third = (dt.run(data, name).record_json for name in ("measures", "pay", "measures"))
    assert first == third != second


def test_a_result_outlives_its_data_and_a_table_its_result(tables: Tables) -> None:
    data = dt.Data(tables)
    table = dt.run(data, "measures")["sellers"]
    data.close()
    del data
    gc.collect()
    assert len(table.to_dicts()) == 8


# ---- tables as Python objects


def test_a_table_knows_its_columns_and_types(tables: Tables) -> None:
    result = dt.run(tables, "measures")
    sellers = result["sellers"]
    described = next(
        t for a in dt.catalog()["analyses"] if a["name"] == "measures" for t in a["tables"] if t["name"] == "sellers"
    )
    assert sellers.columns == [column["name"] for column in described["columns"]]
    assert sellers.types == {column["name"]: column["type"] for column in described["columns"]}
    assert (sellers.types["person_id"], sellers.types["won_amount"], sellers.types["lone_wolf"]) == (
        "utf8",
        "float64",
        "bool",
    )
    assert result["teams"].types["start"] == "date32"


def test_rows_as_dicts_are_those_of_the_json_rows(made: Path) -> None:
    from dualtrack import sources

    result = dt.run(dt.Data(sources.read(str(made))), "measures")
    for name in result:
        rows = result[name].to_dicts()
        plain = [{k: v.isoformat() if isinstance(v, datetime.date) else v for k, v in row.items()} for row in rows]
        assert plain == json.loads(result[name].to_json()), name
        assert len(result[name]) == len(rows)


def test_one_column_is_a_list_and_an_unknown_one_names_the_others(tables: Tables) -> None:
    sellers = dt.run(tables, "measures")["sellers"]
    assert sellers.column("person_id") == ["m1", "m2", "s1", "s2", "s3", "s4", "s5", "s6"]
    assert list(sellers.to_lists("person_id", "market")) == ["person_id", "market"]
    with pytest.raises(KeyError, match="sellers.nonsense; its columns are person_id"):
        sellers.column("nonsense")


def test_the_first_rows_can_be_had_alone(tables: Tables) -> None:
    sellers = dt.run(tables, "measures")["sellers"]
    assert sellers.to_dicts(3) == sellers.to_dicts()[:3]


def test_a_repr_can_be_read_by_a_person(tables: Tables) -> None:
    result = dt.run(tables, "measures")
    text = repr(result["sellers"])
    assert text.startswith("sellers: 8 rows, ")
    assert "s1" in text and "300.1" in text
    assert max(map(len, text.split("\n")[:-1])) <= 120
    assert "sellers (8)" in repr(result)
    assert "people" in repr(dt.Data(tables))
    assert "... " in repr(result["seller_months"]) and " more" in repr(result["seller_months"])


# ---- rows given as Python objects


def test_rows_and_columns_are_the_same_table(tables: Tables) -> None:
    rows = {name: [dict(zip(table, row)) for row in zip(*table.values())] for name, table in tables.items()}
    assert dt.run(rows, "measures").record_json == dt.run(tables, "measures").record_json


def test_decimals_texts_of_json_and_none_are_taken(tables: Tables) -> None:
    reference = dt.run(tables, "measures").record["core"]["result_hash"]
    decimals = {**tables, "deals": {**tables["deals"], "amount": [Decimal(str(a)) for a in tables["deals"]["amount"]]}}
    assert dt.run(decimals, "measures").record["core"]["result_hash"] == reference
    texts = {
        **tables,
        "deals": json.dumps([dict(zip(tables["deals"], row)) for row in zip(*tables["deals"].values())], default=str),
    }
    assert dt.run(texts, "measures").record["core"]["result_hash"] == reference
    assert dt.run({**tables, "activities": None}, "measures").record["core"]["result_hash"] == reference


def test_a_time_of_day_is_floored_to_its_day(tables: Tables) -> None:
    reference = dt.run(tables, "measures").record["core"]["result_hash"]
    closed = [datetime.datetime(d.year, d.month, d.day, 23, 59) for d in tables["deals"]["closed"]]
    assert (
        dt.run({**tables, "deals": {**tables["deals"], "closed": closed}}, "measures").record["core"]["result_hash"]
        == reference
    )


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), Decimal("NaN")])
def test_a_number_that_is_none_is_refused_with_its_place(tables: Tables, bad: Any) -> None:
    tables["deals"]["amount"][4] = bad
    with pytest.raises(dt.Error) as caught:
        dt.Data(tables)
    error = caught.value
    assert (error.status, error.code, error.where, error.row) == (dt.Status.DATA, "data.nan", "deals.amount", 4)
    assert str(error).startswith("deals.amount row 4: expected a finite number, found ")


@pytest.mark.parametrize("bad", [object(), b"bytes", [1], datetime.timedelta(1), 1 + 2j])
def test_a_value_of_no_type_of_the_contract_is_refused(tables: Tables, bad: Any) -> None:
    tables["deals"]["amount"][2] = bad
    with pytest.raises(dt.Error) as caught:
        dt.Data(tables)
    assert (caught.value.code, caught.value.where, caught.value.row) == ("schema.type", "deals.amount", 2)


def test_columns_of_different_length_are_refused(tables: Tables) -> None:
    tables["deals"]["amount"].pop()
    with pytest.raises(dt.Error, match=r"deals\.amount: expected 7 values as in deal_id, found 6 \(arrow\.length\)"):
        dt.Data(tables)


@pytest.mark.parametrize("bad", [5, object(), "nonsense", [1, 2], {"person_id": "abc"}, {1: ["a"]}])
def test_what_is_no_table_is_refused(bad: Any) -> None:
    with pytest.raises(dt.Error) as caught:
        dt.Data({"people": bad})
    assert caught.value.where.startswith("people") or caught.value.code.startswith("json.")


def test_an_unknown_table_and_a_table_given_twice_are_refused(tables: Tables) -> None:
    with pytest.raises(dt.Error) as caught:
        dt.Data({**tables, "nonsense": {"a": [1]}})
    assert caught.value.status == dt.Status.ARGUMENT
    with pytest.raises(dt.Error):
        dt.Data({1: tables["people"]})  # type: ignore[dict-item]


# ---- errors


def test_an_error_says_status_code_message_place_and_row(tables: Tables) -> None:
    tables["people"]["person_id"][3] = "s1"
    with pytest.raises(dt.Error) as caught:
        dt.Data(tables)
    error = caught.value
    assert (error.status, error.code) == (dt.Status.DATA, "data.duplicate_id")
    assert error.where == "people.person_id"
    assert error.row in (2, 3)
    assert error.message and "\n" not in error.message
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, again.row, str(again)) == (error.code, error.row, str(error))


def test_a_missing_table_is_named() -> None:
    with pytest.raises(dt.Error) as caught:
        dt.run({"people": {"person_id": ["a"]}}, "pay")
    assert (caught.value.status, caught.value.code) == (dt.Status.SCHEMA, "schema.missing_table")
    assert "pay" in str(caught.value)


def test_an_unknown_analysis_is_refused(tables: Tables) -> None:
    with pytest.raises(dt.Error) as caught:
        dt.run(tables, "nonsense")
    assert caught.value.status == dt.Status.ARGUMENT
    with pytest.raises(dt.Error):
        dt.run(tables, None)  # type: ignore[arg-type]


def test_a_status_of_a_newer_library_counts_as_internal() -> None:
    assert dt.Error(99, "new.code", "text").status == dt.Status.INTERNAL


def test_a_good_call_after_a_bad_one_gives_the_same_bytes(tables: Tables) -> None:
    data = dt.Data(tables)
    reference = dt.run(data, "measures").record_json
    for bad in ("nonsense", ""):
        with pytest.raises(dt.Error):
            dt.run(data, bad)
    with pytest.raises(dt.Error):
        dt.run(data, "measures", policy={"version": 1, "nonsense": 1})
    assert dt.run(data, "measures").record_json == reference


# ---- policy


def test_a_policy_may_be_a_dict_a_text_a_path_or_a_policy(tables: Tables, tmp_path: Path) -> None:
    text = '{"version": 1, "window_months": 6, "as_of": "2024-12-31"}'
    path = tmp_path / "policy.json"
    path.write_text(text)
    policies = [json.loads(text), text, text.encode(), path, str(path), dt.Policy(text)]
    data = dt.Data(tables)
    assert len({dt.run(data, "measures", policy=policy).record_json for policy in policies}) == 1


def test_defaults_are_filled_in_and_the_digest_is_of_the_whole() -> None:
    import hashlib

    policy = dt.Policy({"version": 1})
    assert policy.to_dict() == dt.default_policy() == json.loads(policy.json)
    assert policy.digest == hashlib.sha256(policy.json.encode()).hexdigest()
    assert dt.Policy() == policy == dt.Policy(policy) == pickle.loads(pickle.dumps(policy))
    assert dt.Policy({"version": 1, "window_months": 6}) != policy


def test_a_bad_policy_says_where() -> None:
    with pytest.raises(dt.Error) as caught:
        dt.Policy({"version": 1, "window_monts": 6})
    assert (caught.value.status, caught.value.code) == (dt.Status.POLICY, "policy.unknown_key")
    assert "/window_monts" in caught.value.where + caught.value.message
    with pytest.raises(dt.Error, match="json"):
        dt.Policy({"version": 1, "window_months": float("nan")})
    with pytest.raises(FileNotFoundError):
        dt.Policy("no/such/policy.json")
    with pytest.raises(dt.Error):
        dt.Policy(5)  # type: ignore[arg-type]


def test_the_schema_describes_the_default_policy() -> None:
    schema = dt.policy_schema()
    need("jsonschema").validate(dt.default_policy(), schema)
    with pytest.raises(need("jsonschema").ValidationError):
        need("jsonschema").validate({"version": 1, "nonsense": 1}, schema)


# ---- the catalog


def test_the_catalog_lists_what_can_be_run(tables: Tables) -> None:
    catalog = dt.catalog()
    for analysis in catalog["analyses"]:
        if analysis["name"] not in ("measures", "pay"):
            continue
        result = dt.run(tables, analysis["name"])
        described = [table["name"] for table in analysis["tables"]]
        assert [name for name in result if name != "findings"] == [name for name in described if name != "findings"]
    assert {"people", "deals", "credits", "quotas", "pay"} <= {table["name"] for table in catalog["inputs"]}


# ---- progress and cancelling


def test_progress_never_falls_and_names_the_stage() -> None:
    seen: list[tuple[float, str]] = []
    data = dt.Data(large_tables(), progress=lambda done, stage: seen.append((done, stage)))
    reading = len(seen)
    dt.run(data, "measures", progress=lambda done, stage: seen.append((done, stage)))
    assert len(seen) > reading
    for part in (seen[:reading], seen[reading:]):
        shares = [done for done, _ in part]
        assert shares == sorted(shares)
        assert all(0 <= done <= 1 for done in shares)
    assert all(isinstance(stage, str) and stage for _, stage in seen)


class Stop(Exception):
    pass


def test_what_a_progress_callback_raises_reaches_the_caller(tables: Tables) -> None:
    def refuse(done: float, stage: str) -> None:
        raise Stop(stage)

    data = dt.Data(tables)
    reference = dt.run(data, "measures").record_json
    with pytest.raises(Stop):
        dt.run(data, "measures", progress=refuse)
    with pytest.raises(Stop):
        dt.Data(large_tables(), progress=refuse)
    assert dt.run(data, "measures").record_json == reference


def test_a_callback_survives_the_garbage_collector(tables: Tables) -> None:
    data = dt.Data(tables)
    calls = []

    def report(done: float, stage: str) -> None:
        calls.append(done)
        if len(calls) % 10 == 0:
            gc.collect()
        objects = [[]]
        objects[0].append(objects)

    for _ in range(5):
        dt.run(data, "measures", progress=lambda done, stage: report(done, stage))
    assert len(calls) >= 20


def test_a_cancelled_run_raises_cancelled_and_harms_nothing(tables: Tables) -> None:
    cancel = dt.Cancel()
    cancel.request()
    data = dt.Data(tables)
    with pytest.raises(dt.Error) as caught:
        dt.run(data, "measures", cancel=cancel)
    assert (caught.value.status, caught.value.code) == (dt.Status.CANCELLED, "cancelled")
    assert len(dt.run(data, "measures", cancel=dt.Cancel())["sellers"]) == 8


def test_another_thread_can_cancel_a_run() -> None:
    data = dt.Data(large_tables())
    cancel = dt.Cancel()
    inside = threading.Event()

    def ask() -> None:
        inside.wait(10)
        cancel.request()

    def progress(done: float, stage: str) -> None:
        inside.set()
        while thread.is_alive():  # the request is surely made while the run goes on
            time.sleep(0.001)

    thread = threading.Thread(target=ask)
    thread.start()
    with pytest.raises(dt.Error) as caught:
        dt.run(data, "measures", cancel=cancel, progress=progress)
    thread.join()
    assert caught.value.status == dt.Status.CANCELLED


def test_ctrl_c_stops_a_run_wherever_it_comes() -> None:
    """The signal comes out of a callback, as from a terminal during the work; the handler is put back."""
    data = dt.Data(large_tables())
    reference = dt.run(data, "measures").record_json
    calls = 0

    def interrupt_at(which: int) -> Any:
        def progress(done: float, stage: str) -> None:
            nonlocal calls
            calls += 1
            if calls == which:
                os.kill(os.getpid(), signal.SIGINT)

        return progress

    dt.run(data, "measures", progress=interrupt_at(-1))
    last, calls = calls, 0
    assert last > 2
    for which in (1, last // 2, last):
        calls = 0
        with pytest.raises(KeyboardInterrupt):
            dt.run(data, "measures", progress=interrupt_at(which))
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert dt.run(data, "measures").record_json == reference


def test_ctrl_c_stops_a_run_that_shows_no_progress() -> None:
    data = dt.Data(large_tables(4000, 200_000))
    started = time.perf_counter()
    dt.run(data, "measures")
    whole = time.perf_counter() - started
    timer = threading.Timer(whole / 3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        for _ in range(20):
            dt.run(data, "measures")
    timer.join()


def test_a_handler_of_the_host_is_left_alone(tables: Tables) -> None:
    seen = []
    previous = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        dt.run(tables, "measures", progress=lambda done, stage: os.kill(os.getpid(), signal.SIGINT))
    finally:
        signal.signal(signal.SIGINT, previous)
    assert seen


@pytest.mark.parametrize("threads", [-1, 2**31, 1.5, "2", True])
def test_a_number_of_threads_that_is_none_is_refused(tables: Tables, threads: Any) -> None:
    data = dt.Data(tables)
    with pytest.raises(dt.Error) as caught:
        dt.run(data, "measures", threads=threads)
    assert caught.value.status == dt.Status.ARGUMENT


# ---- closing, threads, processes


def test_closed_things_say_so(tables: Tables) -> None:
    data = dt.Data(tables)
    result = dt.run(data, "measures")
    table = result["sellers"]
    with data, result:
        pass
    data.close()
    result.close()
    with pytest.raises(ValueError, match="the data is closed"):
        dt.run(data, "measures")
    with pytest.raises(ValueError, match="the result is closed"):
        table.to_dicts()
    assert "closed" in repr(data) and "closed" in repr(result)


def test_four_threads_run_on_one_data(tables: Tables) -> None:
    data = dt.Data(tables)
    reference = dt.run(data, "measures").record_json
    records: list[str] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(25):
                result = dt.run(data, "measures", threads=2)
                records.append(result.record_json)
                assert len(result["sellers"].to_dicts()) == 8
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert set(records) == {reference} and len(records) == 100


def test_closing_while_others_run_ends_in_a_clean_error(tables: Tables) -> None:
    for _ in range(10):
        data = dt.Data(tables)
        outcomes: list[str] = []
        started = threading.Barrier(5)

        def work() -> None:
            started.wait()
            try:
                for _ in range(20):
                    result = dt.run(data, "measures")
                    result["sellers"].to_dicts()
                    outcomes.append("ran")
            except ValueError as error:
                outcomes.append(str(error))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        started.wait()
        data.close()
        for thread in threads:
            thread.join()
        assert set(outcomes) <= {"ran", "the data is closed"}


def test_the_gil_is_free_during_a_run() -> None:
    data = dt.Data(large_tables(4000, 200_000))
    ticks = 0
    running = True

    def tick() -> None:
        nonlocal ticks
        while running:
            ticks += 1
            time.sleep(0.0005)

    thread = threading.Thread(target=tick)
    thread.start()

    def from_a_thread() -> None:  # no callback there: nothing but the library itself runs
        before = ticks
        started = time.perf_counter()
        dt.run(data, "measures")
        spent.append((ticks - before, time.perf_counter() - started))

    spent: list[tuple[int, float]] = []
    worker = threading.Thread(target=from_a_thread)
    worker.start()
    worker.join()
    running = False
    thread.join()
    seen, seconds = spent[0]
    assert seconds > 0.005, "too little work to tell"
    assert seen >= 2


def _child(queue: Any, tables: Tables) -> None:
    queue.put(dt.run(dt.Data(tables), "measures", threads=2).record_json)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_child_process_gets_the_same_record(tables: Tables, method: str) -> None:
    reference = dt.run(dt.Data(tables), "measures", threads=2).record_json
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    process = context.Process(target=_child, args=(queue, tables))
    process.start()
    assert queue.get(timeout=60) == reference
    process.join(timeout=60)
    assert process.exitcode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_data_made_before_a_fork_serves_both_sides(tables: Tables) -> None:
    data = dt.Data(tables)
    reference = dt.run(data, "measures").record_json
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if dt.run(data, "measures").record_json == reference else 2
            data.close()
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert dt.run(data, "measures").record_json == reference


@pytest.mark.parametrize("thing", ["data", "result", "table"])
def test_handles_refuse_to_be_pickled(tables: Tables, thing: str) -> None:
    data = dt.Data(tables)
    result = dt.run(data, "measures")
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps({"data": data, "result": result, "table": result["sellers"]}[thing])


# ---- memory


def resident_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_does_not_grow_from_run_to_run(tables: Tables) -> None:
    def cycle() -> None:
        with dt.Data(tables) as data, dt.run(data, "measures") as result:
            result["sellers"].to_dicts()
            result["sellers"].__arrow_c_stream__()
            result.record_json
            with pytest.raises(dt.Error):
                dt.run(data, "nonsense")

    for _ in range(60):
        cycle()
    gc.collect()
    before = resident_bytes()
    for _ in range(300):
        cycle()
    gc.collect()
    assert resident_bytes() - before < 2 * 1024 * 1024


def test_the_package_needs_nothing_but_python(tables: Tables) -> None:
    """With every third-party package hidden, tables go in and come out."""
    script = (
        "import sys\n"
        "for name in ('pyarrow', 'polars', 'pandas', 'duckdb', 'numpy', 'jinja2', 'altair', 'vl_convert'):\n"
        "    sys.modules[name] = None\n"
        f"sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "import dualtrack as dt, datetime\n"
        f"tables = {small_tables()!r}\n"
        "result = dt.run(tables, 'measures')\n"
        "print(len(result['sellers'].to_dicts()), result['teams'].columns[0], len(repr(result['sellers'])) > 50)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "8 manager_id True\n", done.stderr


def test_importing_leaves_floating_point_as_it_was() -> None:
    smallest = ctypes.c_double(5e-324).value
    assert smallest * 1.0 != 0
