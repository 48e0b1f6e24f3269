"""Paths and retention from Python, on made organisations whose future is known, and a published ladder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import dualtrack
import pytest
from conftest import need

for _package in ("pyarrow", "numpy"):
    need(_package)

from adventureworks import shared_data  # noqa: E402
from dualtrack import synth  # noqa: E402
from dualtrack.importers import ImportFault, ladder  # noqa: E402

Rows = list[dict[str, Any]]


def organisation(sellers: int, months: int, seed: int) -> dict[str, Any]:
    made = synth.organisation(sellers, months, seed)
    return {name: table for name, table in made.items() if not name.startswith("truth/")}


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    return organisation(240, 36, 3)


def test_a_person_is_eligible_exactly_where_no_gap_is_left(tables: dict[str, Any]) -> None:
    result = dualtrack.run(tables, "paths")
    gaps = {(row["person_id"], row["track"]) for row in result["gaps"].to_dicts()}
    rows = result["paths"].to_dicts()
    assert {row["track"] for row in rows} == {"expert", "management"}
    for row in rows:
        if row["level_next"] is None:
            assert row["status"] == "top" and row["eligible"] is None
            continue
        has_gap = (row["person_id"], row["track"]) in gaps
        assert (row["eligible"] is True) == (not has_gap)
        assert row["n_met"] <= row["n_requirements"]
        if row["eligible"]:
            assert row["months_to_ready"] == 0 and row["probability_within_horizon"] == 1
        if row["months_to_ready"] is not None:
            assert row["months_low"] <= row["months_to_ready"]
            assert row["months_high"] is None or row["months_to_ready"] <= row["months_high"]
    for gap in result["gaps"].to_dicts():
        assert gap["action"]
        if gap["have"] is not None:
            assert gap["have"] < gap["need"] if gap["comparison"] == "at_least" else gap["have"] > gap["need"]


def before(end: dt.date, months: int) -> dt.date:
    year, month = divmod(end.year * 12 + end.month - 1 - months, 12)
    return dt.date(year, month + 1, 1) - dt.timedelta(1)


def closed_by(cases: list[tuple[int, bool]], quarters: int) -> float:
    """Kaplan and Meier: the share that closed, when some left before it could be seen."""
    still_open = 1.0
    for quarter in range(1, quarters + 1):
        at_risk = sum(1 for seen, _ in cases if seen >= quarter)
        closed = sum(1 for seen, met in cases if met and seen == quarter)
        if at_risk:
            still_open *= 1 - closed / at_risk
    return 1 - still_open


def test_months_to_ready_come_true_as_often_as_they_say() -> None:
    """As of a day two years before the end, against what the same people had met in each quarter after it."""
    follow = 8  # quarters
    end = synth.Constants().end
    cases: list[tuple[float, float, int, bool]] = []
    for seed in (1, 2, 3):
        with dualtrack.Data(organisation(350, 72, seed)) as data:

            def paths(months_ago: int, history: int, horizon: int = 6) -> dict[tuple[str, str], dict[str, Any]]:
                policy = {
                    "version": 1,
                    "as_of": str(before(end, months_ago)),
                    "paths": {"history_months": history, "horizon_months": horizon},
                }
                rows: Rows = dualtrack.run(data, "paths", policy)["paths"].to_dicts()
                return {(row["person_id"], row["track"]): row for row in rows}

            now = paths(3 * follow, 24)
            later = [paths(3 * follow - 3 * quarter, 0) for quarter in range(1, follow + 1)]
        for key, row in now.items():
            if row["status"] != "gaps" or not row["n_similar"]:
                continue
            seen, met = 0, False
            for then in (quarter.get(key) for quarter in later):
                if met or then is None or then["eligible"] is None or then["level_next"] != row["level_next"]:
                    break
                seen, met = seen + 1, bool(then["eligible"])
            cases.append((row["probability_within_horizon"], row["months_low"] or 999.0, seen, met))
    assert len(cases) > 500
    said = sum(case[0] for case in cases) / len(cases)
    seen_closed = closed_by([(seen, met) for _, _, seen, met in cases], 2)
    assert said == pytest.approx(seen_closed, abs=0.05), "P(every gap closes within six months)"
    likely = [(seen, met) for probability, _, seen, met in cases if probability >= 0.35]
    unlikely = [(seen, met) for probability, _, seen, met in cases if probability < 0.1]
    assert closed_by(likely, 2) > 0.25
    assert closed_by(unlikely, 2) < 0.12
    # the lower end of an 80 % interval: one in ten is ready before it
    early = sum(1 for _, low, seen, met in cases if met and 3 * seen <= low)
    watched = sum(1 for _, low, seen, met in cases if met or 3 * seen >= low)
    assert early / watched < 0.15


def test_retention_serves_everybody_passed_over(tables: dict[str, Any]) -> None:
    result = dualtrack.run(tables, "retention")
    rows = result["retention"].to_dicts()
    actions = result["actions"].to_dicts()
    assert any(row["passed_over"] == "yes" for row in rows)
    minutes: dict[str, float] = {}
    for action in actions:
        minutes[action["person_id"]] = minutes.get(action["person_id"], 0.0) + action["minutes_week"]
        assert action["start"] < action["review"]
    for row in rows:
        assert minutes.get(row["person_id"], 0.0) == pytest.approx(row["minutes_week"])
        assert row["minutes_week"] <= row["capacity_minutes_week"]
        assert 0 < row["base_probability_12m"] <= row["mitigated_probability_12m"] <= row["probability_exit_12m"] < 1
        assert row["plan"].startswith("Recommended: ")
    points = result["talking_points"].to_dicts()
    assert len(points) == 6 * len(rows)
    considered = {row["person_id"] for row in rows if row["may_be_considered"]}
    said = {point["person_id"] for point in points if "we will consider you" in point["text"]}
    assert said == considered


def test_the_page_shows_both_ladders_and_the_plans(tables: dict[str, Any]) -> None:
    for package in ("altair", "vl_convert", "jinja2"):
        need(package)
    from dualtrack import overview, report, sources, summary

    made = overview.make(sources.Tables("made", tables, []), dualtrack.Policy())
    page = report.html(made)
    for text in ("Two ladders", "Principal Client Manager", "People who were passed over", "Pay in the open"):
        assert text in page
    text = summary.text(made)
    assert "Paths, expert track:" in text and "Passed over in the last year" in text


# ---- a published ladder

SMALL = """
name: Small  # comment
levels:
  - id: one
    name: One
  - id: two-ic
    name: Two (expert)
  - id: two-pm
    name: "Two: leads"
themes:
- id: leadership
  name: Leadership
- id: technical
  name: Technical
competencies:
  - id: a
    level: two-pm
    theme: leadership
    summary: |
      Leads: with words
      over two lines
    proficiency: Expert
  - {id: b}
"""


def test_a_ladder_file_is_read_by_a_documented_mapping(tmp_path: Path) -> None:
    path = tmp_path / "small.yml"
    path.write_text(SMALL.replace("  - {id: b}\n", ""))
    family = ladder.read(path)
    assert family["competencies"][0]["summary"] == "Leads: with words over two lines"
    assert ladder.left_out(family) == ["Technical"]
    made = ladder.ladder_of(family)
    assert made["entry"]["title"] == "One"
    assert made["tracks"]["expert"] == [{"title": "Two (expert)", "points": 100, "requirements": []}]
    assert made["tracks"]["management"][0]["title"] == "Two: leads"
    assert made["tracks"]["management"][0]["requirements"] == [{"measure": "develops_others", "at_least": 1.0}]
    dualtrack.Policy({"version": 1, "paths": {"ladder": made}})
    assert family["name"] == "Small"
    path.write_text(SMALL)
    with pytest.raises(ImportFault, match="expected plain text"):
        ladder.read(path)
    path.write_text("levels:\n  - id: one\n    name: One\n")
    with pytest.raises(ImportFault, match="two levels"):
        ladder.policy_of(path)


def renamed(table: Any, old: str, new: str) -> Any:
    import pyarrow.compute

    roles = pyarrow.compute.replace_substring(table["role"].cast("string"), old, new)
    return table.set_column(table.schema.get_field_index("role"), "role", roles)


@pytest.mark.parametrize("name", ["ft_engineering.yml", "ft_engineering-v1.yml", "ft_operations.yml"])
def test_the_financial_times_ladder_loads(name: str, tables: dict[str, Any]) -> None:
    path = shared_data() / "career_ladders" / name
    if not path.exists():
        pytest.skip("the data set career_ladders is not here")
    policy = ladder.policy_of(path)
    levels = policy["paths"]["ladder"]["tracks"]
    entry = policy["paths"]["ladder"]["entry"]["title"]
    assert all(level["requirements"] for level in levels["expert"])
    engineers = {
        **tables,
        **{name: renamed(tables[name], "Account Executive", entry) for name in ("people", "assignments")},
    }
    result = dualtrack.run(engineers, "paths", policy)
    rows = result["paths"].to_dicts()
    assert {row["level_now"] for row in rows} == {entry}
    found = {row["code"] for row in result["ladder_findings"].to_dicts()}
    if name == "ft_engineering.yml":
        assert [level["points"] for level in levels["expert"]] == [100, 200]
        assert [level["points"] for level in levels["management"]] == [100, 200, 300]
        assert "ladder.management_only_way_up" in found, "above the principal engineer there is only the director"
    else:
        assert levels["management"] == []
    assert dualtrack.Policy(policy).to_dict()["paths"]["ladder"] == policy["paths"]["ladder"]
