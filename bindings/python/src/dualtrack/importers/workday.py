"""Workday reports (worker, position and organisation history) to the data contract.

* worker_history -> people: the latest row of a worker. Workday's termination date is the last day of work, so the
  first day not employed (`left`) is the day after. Involuntary ends are dismissals, voluntary ones resignations.
* worker_position_history (primary positions) x worker_position_organization_history x organization -> assignments:
  cut where the position's data take effect or the supervisory organisation changes; the manager is the
  organisation's, or the one above for whoever manages it. The site is the market.
* worker_history's yearly base pay -> pay, a row from each date it took effect.
* position -> vacancies: open positions, and filled ones by whom.
"""
from __future__ import annotations

from pathlib import Path

from ._export import Export, Tables


def load(src: Path, out: Path) -> dict[str, Path]:
    e = Export(src, ("workday_",))
    db = e.db
    e.view("worker_history", "id:s hire_date:d termination_date:d", "_fivetran_start:t _fivetran_active:b "
           "_fivetran_deleted:b termination_involuntary:b primary_termination_category:s "
           "annual_summary_total_base_pay:f annual_summary_currency:s compensation_effective_date:d")
    e.view("worker_position_history", "worker_id:s position_id:s start_date:d end_date:d",
           "effective_date:d business_title:s business_site_summary_name:s is_primary_job:b _fivetran_start:t "
           "_fivetran_deleted:b")
    e.view("worker_position_organization_history", "worker_id:s position_id:s organization_id:s",
           "_fivetran_start:t", required=False)
    e.view("organization", "id:s name:s manager_id:s", "superior_organization_id:s type:s _fivetran_deleted:b")
    e.view("position", "id:s", "job_posting_title:s supervisory_organization_id:s availability_date:d closed:b "
           "available_for_hire:b worker_for_filled_position_id:s _fivetran_deleted:b", required=False)
    e.view("person_name", "personal_info_system_id:s", "first_name:s last_name:s type:s", required=False)

    db.execute("""create temp table worker as
        select id, arg_max(hire_date, order_key) as hire_date, arg_max(termination_date, order_key) as last_day,
               arg_max(termination_involuntary, order_key) as involuntary,
               arg_max(primary_termination_category, order_key) as category
        from (select *, {'a': coalesce(_fivetran_active, true), 's': coalesce(_fivetran_start, timestamp '1900-01-01')}
        as order_key from worker_history where not coalesce(_fivetran_deleted, false)) group by id""")
    # arg_max skips missing values: someone rehired has an earlier end, which no longer holds
    db.execute("update worker set last_day = null where last_day < hire_date")

    db.execute("""create temp table supervised as
        select h.worker_id, h.position_id, coalesce(h._fivetran_start::date, date '1900-01-01') as start,
               case when o.manager_id = h.worker_id then s.manager_id else o.manager_id end as manager_id, o.name as
               team from worker_position_organization_history h join organization o on o.id = h.organization_id
        left join organization s on s.id = o.superior_organization_id
        where coalesce(o.type, 'SUPERVISORY') ilike 'supervisory' and not coalesce(o._fivetran_deleted, false)
        qualify row_number() over (partition by h.worker_id, h.position_id, coalesce(h._fivetran_start::date,
                                   date '1900-01-01') order by h._fivetran_start desc, o.id) = 1""")
    db.execute("""create temp table stay as
        with piece as (
            select worker_id, position_id, coalesce(effective_date, start_date) as start, end_date + 1 as until,
                   business_title as role, business_site_summary_name as market, _fivetran_start
            from worker_position_history where coalesce(is_primary_job, true) and not coalesce(_fivetran_deleted, false)
              and coalesce(effective_date, start_date) is not null),
        once as (select * from piece qualify row_number() over (partition by worker_id, start order by _fivetran_start
        desc, position_id) = 1),
        spans as (select * exclude (until), least(coalesce(until, date '9999-12-31'), lead(start, 1, date '9999-12-31')
                  over (partition by worker_id order by start)) as until from once),
        cuts as (select worker_id, position_id, start, until, role, market, start as at from spans union all
                 select s.worker_id, s.position_id, s.start, s.until, s.role, s.market, g.start from spans s join
                 supervised g
                 on g.worker_id = s.worker_id and g.position_id = s.position_id and g.start > s.start and g.start <
                 s.until)
        select c.worker_id, c.at as start, least(c.until, lead(c.at, 1, date '9999-12-31') over (partition by
        c.worker_id order by c.at)) as until, c.role, c.market, g.manager_id, g.team
        from cuts c asof left join supervised g on g.worker_id = c.worker_id and g.position_id = c.position_id
             and c.at >= g.start""")
    # a position whose organisation is only known later belongs to the first one known
    db.execute("""update stay set manager_id = f.manager_id, team = f.team from (select worker_id, arg_min(manager_id,
        start) as
        manager_id, arg_min(team, start) as team from supervised group by worker_id) f
        where stay.worker_id = f.worker_id and stay.team is null""")

    t = Tables(e, out)
    t.write("assignments", """select worker_id as person_id, case when manager_id <> worker_id then manager_id end as
        manager_id,
        start, nullif(least(until, coalesce(w.last_day + 1, date '9999-12-31')), date '9999-12-31') as "end", role,
        team, market
        from stay left join worker w on w.id = worker_id
        where start < least(until, coalesce(w.last_day + 1, date '9999-12-31')) order by worker_id, start""")
    t.write("people", """with now as (select worker_id, arg_max(role, start) as role, arg_max(market, start) as market,
            arg_max(manager_id, start) as manager_id from stay group by worker_id),
        named as (select personal_info_system_id as id, trim(concat_ws(' ', any_value(first_name),
        any_value(last_name))) as
                  name from person_name group by 1),
        known as (select w.id as person_id, nullif(n.name, '') as name, hire_date as hired, last_day + 1 as "left",
               case when last_day is null then null when involuntary then 'dismissed'
                    when category ilike '%involuntary%' then 'dismissed' when category ilike '%voluntary%' then
                    'resigned' when involuntary is not null then 'resigned' else 'other' end as left_reason,
               role, market, nullif(manager_id, w.id) as manager_id
        from worker w left join now on now.worker_id = w.id left join named n on n.id = w.id)
        select * from known union all by name
        select distinct id as person_id from (select manager_id as id from stay union all select worker_id from stay)
        where id is not null and id not in (select id from worker) order by person_id""", keep_empty=True)
    t.write("pay", """with rows as (
            select id, compensation_effective_date as start, annual_summary_total_base_pay as base,
            annual_summary_currency as
                   currency, _fivetran_start from worker_history
            where annual_summary_total_base_pay > 0 and compensation_effective_date is not null
              and not coalesce(_fivetran_deleted, false)),
        once as (select * from rows qualify row_number() over (partition by id, start order by _fivetran_start desc) =
        1),
        spans as (select id, start, least(lead(start, 1, date '9999-12-31') over (partition by id order by start),
                  coalesce((select last_day + 1 from worker w where w.id = once.id), date '9999-12-31')) as until, base,
                  currency from once)
        select id as person_id, start, nullif(until, date '9999-12-31') as "end", base, currency from spans where until
        > start
        order by id, start""")
    t.write("vacancies", """select p.id as vacancy_id, coalesce(job_posting_title, p.id) as role,
        supervisory_organization_id as
        team, availability_date as opens, w.id as filled_by from position p
        left join worker w on w.id = p.worker_for_filled_position_id
        where not coalesce(p._fivetran_deleted, false) and not coalesce(p.closed, false) and availability_date is not
        null and (w.id is not null or coalesce(p.available_for_hire, false)) order by p.id""")
    return dict(sorted(t.paths.items()))
