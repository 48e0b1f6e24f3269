"""HubSpot objects (deals, pipeline stages, owners, teams, engagements) to the data contract.

* deal + deal_pipeline_stage -> deals: a stage that is closed_won is won, one that is closed otherwise is lost, any
  other is open; the pipeline is the segment. Deals without an owner cannot be credited and closed deals without a
  date cannot be placed: both are left out with a warning. Deals merged into another are left out.
* owner -> people (owners are all HubSpot knows: no hire date, no manager); owner_team + team -> assignments from the
  day the owner was created.
* engagements with an owner (engagement, engagement_deal; call, meeting) -> activities of kind selling.
"""
from __future__ import annotations

from pathlib import Path

from ._export import Export, Tables


def load(src: Path, out: Path) -> dict[str, Path]:
    e = Export(src, ("hubspot_",))
    db = e.db
    e.view("deal", "deal_id:s deal_pipeline_stage_id:s owner_id:s property_amount:f property_closedate:d "
           "property_createdate:d", "deal_pipeline_id:s is_deleted:b _fivetran_deleted:b "
           "property_deal_currency_code:s")
    e.view("deal_pipeline_stage", "stage_id:s closed_won:b", "is_closed:b probability:f pipeline_id:s")
    e.view("deal_pipeline", "pipeline_id:s", "label:s", required=False)
    e.view("owner", "owner_id:s", "first_name:s last_name:s email:s created_at:d is_active:b")
    e.view("owner_team", "owner_id:s team_id:s", "is_team_primary:b", required=False)
    e.view("team", "id:s name:s", required=False)
    e.view("merged_deal", "deal_id:s merged_deal_id:s", required=False)
    e.view("engagement", "id:s owner_id:s", "type:s timestamp:d", required=False)
    e.view("engagement_deal", "engagement_id:s deal_id:s", required=False)
    e.view("engagement_call", "engagement_id:s", "property_hs_timestamp:d property_hs_call_duration:f "
           "property_hubspot_owner_id:s", required=False)
    e.view("engagement_meeting", "engagement_id:s", "start_time:t end_time:t property_hubspot_owner_id:s",
           required=False)
    db.execute("""create temp table deal_row as
        with stage as (select stage_id, bool_or(closed_won) as won, bool_or(coalesce(is_closed, closed_won or
        probability = 0))
                       as closed from deal_pipeline_stage group by stage_id)
        select d.deal_id, d.owner_id, d.property_amount as amount, property_deal_currency_code as currency,
               d.property_createdate as opened,
               case when coalesce(s.closed, false) then d.property_closedate end as closed,
               case when s.won then 'won' when s.closed then 'lost' else 'open' end as outcome,
               coalesce(p.label, d.deal_pipeline_id) as segment
        from deal d left join stage s on s.stage_id = d.deal_pipeline_stage_id
        left join deal_pipeline p on p.pipeline_id = d.deal_pipeline_id
        where not coalesce(d.is_deleted, false) and not coalesce(d._fivetran_deleted, false)
          and d.deal_id not in (select merged_deal_id from merged_deal where merged_deal_id is not null)""")
    for problem, where in (("owner", "owner_id is null"), ("closing date", "outcome <> 'open' and closed is null")):
        n = e.count(f"select 1 from deal_row where {where}")
        if n:
            e.note(f"hubspot deal: {n} without {problem} left out")
            db.execute(f"delete from deal_row where {where}")
    db.execute("update deal_row set opened = closed where opened > closed")  # entered after the fact
    db.execute("""create temp table activity as
        with session as (
            select engagement_id, property_hs_timestamp as start, property_hs_call_duration / 60000 as minutes,
                   property_hubspot_owner_id as owner from engagement_call union all
            select engagement_id, start_time::date, epoch(end_time - start_time) / 60, property_hubspot_owner_id
            from engagement_meeting)
        select coalesce(g.owner_id, s.owner) as actor_id, r.deal_id, 'selling' as kind, coalesce(s.start, g.timestamp)
        as start,
               case when s.minutes >= 0 then s.minutes end as minutes
        from session s left join engagement g on g.id = s.engagement_id
        left join engagement_deal x on x.engagement_id = s.engagement_id
        left join deal_row r on r.deal_id = x.deal_id
        where coalesce(g.owner_id, s.owner) is not null and coalesce(s.start, g.timestamp) is not null""")
    t = Tables(e, out)
    t.write("deals", "select * from deal_row order by deal_id", keep_empty=True)
    t.write("people", """with named as (
        select owner_id as person_id, nullif(trim(concat_ws(' ', any_value(first_name), any_value(last_name))), '') as
        name from owner group by owner_id)
        select * from named union all by name
        select distinct id as person_id from (select owner_id as id from deal_row union all select actor_id from
        activity)
        where id not in (select person_id from named) order by person_id""", keep_empty=True)
    t.write("assignments", """select o.owner_id as person_id, min(o.created_at) as start, min(coalesce(t.name,
        m.team_id)) as
        team from owner o join owner_team m using (owner_id) left join team t on t.id = m.team_id
        where coalesce(m.is_team_primary, true) and o.created_at is not null group by o.owner_id order by 1""")
    t.write("activities", "select * from activity order by all")
    return dict(sorted(t.paths.items()))
