"""A panel that is kept between runs: what it solves to is what all rows at once give, to the byte."""

from __future__ import annotations

import datetime as dt_
import json
import math
import pickle
import random

import dualtrack as dt
import pytest


def year(periods: int = 8, sellers: int = 14) -> dict[str, list[object]]:
    draw = random.Random(7)
    out: dict[str, list[object]] = {"unit_id": [], "group_id": [], "period": [], "value": []}
    for month in range(periods):
        for seller in range(sellers):
            if draw.random() < 0.1:
                continue
            manager = (seller + (month + 3 * seller) // 4) % 4
            out["unit_id"].append(f"s{seller:02}")
            out["group_id"].append(f"m{manager}")
            out["period"].append(month)
            out["value"].append(3 + 0.1 * seller + 0.3 * manager + draw.gauss(0, 0.3))
    return out


def only(panel: dict[str, list[object]], keep: list[int]) -> dict[str, list[object]]:
    return {name: [values[i] for i in keep] for name, values in panel.items()}


def month(panel: dict[str, list[object]], period: object) -> dict[str, list[object]]:
    return only(panel, [i for i, p in enumerate(panel["period"]) if p == period])


def everything(result: dt.Result) -> dict[str, str]:
    return {name: table.to_json() for name, table in result.items()}


def test_months_one_by_one_are_all_rows_at_once_under_any_policy() -> None:
    panel = year()
    with dt.ValueAdded() as state, dt.Data({"panel": panel}) as data:
        for period in (1, 2, 0, 3, 5, 4, 7, 6):  # months may come late
            state.append(month(panel, period))
        for policy in (None, {"version": 1, "value_added": {"outcome": "log", "prior": "exchangeable"}}):
            assert everything(state.solve(policy)) == everything(dt.run(data, "value_added", policy))
        assert state.solve().analysis == "value_added"
        record = state.solve().record["core"]
        assert record["input_hash_set"] == dt.run(data, "value_added").record["core"]["input_hash_set"]
        assert len(record["inputs"]) == 1


def test_periods_may_be_dates_and_then_all_are() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    panel = year()
    panel["period"] = [dt_.date(2024, 1 + p, 1) for p in panel["period"]]  # type: ignore[operator]
    state = dt.ValueAdded()
    state.append(pyarrow.table(month(panel, dt_.date(2024, 1, 1))))
    rest = [i for i, p in enumerate(panel["period"]) if p != dt_.date(2024, 1, 1)]
    state.append(pyarrow.table(only(panel, rest)))
    assert everything(state.solve()) == everything(dt.run({"panel": pyarrow.table(panel)}, "value_added"))
    with pytest.raises(dt.Error, match="expected periods that are dates") as caught:
        state.append({"unit_id": ["a"], "group_id": ["b"], "period": [3], "value": [1.0]})
    assert caught.value.code == "data.range"


def test_periods_may_become_dates_once_all_numbers_are_gone() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    panel = year()
    dates = {**panel, "period": [dt_.date(2024, 1 + p, 1) for p in panel["period"]]}  # type: ignore[operator]
    state = dt.ValueAdded()
    state.append(panel)
    state.remove(panel)
    assert state.save() == dt.ValueAdded().save()
    again = dt.ValueAdded.load(state.save())
    for each in (state, again):
        each.append(pyarrow.table(dates))
    assert state.save() == again.save()
    assert everything(state.solve()) == everything(dt.run({"panel": pyarrow.table(dates)}, "value_added"))


def test_a_row_of_a_seller_under_themselves_is_named_by_seller_and_date() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    state = dt.ValueAdded()
    for unit, group in (("a", "m"), ("b", "b"), ("c", "m")):
        day = [dt_.date(2024, 3, 1), dt_.date(2024, 4, 1)]
        table = {"unit_id": [unit] * 2, "group_id": ["m", group], "period": day, "value": [1.0, 2.0]}
        state.append(pyarrow.table(table))
    with pytest.raises(dt.Error, match='in the row of seller "b" in period 2024-04-01') as caught:
        state.solve()
    assert caught.value.code == "data.own_rows"
    state.solve({"version": 1, "value_added": {"own_rows": "drop"}})


def test_a_month_comes_as_rows_columns_or_json() -> None:
    panel = year(3)
    state = dt.ValueAdded()
    state.append(month(panel, 0))
    second = month(panel, 1)
    state.append([dict(zip(second, row)) for row in zip(*second.values())])
    third = month(panel, 2)
    state.append(json.dumps([dict(zip(third, row)) for row in zip(*third.values())]))
    assert everything(state.solve()) == everything(dt.run({"panel": panel}, "value_added"))


def test_corrections_and_removals_leave_no_trace() -> None:
    panel = year()
    wrong = {name: list(values) for name, values in panel.items()}
    wrong["value"][5] = 99.0
    state, fresh = dt.ValueAdded(), dt.ValueAdded()
    state.append(wrong)
    state.append({"unit_id": ["guest"], "group_id": ["m9"], "period": [3], "value": [1.0]})
    state.correct(only(panel, [5]))
    state.remove({"unit_id": ["guest"], "group_id": ["m9"], "period": [3], "value": [1.0]})
    fresh.append(panel)
    assert state.save() == fresh.save()
    assert everything(state.solve()) == everything(dt.run({"panel": panel}, "value_added"))


def test_bytes_come_back_and_a_pickle_too() -> None:
    panel = year()
    state = dt.ValueAdded()
    state.append(month(panel, 0))
    saved = state.save()
    again = dt.ValueAdded.load(saved)
    assert again.save() == saved
    other = pickle.loads(pickle.dumps(again))
    for period in range(1, 8):
        again.append(month(panel, period))
        other.append(month(panel, period))
    assert again.save() == other.save()
    assert everything(again.solve()) == everything(dt.run({"panel": panel}, "value_added"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda b: b"", "state.foreign"),
        (lambda b: b"a spreadsheet", "state.foreign"),
        (lambda b: b[: len(b) // 2], "state.damaged"),
        (lambda b: b[:-1], "state.damaged"),
        (lambda b: b[:100] + bytes([b[100] ^ 4]) + b[101:], "state.damaged"),
    ],
)
def test_bytes_that_are_not_a_panel_are_refused(change: object, code: str) -> None:
    state = dt.ValueAdded()
    state.append(year())
    with pytest.raises(dt.Error) as caught:
        dt.ValueAdded.load(change(state.save()))  # type: ignore[operator]
    assert caught.value.code == code


def test_what_cannot_be_kept_is_refused_and_changes_nothing() -> None:
    panel = year()
    state = dt.ValueAdded()
    state.append(panel)
    saved = state.save()
    row = {"unit_id": ["new"], "group_id": ["m0"], "period": [3], "value": [1.0]}
    for call, table, code in [
        (state.append, only(panel, [3]), "data.duplicate_id"),
        (state.correct, row, "data.unknown_row"),
        (state.remove, row, "data.unknown_row"),
        (state.append, {**row, "weight": [2.0]}, "argument.unknown_option"),
        (state.append, {**row, "x_tenure": [2.0]}, "argument.unknown_option"),
        (state.append, {**row, "value": [math.nan]}, "data.nan"),
        (state.append, {**row, "value": [1.1e100]}, "data.range"),
        (state.append, {**row, "unit_id": [""]}, "data.range"),
        (
            state.append,
            {"grp_id" if name == "group_id" else name: v for name, v in row.items()},
            "schema.missing_column",
        ),
    ]:
        with pytest.raises(dt.Error) as caught:
            call(table)
        assert caught.value.code == code, table
    with pytest.raises(dt.Error):
        state.append(17)
    assert state.save() == saved


def test_a_closed_panel_says_so_and_its_results_stay() -> None:
    panel = year()
    state = dt.ValueAdded()
    state.append(panel)
    result = state.solve()
    state.close()
    state.close()
    assert len(result["value_added"]) == 4
    with pytest.raises(ValueError, match="the panel is closed"):
        state.append(panel)
    assert repr(state) == "<dualtrack.ValueAdded (closed)>"


def test_a_solve_can_be_cancelled_and_reports_its_progress() -> None:
    state, token = dt.ValueAdded(), dt.Cancel()
    state.append(year())
    token.request()
    with pytest.raises(dt.Error) as caught:
        state.solve(cancel=token)
    assert caught.value.status is dt.Status.CANCELLED
    shares: list[float] = []
    state.solve(progress=lambda done, stage: shares.append(done))
    assert shares == sorted(shares)
