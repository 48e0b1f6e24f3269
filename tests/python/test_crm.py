"""The CRM set through `measures`: counts and money as the files have them, and no ranking where there is no signal."""
from __future__ import annotations

import pytest

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

import crm  # noqa: E402
import dualtrack as dt  # noqa: E402
from adventureworks import shared_data  # noqa: E402

SOURCE = shared_data() / "crm_sales_opportunities"
pytestmark = pytest.mark.skipif(not SOURCE.is_dir(),
                                reason=f"skipped: {SOURCE} is not there (set DUALTRACK_SHARED_DATA)")
POLICY = {"version": 1, "as_of": "2017-12-31", "window_months": 12}


@pytest.fixture(scope="module")
def run():
    db = duckdb.connect()
    result = dt.run(dt.Data(crm.tables()), "measures", policy=POLICY)
    for name in result:
        db.register(name, result[name].to_arrow())
    db.register("findings", result.findings.to_arrow())
    for path in sorted((SOURCE / "truth").glob("*.csv")):
        db.execute(f"create view truth_{path.stem} as from read_csv('{path}', header = true)")
    db.execute(f"create view raw as from read_csv('{SOURCE}/sales_pipeline.csv', header = true)")
    return lambda query: db.execute(query).fetchall()


def test_the_mapping_keeps_every_deal_and_every_agent():
    tables = crm.tables()
    deals = tables["deals"].to_pylist()
    counts = {o: sum(x["outcome"] == o for x in deals) for o in ("won", "lost", "open")}
    assert counts == {"won": 4238, "lost": 2473, "open": 2089}
    assert tables["people"].num_rows == 41 and len({x["owner_id"] for x in deals}) == 30
    assert sum(x["segment"] == "GTX Pro" for x in deals) == 1480 and all(x["list_price"] for x in deals)
    assert sum(x["list_price"] for x in deals if x["outcome"] == "won") == 10_023_482
    assert sum(x["account_id"] is None for x in deals) == 1425 and sum(x["opened"] is None for x in deals) == 500


def test_the_total_is_the_total(run):
    assert run("select sum(won_amount), sum(won_count), sum(lost_count) from sellers") == [(10_005_534.0, 4238, 2473)]
    assert run("select sum(amount), count(*) from credit") == [(10_005_534.0, 4238)]


def test_every_agent_has_their_value_counts_and_win_rate(run):
    assert run("""select count(*) from sellers s join truth_agents a on a.sales_agent = s.person_id
        where s.won_amount = a.won_value and s.won_count = a.won and s.lost_count = a.lost
        and abs(s.win_rate - a.win_rate) < 1e-9 and s.manager_id = a.manager
        and s.market = a.regional_office""") == [(30,)]
    assert run("""select count(*) from sellers s where won_count > 0 or lost_count > 0""") == [(30,)]


def test_agents_without_deals_are_there_without_figures(run):
    idle = run("""select person_id, coalesce(won_amount, 0), win_rate from sellers where person_id in ('Mei-Mei Johns',
        'Natalya Ivanova', 'Carol Thompson', 'Elizabeth Anderson', 'Carl Lin') order by 1""")
    assert [r[1:] for r in idle] == [(0, None)] * 5


def test_the_median_cycle_is_the_median_of_the_days_to_won(run):
    assert run("""select count(*) from sellers s join (select sales_agent, median(close_date - engage_date) as days
        from raw where deal_stage = 'Won' group by 1) r on r.sales_agent = s.person_id
        where s.cycle_days_median = r.days""") == [(30,)]


def test_teams_have_their_quarters(run):
    assert run("""with t as (select manager_id, quarter(start) as q, amount from teams),
            m as (unpivot truth_manager_quarter_won_value on columns(* exclude manager) into name q value amount)
        select count(*) from m join t on t.manager_id = m.manager and t.q = m.q[6:]::int
        and t.amount = m.amount""") == [(24,)]
    assert run("""select count(*) from (select manager_id, sum(amount) as a from teams group by 1) t join
        truth_managers m on m.manager = t.manager_id and m.won_value = t.a""") == [(6,)]
    assert run("select sum(own_amount) from teams") == [(0.0,)]
    assert run("select count(*) from teams where attainment is not null or quota is not null") == [(0,)]


def test_an_agents_months_add_up_to_the_quarters(run):
    assert run("""with a as (unpivot truth_agent_quarter_won_value on columns(* exclude sales_agent) into name q value
            amount), s as (select person_id, quarter(month) as q, sum(amount) as amount from seller_months group by all)
        select count(*) from a left join s on s.person_id = a.sales_agent and s.q = a.q[6:]::int
        where coalesce(s.amount, 0) <> a.amount""") == [(0,)]


def test_win_rates_do_not_differ_and_the_shrunken_ones_say_so(run):
    """Chi-squared 33.3 on 29 degrees of freedom, p = .26: no agent can be told from the average of their office."""
    spread = run("""select max(abs(s.win_rate_shrunk - r.win_rate)), max(abs(s.win_rate - r.win_rate)) from sellers s
        join truth_regions r on r.regional_office = s.market where s.win_rate is not null""")[0]
    assert spread[0] < .002 and spread[1] > .05


def test_compared_with_everybody_agents_shrink_to_the_overall_rate():
    sellers = dt.run(dt.Data(crm.tables()), "measures", policy={
        **POLICY, "seller": {"group": "all"}})["sellers"].to_dicts()
    shrunk = [s["win_rate_shrunk"] for s in sellers if s["win_rate"] is not None]
    assert len(shrunk) == 30 and max(abs(x - .631500522) for x in shrunk) < .002
