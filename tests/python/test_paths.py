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


def rated_every_half_year(made: dict[str, Any], seed: int) -> dict[str, Any]:
    """The organisation with a round of ratings each half-year, of what is true of people and wanders a little with time."""
    import numpy as np
    import pyarrow as pa

    random = np.random.default_rng(seed)
    people = made["people"].to_pylist()
    true: dict[str, dict[str, float]] = {row["person_id"]: {} for row in people}
    for row in made["truth/constructs"].to_pylist():
        true[row["person_id"]][row["construct"]] = row["z"]
    boss: dict[str, list[tuple[dt.date, dt.date, str]]] = {}
    for row in made["assignments"].to_pylist():
        if row["manager_id"]:
            boss.setdefault(row["person_id"], []).append((row["start"], row["end"] or dt.date.max, row["manager_id"]))
    columns: dict[str, list[Any]] = {name: [] for name in made["ratings"].column_names}
    first = min(row["opened"] for row in made["deals"].select(["opened"]).to_pylist() if row["opened"])
    day = first + dt.timedelta(120)
    while day < synth.Constants().end:
        there = [
            r["person_id"] for r in people if r["hired"] <= day - dt.timedelta(60) and (r["left"] or dt.date.max) > day
        ]
        for person in there:
            manager = next((m for start, end, m in boss.get(person, []) if start <= day < end), None)
            peers = [there[int(k)] for k in random.integers(0, len(there), 2)]
            for rater, source, reliability in [(manager, "manager", 0.52), *((p, "peer", 0.37) for p in peers)]:
                if rater is None or rater == person:
                    continue
                for construct, z in true[person].items():
                    noise = random.standard_normal()
                    x = (0.65 * reliability) ** 0.5 * z + (1 - 0.65 * reliability) ** 0.5 * noise
                    columns["score"].append(round(min(5.0, max(1.0, 3 + 0.7 * x)), 1))
                    columns["person_id"].append(person)
                    columns["rater_id"].append(rater)
                    columns["source"].append(source)
                    columns["competency"].append(construct)
        n = len(columns["score"]) - len(columns["date"])
        columns["date"] += [day] * n
        for person in there:
            for construct in true[person]:
                true[person][construct] = 0.95 * true[person][construct] + 0.31 * random.standard_normal()
        day += dt.timedelta(182)
    columns["scale_min"] = [1.0] * len(columns["score"])
    columns["scale_max"] = [5.0] * len(columns["score"])
    out = {name: table for name, table in made.items() if not name.startswith("truth/")}
    out["ratings"] = pa.table(columns, schema=made["ratings"].schema)
    return out


Case = tuple[dict[int, float], float, int, bool]  # said by horizon; low; quarters seen; closed


def followed(tables: dict[str, Any], track: str) -> list[Case]:
    """What was said two years before the end, and what the same people had met in each quarter after it."""
    follow = 8  # quarters
    end = synth.Constants().end
    cases: list[Case] = []
    with dualtrack.Data(tables) as data:

        def paths(months_ago: int, history: int, horizon: int = 6) -> dict[str, dict[str, Any]]:
            policy = {
                "version": 1,
                "as_of": str(before(end, months_ago)),
                "paths": {"history_months": history, "horizon_months": horizon},
            }
            rows: Rows = dualtrack.run(data, "paths", policy)["paths"].to_dicts()
            return {row["person_id"]: row for row in rows if row["track"] == track}

        now = {horizon: paths(3 * follow, 24, horizon) for horizon in (6, 12, 24)}
        later = [paths(3 * follow - 3 * quarter, 0) for quarter in range(1, follow + 1)]
    for person, row in now[6].items():
        if row["status"] != "gaps" or not row["n_similar"]:
            continue
        seen, met = 0, False
        for then in (quarter.get(person) for quarter in later):
            if met or then is None or then["eligible"] is None or then["level_next"] != row["level_next"]:
                break
            seen, met = seen + 1, bool(then["eligible"])
        said = {horizon: now[horizon][person]["probability_within_horizon"] for horizon in now}
        cases.append((said, row["months_low"] or 999.0, seen, met))
    return cases


@pytest.fixture(scope="module")
def expert_cases() -> list[Case]:
    return [case for seed in (1, 2, 3) for case in followed(organisation(350, 72, seed), "expert")]


@pytest.fixture(scope="module")
def management_cases() -> list[Case]:
    return [
        case
        for seed in (4, 5)
        for case in followed(rated_every_half_year(synth.organisation(350, 90, seed), seed), "management")
    ]


@pytest.mark.parametrize("track", ["expert", "management"])
@pytest.mark.parametrize("months", [6, 12, 24])
def test_months_to_ready_come_true_as_often_as_they_say(
    track: str, months: int, request: pytest.FixtureRequest
) -> None:
    cases: list[Case] = request.getfixturevalue(f"{track}_cases")
    assert len(cases) > 300
    outcomes = [(seen, met) for _, _, seen, met in cases]
    said = sum(case[0][months] for case in cases) / len(cases)
    print(f"{track}, {months} months: said {said:.3f}, seen {closed_by(outcomes, months // 3):.3f}, n {len(cases)}")
    assert said == pytest.approx(closed_by(outcomes, months // 3), abs=0.05)
    order = sorted(cases, key=lambda case: case[0][months])
    third = len(order) // 3
    lowest, highest = order[:third], order[-third:]
    seen_low, seen_high = (
        closed_by([(seen, met) for _, _, seen, met in part], months // 3) for part in (lowest, highest)
    )
    said_low, said_high = (sum(case[0][months] for case in part) / third for part in (lowest, highest))
    print(
        f"  lowest third said {said_low:.3f}, seen {seen_low:.3f}; highest said {said_high:.3f}, seen {seen_high:.3f}"
    )
    assert seen_high > seen_low + 0.5 * (said_high - said_low), "who is said to be nearer is nearer"


@pytest.mark.parametrize("track", ["expert", "management"])
def test_the_lower_end_of_months_to_ready_holds_as_often_as_it_says(track: str, request: pytest.FixtureRequest) -> None:
    cases: list[Case] = request.getfixturevalue(f"{track}_cases")
    # the lower end of an 80 % interval: one in ten is ready before it; judged of those whose lower end lies within the
    # two years that can be seen (of the others only the early ones would count)
    cases = [case for case in cases if case[1] <= 24]
    assert len(cases) > 100
    early = sum(1 for _, low, seen, met in cases if met and 3 * seen <= low)
    watched = sum(1 for _, low, seen, met in cases if met or 3 * seen >= low)
    print(f"{track}: {early / watched:.3f} are ready before the lower end")
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
