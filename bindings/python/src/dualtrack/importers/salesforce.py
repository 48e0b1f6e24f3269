"""Salesforce objects (as in the REST API or its usual warehouse loaders) to the data contract.

* opportunity -> deals: opened = created, closed = close date of closed ones, owner = who owned it when it closed
  (from opportunity_history where there is one, so that passing an account on later moves no credit), else the owner
  now.
* user, user_role -> people: the manager is the user's manager, else the only active user whose role is the parent
  role. Users carry no hire date (their creation is when they got access), so `hired` stays empty.
* user_history (same columns with _fivetran_start, _fivetran_end) -> assignments.
* opportunity_split -> credits; opportunity_team_member -> participants; earlier owners take part as sellers.
* task, event on an opportunity -> activities of kind selling.
* Deleted rows are left out. 15-character ids become their 18-character form.
"""
from __future__ import annotations

from pathlib import Path

from ._export import Export, Tables

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def _id_macro(db) -> None:
    """The three characters that make an id safe against loss of case: one per five, one bit per capital letter."""
    def part(first: int) -> str:
        bits = " + ".join(f"(case when substr(x, {first + k}, 1) between 'A' and 'Z' then {2 ** k} else 0 end)"
                          for k in range(5))
        return f"substr('{LETTERS}', 1 + {bits}, 1)"
    db.execute(f"create macro sf_id(x) as case when length(x) = 15 then x || {part(1)} || {part(6)} || {part(11)} "
               "else x end")


def load(src: Path, out: Path) -> dict[str, Path]:
    e = Export(src, ("salesforce_", "sf_"))
    db = e.db
    _id_macro(db)
    user = "manager_id:s name:s title:s is_active:b user_role_id:s division:s _fivetran_active:b"
    e.view("opportunity", "id:s owner_id:s amount:f close_date:d created_date:d is_closed:b is_won:b",
           "account_id:s type:s is_deleted:b currency_iso_code:s _fivetran_active:b")
    history = e.view("opportunity_history", "id:s owner_id:s is_closed:b _fivetran_start:t", required=False)
    e.view("user", "id:s", user)
    e.view("user_role", "id:s name:s", "parent_role_id:s", required=False)
    moved = e.view("user_history", "id:s _fivetran_start:t _fivetran_end:t", user, required=False)
    e.view("account", "id:s", "owner_id:s is_deleted:b", required=False)
    e.view("opportunity_split", "opportunity_id:s split_owner_id:s split_percentage:f", "split_type:s is_deleted:b",
           required=False)
    e.view("opportunity_team_member", "opportunity_id:s user_id:s", "team_member_role:s created_date:d is_deleted:b",
           required=False)
    e.view("task", "id:s owner_id:s", "activity_date:d created_date:d what_id:s call_duration_in_seconds:f "
           "is_deleted:b", required=False)
    e.view("event", "id:s owner_id:s", "activity_date:d created_date:d what_id:s duration_in_minutes:f is_deleted:b",
           required=False)

    db.execute("""create temp table deal as
        with closing as (select sf_id(id) as id, arg_min(sf_id(owner_id), _fivetran_start) as owner from
        opportunity_history
                         where is_closed and owner_id is not null group by all)
        select sf_id(o.id) as deal_id, coalesce(closing.owner, sf_id(o.owner_id)) as owner_id, o.amount,
        currency_iso_code as
               currency, o.created_date as opened, case when o.is_closed then o.close_date end as closed,
               case when o.is_won then 'won' when o.is_closed then 'lost' else 'open' end as outcome, o.type as segment,
               sf_id(o.account_id) as account_id
        from opportunity o left join closing on closing.id = sf_id(o.id) and o.is_closed
        where not coalesce(o.is_deleted, false) and coalesce(o._fivetran_active, true)""")
    for problem, where in (("owner", "owner_id is null"), ("closing date", "outcome <> 'open' and closed is null")):
        n = e.count(f"select 1 from deal where {where}")
        if n:
            e.note(f"salesforce opportunity: {n} without {problem} left out")
            db.execute(f"delete from deal where {where}")
    db.execute("update deal set opened = closed where opened > closed")  # entered after the fact

    person = """select sf_id(u.id) as person_id, u.name, coalesce(r.name, u.title) as role, u.division as market,
        sf_id(u.manager_id) as manager_id, r.parent_role_id from {0} u left join user_role r on sf_id(r.id) =
        sf_id(u.user_role_id)"""
    db.execute(f"""create temp table person as
        with base as ({person.format('"user"')} where coalesce(u._fivetran_active, true)),
        heads as (select sf_id(user_role_id) as role_id, min(sf_id(id)) as head from "user" where user_role_id is not
        null and coalesce(is_active, true) and coalesce(_fivetran_active, true) group by all having count(*) = 1)
        select person_id, any_value(name) as name, any_value(role) as role, any_value(market) as market,
               any_value(coalesce(manager_id, nullif(head, person_id))) as manager_id
        from base left join heads on heads.role_id = sf_id(parent_role_id) group by person_id""")
    return _write(e, Tables(e, out), history, moved)


def _write(e: Export, t: Tables, history: bool, moved: bool) -> dict[str, Path]:
    t.write("deals", "select * from deal order by deal_id", keep_empty=True)
    t.write("credits", """select sf_id(opportunity_id) as deal_id, sf_id(split_owner_id) as person_id,
        sum(split_percentage) / 100 as share, case when split_type ilike '%overlay%' then 'overlay' else 'revenue' end
        as kind
        from opportunity_split semi join deal on deal.deal_id = sf_id(opportunity_id)
        where not coalesce(is_deleted, false) and split_percentage > 0 group by all order by all""")
    earlier = """union all select sf_id(id), sf_id(owner_id), 'seller', min(_fivetran_start)::date from
        opportunity_history
        where owner_id is not null group by all""" if history else ""
    t.write("participants", f"""with rows as (
        select sf_id(opportunity_id) as deal_id, sf_id(user_id) as person_id,
               case when team_member_role ilike '%manager%' and team_member_role not ilike '%account manager%' then
               'manager'
                    when team_member_role ilike '%executive%' or team_member_role ilike '%sponsor%' then 'executive'
                    when team_member_role ilike '%mentor%' then 'mentor'
                    when team_member_role ilike '%account%' or team_member_role ilike '%sales rep%' then 'seller'
                    else 'specialist' end as part, created_date as joined
        from opportunity_team_member where not coalesce(is_deleted, false) {earlier})
        select deal_id, person_id, part, min(joined) as joined from rows semi join deal using (deal_id) group by all
        order by all""")
    t.write("activities", """with rows as (
        select owner_id, what_id, coalesce(activity_date, created_date) as start, call_duration_in_seconds / 60 as
        minutes, is_deleted from task union all
        select owner_id, what_id, coalesce(activity_date, created_date), duration_in_minutes, is_deleted from event)
        select sf_id(rows.owner_id) as actor_id, deal.deal_id, 'selling' as kind, start, minutes from rows
        join deal on deal.deal_id = sf_id(what_id) where rows.owner_id is not null and start is not null
        and not coalesce(is_deleted, false) order by all""")
    if moved:
        t.write("assignments", """with rows as (select sf_id(u.id) as person_id, sf_id(u.manager_id) as manager_id,
            _fivetran_start::date as start, _fivetran_end::date as "end", coalesce(r.name, u.title) as role, u.division
            as market, _fivetran_start from user_history u left join user_role r on sf_id(r.id) = sf_id(u.user_role_id)
            where coalesce(u.is_active, true) and _fivetran_start is not null),
            days as (select * exclude (_fivetran_start) from rows qualify row_number() over (partition by person_id,
            start order by _fivetran_start desc) = 1)
            select person_id, manager_id, start, nullif(least("end", lead(start, 1, date '9999-12-31') over (partition
            by
            person_id order by start)), date '9999-12-31') as "end", role, market from days where "end" > start order by
            person_id, start""")
    return _write_people(t)


def _write_people(t: Tables) -> dict[str, Path]:
    """People who are referred to but were not exported are people too, known by their id alone."""
    refs = ["select owner_id as id from deal", "select manager_id from person where manager_id is not null"]
    columns = {"credits": "person_id", "participants": "person_id", "activities": "actor_id",
               "assignments": "person_id"}
    refs += [f"select {column} from read_parquet('{t.paths[name]}')" for name, column in columns.items()
             if name in t.paths]
    if "assignments" in t.paths:
        refs.append(f"select manager_id from read_parquet('{t.paths['assignments']}') where manager_id is not null")
    t.write("people", f"""select * from person union all by name select distinct id as person_id from
        ({' union all '.join(refs)}) where id not in (select person_id from person) order by person_id""",
        keep_empty=True)
    return dict(sorted(t.paths.items()))
