"""The simulation: without data, from the command line, as a page, and what its words never say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dualtrack as dt
import pytest
from conftest import command, need

SMALL = {"replications": 64, "tornado_replications": 8, "periods": 24}


def policy(**simulation: Any) -> dict[str, Any]:
    return {"version": 1, "simulation": {**SMALL, **simulation}}


def test_a_simulation_needs_no_data_and_lists_its_assumptions() -> None:
    result = dt.run({}, "simulation", policy(presets=["prg2010_as_run", "lazear2004"]))
    assert {row["preset"] for row in result["outcomes"].to_dicts()} == {"prg2010_as_run", "lazear2004"}
    floor = next(row for row in result["inputs"].to_dicts() if row["parameter"] == "promoted_floor")
    assert (floor["value"], floor["grade"], floor["value_from"]) == (4.0, "4", "preset")
    assert "not in print" in floor["source"]
    assert [row["n"] for row in result["runs"].to_dicts()] == [64, 64]


def test_threads_and_repetition_never_change_a_number() -> None:
    one, three = (dt.run({}, "simulation", policy(presets=["prg2010_text"]), threads=n) for n in (1, 3))
    for name in one:
        assert one[name].to_json() == three[name].to_json()


def test_progress_can_stop_a_simulation() -> None:
    seen: list[float] = []

    def stop(done: float, stage: str) -> None:
        seen.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dt.run({}, "simulation", policy(presets=["prg2010_as_run"], replications=100000), progress=stop)
    assert seen


def test_the_state_at_the_start_is_no_baseline() -> None:
    with pytest.raises(dt.Error, match="the state at the start is none"):
        dt.run({}, "simulation", policy(presets=["prg2010_as_run"], baseline="start"))


def test_the_command_writes_tables_and_a_page(tmp_path: Path) -> None:
    for package in ("jinja2", "altair", "vl_convert"):
        need(package)
    rules = tmp_path / "policy.json"
    rules.write_text(json.dumps(policy(presets=["bls2019", "prg2010_as_run"], policies=[])), encoding="utf-8")
    done = command("simulate", "--policy", str(rules), "--out", str(tmp_path / "out"), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "Under the assumptions" in done.stdout
    outcomes = json.loads((tmp_path / "out" / "outcomes.json").read_text(encoding="utf-8"))
    assert {row["preset"] for row in outcomes} == {"bls2019", "prg2010_as_run"}
    page = (tmp_path / "out" / "simulation.html").read_text(encoding="utf-8")
    assert "Under these assumptions" in page
    assert "a person decides" in page
    assert "months" in page and "bls2019, 12 months" in page
    assert "Not simulated: lss2015" in page, "one estimate of what managers are worth is not enough"


def test_the_command_can_be_stopped_where_there_is_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dualtrack import cli

    def interrupted(bar: cli.Bar, done: float, stage: str = "") -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.Bar, "__call__", interrupted)
    rules = tmp_path / "policy.json"
    rules.write_text(json.dumps(policy(presets=["prg2010_as_run"], policies=[])), encoding="utf-8")
    done = command("simulate", "--policy", str(rules), "--out", str(tmp_path / "out"), "--format", "json")
    assert done.returncode == 130, done.stderr
    assert not (tmp_path / "out").exists()


def test_assumptions_varied_together_are_ranked_in_the_page(tmp_path: Path) -> None:
    for package in ("jinja2", "altair", "vl_convert"):
        need(package)
    chosen = tmp_path / "policy.json"
    asked = policy(presets=["bls2019"], policies=["readiness"], replications=8, periods=24, tornado=False)
    asked["simulation"] |= {"sobol_points": 6, "tornado_replications": 6}
    chosen.write_text(json.dumps(asked), encoding="utf-8")
    done = command("simulate", "--policy", str(chosen), "--out", str(tmp_path / "out"), "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "out" / "sobol.json").read_text(encoding="utf-8"))
    assert {row["points"] for row in rows} == {6} and {row["grade"] for row in rows} == {"4"}
    page = (tmp_path / "out" / "simulation.html").read_text(encoding="utf-8")
    assert "Which assumption brings the doubt" in page


def test_policy_check_knows_what_the_simulator_knows(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    for simulation, said in (
        ({"presets": ["bls2091"]}, "/simulation/presets/0: expected a model (bls2019, lss2015"),
        ({"presets": ["bls2019"], "policies": ["readyness"]}, "(nearest: readiness)"),
        ({"policies": ["random + dualtrack"]}, "(nearest: dual_track)"),
        ({"parameters": {"tua": 1}}, "(nearest: tau)"),
        ({"parameters": {"tau": -1}}, "/simulation/parameters/tau"),
    ):
        path.write_text(json.dumps({"version": 1, "simulation": simulation}), encoding="utf-8")
        done = command("policy", "check", path)
        assert done.returncode == 1 and said in done.stderr, done.stderr
    for simulation in (
        {"presets": ["kane1970"]},
        {"policies": ["lottery(0.2) + mentoring"], "replications": 10000000},
        {"start": "data"},
    ):
        path.write_text(json.dumps({"version": 1, "simulation": simulation}), encoding="utf-8")
        done = command("policy", "check", path)
        assert done.returncode == 0, done.stderr


def test_a_result_that_the_clock_stopped_says_so_in_the_page() -> None:
    for package in ("jinja2", "altair", "vl_convert"):
        need(package)
    from dualtrack.report.sections import simulation

    asked = policy(presets=["bls2019"], policies=["readiness"], replications=10000000, max_seconds=0.2)
    result = dt.run({}, "simulation", asked)
    (row,) = result["runs"].to_dicts()
    assert row["stop_reason"] == "time" and row["not_reproducible"] and 0 < row["n"] < 10000000
    words = " ".join(b.text for b in simulation.blocks(lambda name: result[name].to_dicts()) if hasattr(b, "text"))
    assert "another machine" in words


def test_promoting_the_worst_is_never_offered_as_advice(tmp_path: Path) -> None:
    for package in ("jinja2", "altair", "vl_convert"):
        need(package)
    from dualtrack.report.sections import simulation

    result = dt.run({}, "simulation", policy(presets=["bls2019"], policies=["random", "worst_seller", "readiness"]))
    blocks = simulation.blocks(lambda name: result[name].to_dicts())
    words = " ".join(block.text for block in blocks if hasattr(block, "text"))
    assert "never advice" in words
    for block in blocks:
        for row in getattr(block, "rows", ()):
            assert not any(cell == "worst_seller" for cell in row), "shown without its warning"
    usual = dt.run({}, "simulation", policy(presets=["bls2019"], replications=8, tornado=False))
    assert "worst_seller" not in {row["policy"] for row in usual["outcomes"].to_dicts()}
