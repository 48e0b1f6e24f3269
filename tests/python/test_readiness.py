"""Readiness on made organisations whose leaders are known: what it finds, how sure it is, and what it says of raters."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

np = pytest.importorskip("numpy")
duckdb = pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

import dualtrack as dt  # noqa: E402
from dualtrack import synth  # noqa: E402
from dualtrack.synth.constants import Constants  # noqa: E402

POLICY = {"version": 1, "as_of": "2025-12-31"}
NEEDED = ("people", "assignments", "deals", "credits", "participants", "activities", "ratings", "answers")


def assess(tables, keep=NEEDED, **readiness):
    data = dt.Data({name: tables[name] for name in keep})
    result = dt.run(data, "readiness", policy={**POLICY, "readiness": readiness})
    db = duckdb.connect()
    for name in result:
        db.register(name, result[name].to_arrow())
    for name in ("people", "constructs", "raters"):
        db.register("truth_" + name, tables["truth/" + name])

    def array(query):
        return np.array(db.execute(query).fetchall(), dtype=float)

    return SimpleNamespace(array=array, one=lambda query: db.execute(query).fetchone()[0], result=result)


@pytest.fixture(scope="module")
def made():
    return synth.organisation(10_000, 12, 2)


@pytest.fixture(scope="module")
def org(made):
    return assess(made)


def coverage(x):
    """Shares of planted values inside the 80 % and the 95 % interval; columns estimate, sd, truth."""
    errors = np.abs(x[:, 2] - x[:, 0]) / x[:, 1]
    return np.mean(errors < 1.281552), np.mean(errors < 1.959964)


def implied(x):
    """The correlation with the truth that the posterior variances promise."""
    return np.sqrt(np.mean(1 - x[:, 1] ** 2))


def test_readiness_of_ten_thousand_people_is_as_close_to_planted_leadership_as_its_intervals_promise(org):
    x = org.array(
        """select readiness_z, readiness_sd, t.readiness from readiness join truth_people t using (person_id)"""
    )
    assert len(x) >= 10_000
    assert abs(np.corrcoef(x[:, 0], x[:, 2])[0, 1] - implied(x)) < 0.02
    in_80, in_95 = coverage(x)
    assert abs(in_80 - 0.80) < 0.015 and abs(in_95 - 0.95) < 0.01


def test_every_construct_is_as_close_to_the_planted_one_as_its_interval_promises(org):
    x = org.array("""select c.z, c.sd, t.z from constructs c join truth_constructs t using (person_id, construct)
        where c.n_raters > 0""")
    assert abs(np.corrcoef(x[:, 0], x[:, 2])[0, 1] - implied(x)) < 0.02
    in_80, in_95 = coverage(x)
    assert abs(in_80 - 0.80) < 0.015 and abs(in_95 - 0.95) < 0.01


@pytest.mark.parametrize("sources", ["manager", "manager+peer3", "manager+report4+self", "manager+peer3+self", "self"])
def test_rated_constructs_have_the_correlation_their_loadings_imply_whoever_spoke(org, sources):
    """By the sources that spoke; behaviour left out, because made people do more than the policy believes it shows."""
    x = org.array(f"""with spoke as (select person_id, construct, string_agg(source || case when source in ('peer',
        'report') then n::varchar else '' end, '+' order by source) s from evidence where source <> 'prior' group by all)
        select c.z, c.sd, t.z from constructs c join truth_constructs t using (person_id, construct) join spoke using
        (person_id, construct) where s = '{sources}' and construct <> 'collaborates'""")
    assert len(x) > 800
    chance = 2.5 / np.sqrt(len(x))
    assert abs(np.corrcoef(x[:, 0], x[:, 2])[0, 1] - implied(x)) < 0.02 + chance
    in_80, in_95 = coverage(x)
    assert abs(in_80 - 0.80) < 0.015 + chance and abs(in_95 - 0.95) < 0.01 + chance


def test_what_managers_did_as_sellers_says_nothing_about_them_as_managers(org):
    x = org.array("""select readiness_z, readiness_sd, t.readiness from readiness join truth_people t using (person_id) join
        (select distinct person_id from evidence where source = 'report') using (person_id)""")
    errors = (x[:, 2] - x[:, 0]) / x[:, 1]
    assert len(x) > 1000 and np.sqrt(np.mean(errors**2)) < 1.06


def test_planted_severity_of_raters_is_recovered(org):
    x = org.array("""select r.severity, r.severity_sd, t.severity from raters r join truth_raters t using (rater_id, source)
        where r.source = 'peer' and connected and n_ratings >= 18""")
    assert len(x) > 1000
    assert np.corrcoef(x[:, 0], x[:, 2])[0, 1] > 0.6
    # severities are said in spreads of ratings with severity in them: sqrt(1 + .3^2) of those it was made in
    slope = np.cov(x[:, 0], x[:, 2])[0, 1] / np.var(x[:, 0]) / np.sqrt(1.09)
    assert abs(slope - 1) < 0.1, "a shrunk estimate neither over- nor understates"
    errors = (x[:, 2] / np.sqrt(1.09) - x[:, 0]) / x[:, 1]
    assert abs(np.mean(np.abs(errors) < 1.959964) - 0.95) < 0.02
    assert org.one("select max(abs(severity)) from raters where not connected") == 0


def test_reliabilities_estimated_from_the_ratings_are_the_planted_ones(org):
    c = Constants()
    for source in ("peer", "report"):
        x = org.array(
            f"""select single_rater, icc_1_sd, severity_share, assumed from reliability where source = '{source}'"""
        )
        rho = c.reliability[source] if source == "peer" else c.reliability[source] / (1 + c.severity_sd**2)
        assert len(x) == 9 and np.all(x[:, 3] == c.reliability[source])
        assert abs(x[:, 0].mean() - rho) < 2.5 * x[:, 1].mean() / 3, (
            "reports rate one manager: severity is in their error"
        )
    share = org.one("select avg(severity_share) from reliability where source = 'peer'")
    assert abs(share - 0.09 / 1.09) < 0.02
    assert org.one("select count(*) from reliability where source = 'manager' and status <> 'one_rater'") == 0


def test_with_one_source_left_intervals_widen_to_what_theory_says():
    """One manager each of rho .52 and g .65, and no severity: every construct has the variance 1 / (1 + .338 / .662)."""
    tables = synth.organisation(1500, 4, 3, Constants(severity_sd=0.0))
    only = dict(
        tables,
        ratings=tables["ratings"].filter([source == "manager" for source in tables["ratings"]["source"].to_pylist()]),
    )
    org = assess(only, keep=("people", "assignments", "ratings"), severity_sd=0.0)
    x = org.array("""select readiness_z, readiness_sd, t.readiness from readiness join truth_people t using (person_id)
        where n_sources = 1""")
    assert len(x) > 1000 and np.all(np.abs(x[:, 1] - np.sqrt(1 - 0.52 * 0.65)) < 1e-12)
    in_80, in_95 = coverage(x)
    assert abs(in_80 - 0.80) < 0.03 and abs(in_95 - 0.95) < 0.02
    assert org.one("select count(*) from readiness where status <> 'insufficient_evidence'") == 0


def test_every_table_of_the_contract_has_its_columns(org):
    wanted = {
        "readiness": "person_id readiness_z readiness_sd readiness_low readiness_high probability_ready n_sources status",
        "constructs": "person_id construct z sd n_sources n_raters",
        "evidence": "person_id construct source observed_z n reliability weight",
    }
    for table, columns in wanted.items():
        assert set(columns.split()) <= set(org.result[table].to_arrow().column_names)
    assert {"questions", "trials", "grid", "grid_moves", "raters", "reliability", "findings"} <= set(org.result)


def test_evidence_adds_up_to_constructs_and_constructs_to_readiness(org):
    off = org.array("""select max(abs(w - 1)), max(abs(m - z)) from (select person_id, construct, sum(weight) w,
        sum(weight * observed_z) m from evidence group by all) join constructs using (person_id, construct)""")
    assert off.max() < 1e-12
    assert (
        org.one("""select max(abs(s - readiness_z)) from (select person_id, sum(weight * z) s from constructs group by all)
        join readiness using (person_id)""")
        < 1e-12
    )


def test_sales_change_nothing(made):
    """Every amount, quota, pay and outcome anew: the tables stay the same bytes."""
    rng = np.random.default_rng(4)
    pa = pytest.importorskip("pyarrow")
    tables = synth.organisation(300, 12, 5)
    deals = tables["deals"]
    place = deals.column_names.index("amount")
    other = deals.set_column(place, "amount", pa.array(np.round(rng.lognormal(9, 1, len(deals)), 2)))
    won = np.array(deals["outcome"].to_pylist())
    closed = won != "open"
    won[closed] = np.where(rng.random(closed.sum()) < 0.5, "won", "lost")
    other = other.set_column(deals.column_names.index("outcome"), "outcome", pa.array(won.tolist()))
    for name in ("readiness", "constructs", "evidence", "questions", "trials", "raters", "reliability"):
        before = assess(tables).result[name].to_arrow()
        assert before.equals(assess(dict(tables, deals=other)).result[name].to_arrow())
