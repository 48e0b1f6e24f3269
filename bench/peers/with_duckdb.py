"""The comparison's tables by DuckDB: the credits of decided deals as a table in memory, then aggregates of it.

Faster of those tried: a view instead of the table, counting people on a deal by a window function.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

# Credits of the deals decided in the year, each with the number of other people on the deal.
CREDITED = """
create temp table credited as
with decided as (
    select deal_id, amount, closed, opened, outcome = 'won' as won
    from deals
    where outcome in ('won', 'lost') and closed >= date '2025-01-01' and closed < date '2026-01-01'
)
select person_id, won, closed, closed - opened as days, case when won then amount * share else 0 end as credit, others
from credits join decided using (deal_id) join ({people_on}) using (deal_id)
"""

# Every share is another person's.
SHARING = "select deal_id, count(*) - 1 as others from credits group by deal_id"

# With participants: other people are counted once each, whether credited or taking part.
SHARING_OR_TAKING_PART = """
select deal_id, count(distinct person_id) - 1 as others
from (
    select deal_id, person_id from credits
    union all
    select deal_id, person_id from participants where part in ('seller', 'specialist', 'mentor')
)
group by deal_id
"""

SELLERS = """
with sold as (
    select person_id,
           sum(credit) as won_amount,
           count(*) filter (where won) as won_count,
           count(*) filter (where not won) as lost_count,
           median(days) filter (where won) as cycle_days_median,
           max(credit) filter (where won) as largest,
           avg(others) filter (where won) as collaborators_mean,
           max(others) = 0 as lone_wolf
    from credited group by person_id
),
expected as (
    select q.person_id,
           sum(q.amount * greatest(0, least(q."end", date '2026-01-01', coalesce(p."left", date '2026-01-01'))
                                      - greatest(q.start, date '2025-01-01')) / (q."end" - q.start)) as quota
    from quotas q join people p using (person_id) group by q.person_id
),
months as (
    select month::date as start, (month + interval 1 month)::date as "end"
    from range(timestamp '2025-01-01', timestamp '2026-01-01', interval 1 month) t(month)
),
present as (
    select person_id, sum((least(coalesce(p."left", date '9999-12-31'), m."end") - greatest(p.hired, m.start))
                          / (m."end" - m.start)) as months_active
    from people p join months m on p.hired < m."end" and coalesce(p."left", date '9999-12-31') > m.start
    group by person_id
),
last_manager as (
    select p.person_id, a.manager_id
    from people p join assignments a
      on a.person_id = p.person_id and a.start <= least(date '2025-12-31', coalesce(p."left" - 1, date '2025-12-31'))
     and coalesce(a."end", date '9999-12-31') > least(date '2025-12-31', coalesce(p."left" - 1, date '2025-12-31'))
),
joined as (
    select person_id, last_manager.manager_id, market, round(coalesce(won_amount, 0), 2) as won_amount,
           coalesce(won_count, 0) as won_count, coalesce(lost_count, 0) as lost_count,
           won_count / (won_count + lost_count) as win_rate, round(quota, 2) as quota,
           coalesce(won_amount, 0) / quota as attainment, cycle_days_median, months_active,
           ln(1 + coalesce(won_amount, 0) / months_active) as log_sales,
           largest / won_amount as largest_deal_share, collaborators_mean, lone_wolf
    from expected join people using (person_id) join present using (person_id) join last_manager using (person_id)
         left join sold using (person_id)
)
select person_id, manager_id, market, won_amount, won_count, lost_count, win_rate, quota, attainment, cycle_days_median,
       months_active, log_sales - avg(log_sales) over (partition by market) as log_relative_sales, largest_deal_share,
       collaborators_mean, lone_wolf,
       case when manager_id is not null
            then rank() over (partition by manager_id order by won_amount desc) end as rank_in_team
from joined order by person_id
"""

TEAMS = """
with quarters as (
    select start::date as start, (start + interval 3 month)::date as "end"
    from range(timestamp '2025-01-01', timestamp '2026-01-01', interval 3 month) t(start)
),
lines as (
    select a.person_id, a.manager_id, q.start as period, q."end" as period_end,
           greatest(a.start, p.hired, q.start) as "from",
           least(coalesce(a."end", date '9999-12-31'), coalesce(p."left", date '9999-12-31'), q."end") as until
    from assignments a join people p using (person_id)
         join quarters q on a.start < q."end" and coalesce(a."end", date '9999-12-31') > q.start
    where a.manager_id is not null
),
reports as (
    select manager_id, period, count(distinct person_id) as n_reports
    from lines where "from" < until group by all
),
expected as (
    select l.manager_id, l.period,
           sum(q.amount * greatest(0, least(q."end", l.until) - greatest(q.start, l."from")) / (q."end" - q.start)) as quota
    from lines l join quotas q on q.person_id = l.person_id and q.start < l.period_end and q."end" > l.period
    group by all
),
brought as (
    select a.manager_id, date_trunc('quarter', c.closed)::date as period, sum(c.credit) as amount
    from credited c join assignments a
      on a.person_id = c.person_id and c.closed >= a.start and (a."end" is null or c.closed < a."end")
    where c.won and a.manager_id is not null
    group by all
),
own as (
    select person_id as manager_id, date_trunc('quarter', closed)::date as period, sum(credit) as own_amount
    from credited where won and person_id in (select manager_id from reports) group by all
)
select manager_id, period as start, (period + interval 3 month)::date as "end", coalesce(n_reports, 0) as n_reports, round(coalesce(amount, 0), 2) as amount,
       round(coalesce(own_amount, 0), 2) as own_amount, case when quota > 0 then round(quota, 2) end as quota,
       case when quota > 0 then coalesce(amount, 0) / quota end as attainment
from reports full join brought using (manager_id, period) left join expected using (manager_id, period)
     left join own using (manager_id, period)
order by manager_id, start
"""


def prepare(tables: dict[str, pa.Table], threads: int) -> dict[str, pa.Table]:
    return tables


def run(tables: dict[str, pa.Table], threads: int) -> tuple[pa.Table, pa.Table]:
    database = duckdb.connect(":memory:", config={"threads": threads, "preserve_insertion_order": False})
    for name, table in tables.items():
        database.register(name, table)
    database.execute(CREDITED.format(people_on=SHARING_OR_TAKING_PART if "participants" in tables else SHARING))
    sellers = database.sql(SELLERS).to_arrow_table()
    teams = database.sql(TEAMS).to_arrow_table()
    database.close()
    return sellers, teams


def version() -> str:
    return duckdb.__version__
