"""Quota relief from Python: the article's plan from the policy alone, and the best set of a made organisation."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import dualtrack
from dualtrack import cli
from dualtrack.overview import make
from dualtrack.sources import Tables

from conftest import need

ARTICLE = {
    "version": 1,
    "relief": {
        "plans": [
            {"name": "article", "quota": 1000000, "quota_relief": 200000, "n_mentees": 6, "gain_per_mentee": 50000}
        ]
    },
}


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    need("pyarrow")
    need("numpy")
    from dualtrack import synth

    return {name: table for name, table in synth.organisation(240, 24, 5).items() if not name.startswith("truth/")}


def test_the_plan_of_the_article_needs_no_table() -> None:
    row = dualtrack.run({}, "relief", ARTICLE)["relief"].to_dicts()[0]
    assert row["net"] == 100000
    assert row["cost"] == 200000
    assert row["break_even_gain"] == 33333.33
    assert row["net_year_2"] == 243000
    assert row["gain_low"] < row["gain_per_mentee"] == 50000 < row["gain_high"]
    assert 0.5 < row["probability_positive"] < 1
    assert row["mentor_id"] is None


def test_the_command_line_runs_it_without_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(ARTICLE))
    out = tmp_path / "out"
    assert cli.main(["run", "relief", "--policy", str(policy), "--out", str(out), "--format", "json"]) == 0
    assert json.loads((out / "relief.json").read_text())[0]["net"] == 100000
    assert cli.main(["run", "relief", "--out", str(out)]) == 1, "neither a plan nor data"
    assert "/relief/plans" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        cli.main(["run", "measures", "--out", str(out)])
    assert stop.value.code == 2


def test_the_best_set_keeps_its_promises(made: dict[str, Any]) -> None:
    policy = {"version": 1, "relief": {"most_mentees": 4}}
    result = dualtrack.run(made, "relief", policy)
    mentors = [row for row in result["relief"].to_dicts() if row["plan"] == "best"]
    mentees = result["mentees"].to_dicts()
    sellers = {row["person_id"]: row for row in dualtrack.run(made, "measures", policy)["sellers"].to_dicts()}
    assert mentors and mentees
    assert len({row["mentee_id"] for row in mentees}) == len(mentees), "nobody has two mentors"
    assert not {row["mentor_id"] for row in mentors} & {row["mentee_id"] for row in mentees}
    for row in mentors:
        own = [one for one in mentees if one["mentor_id"] == row["mentor_id"]]
        assert len(own) == row["n_mentees"] <= 4
        assert sum(one["gain"] for one in own) == pytest.approx(row["net"] + row["cost"], abs=0.02)
        assert row["quota_relief"] == pytest.approx(row["quota"] * len(own) * 80 / 2400, abs=0.05)
        assert sellers[row["mentor_id"]]["probability_top_quartile"] >= 0.5
        for one in own:
            assert sellers[one["mentee_id"]]["market"] == sellers[row["mentor_id"]]["market"]
            assert sellers[one["mentee_id"]]["probability_top_quartile"] < 0.5
    whole = result["portfolio"].to_dicts()[0]
    assert whole["net"] == pytest.approx(sum(row["net"] for row in mentors), abs=0.05)
    assert whole["n_mentees"] == len(mentees)
    fewer = dualtrack.run(made, "relief", {"version": 1, "relief": {"most_mentees": 4, "most_places": 10}})
    assert fewer["portfolio"].to_dicts()[0]["n_mentees"] == 10
    assert fewer["portfolio"].to_dicts()[0]["net"] < whole["net"]


def test_new_quotas_load_back(made: dict[str, Any]) -> None:
    result = dualtrack.run(made, "relief")
    quotas = result["quotas"]
    rows = quotas.to_dicts()
    assert rows and all(row["scope"] == "own" for row in rows)
    end = max(row["end"] for row in rows)
    assert end - min(row["start"] for row in rows) in (dt.timedelta(365), dt.timedelta(366))
    later = {"version": 1, "as_of": str(end - dt.timedelta(1))}
    sellers = dualtrack.run({**made, "quotas": quotas}, "measures", later)["sellers"].to_dicts()
    quota = {row["person_id"]: row["quota"] for row in sellers}
    for row in rows:
        assert quota[row["person_id"]] == pytest.approx(row["amount"], abs=0.01)


def test_the_page_and_the_summary_show_it(made: dict[str, Any]) -> None:
    need("altair")
    need("vl_convert")
    need("jinja2")
    from dualtrack import report, summary

    overview = make(Tables("made", made, []), dualtrack.Policy(ARTICLE))
    page = report.html(overview)
    assert "Mentoring against a lower quota" in page
    text = summary.text(overview)
    assert "the plan article: 1 mentor for 6 mentees" in " ".join(text.split())
    assert "Mentoring, the best set:" in text
