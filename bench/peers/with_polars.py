"""The comparison's tables by Polars: lazy plans over the credits of decided deals, which are worked out once.

Faster of those tried: in one plan, with the streaming engine, counting people on a deal by group and join.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pyarrow as pa
from polars import col, lit

START, END, FOREVER = date(2025, 1, 1), date(2026, 1, 1), date(9999, 12, 31)
MONTHS = [date(2025, month, 1) for month in range(1, 13)] + [END]
DECIDED = (col("outcome") != "open") & (col("closed") >= START) & (col("closed") < END)


def prepare(tables: dict[str, pa.Table], threads: int) -> dict[str, pl.DataFrame]:
    """Frames in memory as Polars keeps them; turning Arrow into them is not timed."""
    return {name: pl.from_arrow(table, rechunk=True) for name, table in tables.items()}


def _days(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    return (later - earlier).dt.total_days()


def _overlap(left_start: pl.Expr, left_end: pl.Expr, right_start: pl.Expr, right_end: pl.Expr) -> pl.Expr:
    days = _days(pl.min_horizontal(left_end, right_end), pl.max_horizontal(left_start, right_start))
    return pl.max_horizontal(days, lit(0))


def _credited(frames: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    decided = frames["deals"].filter(DECIDED).select(
        "deal_id", "amount", "closed", won=col("outcome") == "won", days=_days(col("closed"), col("opened"))
    )
    credits = frames["credits"]
    if "participants" not in frames:
        others = pl.len().over("deal_id") - 1
    else:
        others = col("others")
        taking_part = frames["participants"].filter(col("part").is_in(["seller", "specialist", "mentor"]))
        people_on = (
            pl.concat([credits.select("deal_id", "person_id"), taking_part.select("deal_id", "person_id")])
            .group_by("deal_id")
            .agg(others=col("person_id").n_unique() - 1)
        )
        decided = decided.join(people_on, on="deal_id")
    return credits.join(decided, on="deal_id").select(
        "person_id", "closed", "won", "days", others=others,
        credit=pl.when("won").then(col("amount") * col("share")).otherwise(0.0),
    )


def _sellers(frames: dict[str, pl.LazyFrame], credited: pl.LazyFrame) -> pl.LazyFrame:
    people = frames["people"]
    won = col("won")
    sold = credited.group_by("person_id").agg(
        won_amount=col("credit").sum(),
        won_count=won.sum(),
        lost_count=won.not_().sum(),
        cycle_days_median=col("days").filter(won).median(),
        largest=col("credit").max(),
        collaborators_mean=col("others").filter(won).mean(),
        lone_wolf=col("others").max() == 0,
    )
    until = col("left").fill_null(END)
    expected = (
        frames["quotas"]
        .join(people.select("person_id", "left"), on="person_id")
        .group_by("person_id")
        .agg(
            quota=(
                col("amount") * _overlap(col("start"), col("end"), lit(START), pl.min_horizontal(until, lit(END)))
                / _days(col("end"), col("start"))
            ).sum()
        )
    )
    months_active = pl.sum_horizontal(
        _overlap(col("hired"), col("left").fill_null(FOREVER), lit(MONTHS[i]), lit(MONTHS[i + 1]))
        / (MONTHS[i + 1] - MONTHS[i]).days
        for i in range(12)
    )
    last_day = pl.min_horizontal(lit(date(2025, 12, 31)), (col("left") - pl.duration(days=1)).fill_null(END))
    last_manager = (
        people.select("person_id", last_day=last_day)
        .join(frames["assignments"], on="person_id")
        .filter((col("start") <= col("last_day")) & (col("end").fill_null(FOREVER) > col("last_day")))
        .select("person_id", "manager_id")
    )
    amount = col("won_amount").fill_null(0.0)
    log_sales = (amount / col("months_active")).log1p()
    return (
        expected.join(people.select("person_id", "market", months_active=months_active), on="person_id")
        .join(last_manager, on="person_id")
        .join(sold, on="person_id", how="left")
        .select(
            "person_id", "manager_id", "market", "cycle_days_median", "months_active", "collaborators_mean", "lone_wolf",
            won_amount=amount.round(2),
            won_count=col("won_count").fill_null(0),
            lost_count=col("lost_count").fill_null(0),
            win_rate=col("won_count") / (col("won_count") + col("lost_count")),
            quota=col("quota").round(2),
            attainment=amount / col("quota"),
            log_relative_sales=log_sales - log_sales.mean().over("market"),
            largest_deal_share=col("largest") / col("won_amount"),
        )
        .with_columns(
            rank_in_team=pl.when(col("manager_id").is_not_null()).then(
                col("won_amount").rank("min", descending=True).over("manager_id")
            )
        )
        .sort("person_id")
    )


def _teams(frames: dict[str, pl.LazyFrame], credited: pl.LazyFrame) -> pl.LazyFrame:
    people, assignments, quotas = frames["people"], frames["assignments"], frames["quotas"]
    quarters = pl.LazyFrame({"period": MONTHS[:12:3], "period_end": MONTHS[3::3]})
    lines = (
        assignments.filter(col("manager_id").is_not_null())
        .join(people.select("person_id", "hired", "left"), on="person_id")
        .join(quarters, how="cross")
        .with_columns(
            begin=pl.max_horizontal("start", "hired", "period"),
            until=pl.min_horizontal(col("end").fill_null(FOREVER), col("left").fill_null(FOREVER), "period_end"),
        )
        .filter(col("begin") < col("until"))
        .select("person_id", "manager_id", "period", "period_end", "begin", "until")
    )
    reports = lines.group_by("manager_id", "period").agg(n_reports=col("person_id").n_unique())
    expected = (
        lines.join(quotas, on="person_id")
        .filter((col("start") < col("until")) & (col("end") > col("begin")))
        .group_by("manager_id", "period")
        .agg(
            quota=(
                col("amount") * _overlap(col("start"), col("end"), col("begin"), col("until"))
                / _days(col("end"), col("start"))
            ).sum()
        )
    )
    won = credited.filter(col("won"))
    brought = (
        won.join(assignments.filter(col("manager_id").is_not_null()), on="person_id")
        .filter((col("closed") >= col("start")) & (col("end").is_null() | (col("closed") < col("end"))))
        .group_by("manager_id", period=col("closed").dt.truncate("1q"))
        .agg(amount=col("credit").sum())
    )
    own = (
        won.join(reports.select(person_id="manager_id").unique(), on="person_id", how="semi")
        .group_by(manager_id="person_id", period=col("closed").dt.truncate("1q"))
        .agg(own_amount=col("credit").sum())
    )
    quota, amount = col("quota"), col("amount").fill_null(0.0)
    return (
        reports.join(brought, on=["manager_id", "period"], how="full", coalesce=True)
        .join(expected, on=["manager_id", "period"], how="left")
        .join(own, on=["manager_id", "period"], how="left")
        .select(
            "manager_id",
            start="period",
            end=col("period").dt.offset_by("1q"),
            n_reports=col("n_reports").fill_null(0),
            amount=amount.round(2),
            own_amount=col("own_amount").fill_null(0.0).round(2),
            quota=pl.when(quota > 0).then(quota.round(2)),
            attainment=pl.when(quota > 0).then(amount / quota),
        )
        .sort("manager_id", "start")
    )


def run(tables: dict[str, pl.DataFrame], threads: int) -> tuple[pa.Table, pa.Table]:
    if pl.thread_pool_size() != threads:
        raise SystemExit(f"expected {threads} threads of Polars, found {pl.thread_pool_size()}")
    frames = {name: frame.lazy() for name, frame in tables.items()}
    credited = _credited(frames).collect().lazy()  # once: kept lazy, both results would work it out again
    sellers, teams = pl.collect_all([_sellers(frames, credited), _teams(frames, credited)])
    return sellers.to_arrow(), teams.to_arrow()


def version() -> str:
    return pl.__version__
