"""Whether two tools found the same: money to the cent, counts and words exactly, other numbers to 1e-9."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MONEY = {"won_amount", "quota", "amount", "own_amount"}
SELLER_COLUMNS = [
    "person_id", "manager_id", "market", "won_amount", "won_count", "lost_count", "win_rate", "quota", "attainment",
    "cycle_days_median", "months_active", "log_relative_sales", "largest_deal_share", "collaborators_mean", "lone_wolf",
    "rank_in_team",
]
TEAM_COLUMNS = ["manager_id", "start", "end", "n_reports", "amount", "own_amount", "quota", "attainment"]


def _over_quota(table: pa.Table, amount: str) -> pa.Table:
    """With all sales over the quota in the place of attainment: the peers do not work out the days that have a quota."""
    quota = pc.if_else(pc.greater(table["quota"], 0.0), table["quota"], None)
    at = table.column_names.index("attainment")
    return table.set_column(at, "attainment", pc.divide(table[amount], quota))


def tidy(sellers: pa.Table, teams: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The compared columns of those who sell, by id."""
    if "attained_amount" in sellers.column_names:
        sellers, teams = _over_quota(sellers, "won_amount"), _over_quota(teams, "amount")
    if "status" in sellers.column_names:
        sellers = sellers.filter(pc.not_equal(sellers["status"], "not_a_seller"))
    sellers = sellers.select(SELLER_COLUMNS).sort_by("person_id")
    return sellers, teams.select(TEAM_COLUMNS).sort_by([("manager_id", "ascending"), ("start", "ascending")])


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return column.cast(pa.float64()).to_numpy()  # null becomes NaN


def difference(ours: pa.Table, theirs: pa.Table) -> list[str]:
    """What differs, in words; nothing when the tables agree."""
    if ours.num_rows != theirs.num_rows:
        return [f"{ours.num_rows} rows here, {theirs.num_rows} there"]
    found = []
    for name in ours.column_names:
        left, right = ours[name], theirs[name]
        if pa.types.is_floating(left.type) or pa.types.is_integer(left.type):
            a, b = _numbers(left), _numbers(right)
            if name in MONEY:
                a, b = np.round(a * 100.0), np.round(b * 100.0)
            same = (a == b) | (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= 1e-9 * np.maximum(1.0, np.abs(a)))
            if name in MONEY:
                same = (a == b) | (np.isnan(a) & np.isnan(b))
        else:
            kind = left.type if not pa.types.is_dictionary(left.type) else pa.utf8()
            left, right = left.cast(kind), right.cast(kind)
            equal = pc.fill_null(pc.equal(left, right), False)
            same = pc.or_(equal, pc.and_(pc.is_null(left), pc.is_null(right))).to_numpy()
        if not same.all():
            row = int(np.flatnonzero(~same)[0])
            found.append(f"{name}: {int((~same).sum())} rows, the first {left[row]} here and {right[row]} there (row {row})")
    return found
