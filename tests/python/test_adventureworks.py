"""Adventure Works through `measures`: what the exports say is what comes out, to the cent.

Expected figures are the truth files beside the data, or SQL on the raw exports here; the mapping is not asked.
"""
from __future__ import annotations

import datetime as d

import pytest

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

import adventureworks as aw  # noqa: E402
import dualtrack as dt  # noqa: E402

SOURCE = aw.shared_data() / "adventureworks"
pytestmark = pytest.mark.skipif(not SOURCE.is_dir(),
                                reason=f"skipped: {SOURCE} is not there (set DUALTRACK_SHARED_DATA)")
POLICY = {"version": 1, "as_of": "2020-06-30", "window_months": 48}


class Run:
    """The result tables of one run, the truth files and the raw exports, in one database."""

    def __init__(self, tables, policy):
        self.tables = tables
        result = dt.run(dt.Data(tables), "measures", policy=policy)
        self.findings = result.findings.to_dicts()
        self.db = duckdb.connect()
        for name in result:
            self.db.register(name, result[name].to_arrow())
        for path in sorted((SOURCE / "truth").glob("*.csv")):
            self.db.execute(f"create view truth_{path.stem} as from read_csv('{path}', header = true)")
        for name in ("Sales", "Region"):
            self.db.execute(f"create view raw_{name} as from read_csv('{SOURCE}/pbi/{name}.csv', delim = '|', "
                            "quote = '', header = true, all_varchar = true)")
        self.db.execute("""create view raw_orders as select SalesOrderNumber as deal_id, any_value(EmployeeKey) as
            seller, any_value(strptime(OrderDate, '%Y/%m/%d')::date) as day, sum(Sales::decimal(18, 2)) as sales
            from raw_Sales group by 1""")

    def rows(self, query):
        return self.db.execute(query).fetchall()

    def one(self, query):
        return self.rows(query)[0][0]


@pytest.fixture(scope="module")
def run():
    return Run(aw.tables(), POLICY)


@pytest.fixture(scope="module")
def by_territory():
    return Run(aw.tables(territory_managers=True), POLICY)


def test_the_mapping_keeps_every_person_order_and_quota(run):
    tables = run.tables
    assert {name: t.num_rows for name, t in tables.items() if name != "pay"} == {
        "people": 290, "assignments": 299, "deals": 3616, "quotas": 163}
    managers = {p["manager_id"] for p in tables["people"].to_pylist()} - {None}
    assert managers <= {p["person_id"] for p in tables["people"].to_pylist()}
    raw = run.one(f"""with e as (from read_csv('{SOURCE}/dw/DimEmployee.csv', delim = '|', quote = '', header = false,
            all_varchar = true))
        select count(distinct boss.column03) from e join e boss on boss.column01 = e.column02
        where e.column30 = 'Current'""")
    assert len(managers) == raw


def test_every_assignment_starts_where_the_last_one_ended(run):
    last = {}
    for a in sorted(run.tables["assignments"].to_pylist(), key=lambda a: (a["person_id"], a["start"])):
        assert last.get(a["person_id"], a["start"]) == a["start"]
        last[a["person_id"]] = a["end"]
    assert set(last.values()) == {None}


def test_one_clock_puts_territory_changes_on_the_first_day_of_a_quarter():
    moves = {(a["person_id"], a["start"], a["market"]) for a in aw.tables()["assignments"].to_pylist()}
    assert {("288", d.date(2018, 7, 1), "United Kingdom"), ("281", d.date(2019, 1, 1), "Central"),
            ("283", d.date(2019, 1, 1), "Northeast"), ("293", d.date(2018, 11, 1), "Northwest")} <= moves


def test_every_order_is_credited_to_the_cent(run):
    assert run.one("select count(*) from credit") == 3616
    assert run.one("""select count(*) from credit c full join raw_orders o using (deal_id) where c.person_id is
        distinct from o.seller or c.closed is distinct from o.day or c.amount is distinct from o.sales::double""") == 0
    assert run.one("select sum(amount::decimal(18, 2)) from credit") == run.one(
        "select value::decimal(18, 2) from truth_totals where quantity = 'sales'")


def test_sellers_have_their_sales_orders_quotas_and_attainment(run):
    assert run.one("""select count(*) from sellers s join truth_seller_totals t on s.person_id = t.EmployeeKey::varchar
        join truth_seller_attainment a using (EmployeeKey) where round(s.won_amount, 2) = t.sales and s.won_count =
        t.orders and s.lost_count = 0 and s.quota = a.quota and abs(s.attainment - a.attainment) < 1e-9""") == 17
    assert run.one("select count(*) from sellers where won_amount > 0") == 17
    quota, attainment = run.rows("select sum(quota), sum(won_amount) / sum(quota) from sellers")[0]
    assert quota == 95_714_000 and abs(attainment - .810211361) < 1e-9


def test_seller_months_add_up_to_the_quarters(run):
    bad = run.rows("""with q as (select person_id, year(month) || 'Q' || quarter(month) as q, sum(amount) as amount,
            sum(quota) as quota from seller_months group by all)
        select t.*, q.amount, q.quota from truth_seller_quarter_quota t left join q on q.person_id =
        t.EmployeeKey::varchar and q.q = t.q where not coalesce(round(q.amount, 2) = t.sales and abs(q.quota - t.quota)
        < .005 and abs(q.amount / q.quota - t.attainment) < 1e-9, false)""")
    assert bad == []
    assert run.one("""select count(*) from (select sum(amount) as a, sum(quota) as q from seller_months
        group by person_id, year(month), quarter(month)) where q > 0 and a >= q""") == 9


def test_a_month_of_a_seller_is_the_orders_of_that_month(run):
    assert run.one("""with m as (select seller as person_id, date_trunc('month', day)::date as month,
            sum(sales)::double as sales from raw_orders group by all)
        select count(*) from m left join (select person_id, month, sum(amount) as amount from seller_months group by
        all) s using (person_id, month) where round(s.amount, 2) is distinct from m.sales""") == 0


def test_teams_are_the_direct_reports_quarter_by_quarter(run):
    bad = run.rows("""with t as (select manager_id, year(start) || 'Q' || quarter(start) as q, amount, quota, attainment
            from teams)
        select m.*, t.amount, t.quota from truth_manager_directs_quarter m left join t on t.manager_id =
        m.manager::varchar and t.q = m.q where not coalesce(round(t.amount, 2) = m.sales and abs(t.quota - m.quota) <
        .005 and abs(t.attainment - m.attainment) < 1e-9, false)""")
    assert bad == []
    assert run.one("""select count(*) from truth_manager_directs_total m join (select manager_id, sum(amount) as amount,
        sum(quota) as quota from teams group by 1) t on t.manager_id = m.manager::varchar
        where round(t.amount, 2) = m.sales and abs(t.quota - m.quota) < .005""") == 4
    assert run.one("""select count(*) from truth_manager_directs_quarter m join teams t on t.manager_id =
        m.manager::varchar and m.q = year(t.start) || 'Q' || quarter(t.start)
        where m.manager = 272 and t.n_reports <> m.sellers""") == 0


def test_a_managers_own_sales_stay_apart_from_the_teams(run):
    own = dict(run.rows("""select manager_id, round(sum(own_amount), 2) from teams where manager_id in ('272', '290')
        group by 1"""))
    assert own == dict(run.rows("""select EmployeeKey::varchar, sales from truth_seller_totals
        where EmployeeKey in (272, 290)"""))


def test_the_market_is_the_territory_on_the_day_asked():
    """Saraiva moved from Canada to the United Kingdom on 2018-07-01."""
    tables = aw.tables()
    for day, market in (("2018-06-30", "Canada"), ("2018-07-01", "United Kingdom")):
        sellers = dt.run(dt.Data(tables), "measures", policy={**POLICY, "as_of": day})["sellers"].to_dicts()
        assert [s["market"] for s in sellers if s["person_id"] == "288"] == [market]


def test_credit_stays_with_the_manager_of_the_day_after_a_territory_change(by_territory):
    """Territories decide who manages whom; the expected manager of each order comes from the raw territory history."""
    db = by_territory.db
    db.execute(f"""create temp table move as select m.EmployeeKey::varchar as seller, h.column2 as territory,
        h.column3::timestamp::date + (date '2017-07-01' - date '2011-05-31')::int as day
        from read_csv('{SOURCE}/oltp/SalesTerritoryHistory.csv', delim = '\t', header = false, all_varchar = true) h
        join truth_id_map m on m.BusinessEntityID = h.column1::int""")
    db.execute("""create temp table expected as select o.deal_id, o.seller, o.day, o.sales, case g."Group"
        when 'North America' then '272' when 'Europe' then '290' when 'Pacific' then '294' else '277' end as manager
        from raw_orders o asof left join move on move.seller = o.seller and o.day >= move.day
        left join raw_Region g on g.SalesTerritoryKey = move.territory""")
    assert by_territory.one("""select count(*) from expected e join credit c using (deal_id)
        where c.manager_id is distinct from e.manager""") == 0
    saraiva = dict(by_territory.rows("select manager_id, sum(amount) from credit where person_id = '288' group by 1"))
    assert set(saraiva) == {"272", "290"}
    assert by_territory.one("""with t as (select manager_id, sum(amount) as amount from teams group by 1), e as (select
        manager, sum(sales)::double as sales from expected group by 1) select count(*) from e join t on t.manager_id =
        e.manager where round(t.amount, 2) = e.sales""") == 4
    assert by_territory.one("""select sum(t.amount) - sum(e.sales)::double from (select manager_id, month, sum(amount)
        as amount from seller_months group by all) t join (select manager, date_trunc('month', day)::date as month,
        sum(sales) as sales from expected group by all) e
        on e.manager = t.manager_id and e.month = t.month""") == pytest.approx(0, abs=.01)


def test_without_as_of_the_last_order_decides_and_findings_say_so():
    result = dt.run(dt.Data(aw.tables()), "measures", policy={"version": 1, "window_months": 48})
    assert any(f["code"] == "data.assumed" and "2020-05-31" in f["text"] for f in result.findings.to_dicts())
    quota = {s["person_id"]: s["quota"] for s in result["sellers"].to_dicts()}
    assert quota["289"] < 4_025_000  # two of the last quarter's three months


def test_pay_of_a_seller_is_the_rate_and_the_commission(run):
    rows = [r for r in run.tables["pay"].to_pylist() if r["person_id"] == "281"]
    assert [r["base"] for r in rows] == [47_999.95] * 3
    sold = run.one("select sum(sales)::double from raw_orders where seller = '281'")
    assert sum(r["paid_variable"] for r in rows) == pytest.approx(.012 * sold, abs=.02)


def test_the_order_of_rows_changes_nothing(run):
    turned = {name: t.take(list(range(t.num_rows - 1, -1, -1))) for name, t in run.tables.items()}
    one, two = (dt.run(dt.Data(tables), "measures", policy=POLICY) for tables in (run.tables, turned))
    for name in ("sellers", "seller_months", "teams", "credit"):
        assert one[name].to_arrow().equals(two[name].to_arrow()), name
