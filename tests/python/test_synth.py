"""The generated organisation: the contract's tables, consistent with each other, with the truth they were made from."""
from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

np = pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")
duckdb = pytest.importorskip("duckdb")

from dualtrack import synth  # noqa: E402
from dualtrack.synth import Constants  # noqa: E402
from dualtrack.synth.people import Seats, normal_cdf, normal_quantile  # noqa: E402
from dualtrack.synth.tables import ROW_GROUP, SCHEMAS, ids  # noqa: E402

FOREVER = "date '9999-12-31'"


class Organisation:
    """Tables of one organisation and SQL over them; truth tables are named truth_NAME."""

    def __init__(self, *args, **kwargs):
        self.tables = synth.organisation(*args, **kwargs)
        self.db = duckdb.connect()
        for name, table in self.tables.items():
            self.db.register(name.replace("/", "_"), table)

    def rows(self, query):
        return self.db.execute(query).fetchall()

    def one(self, query):
        return self.rows(query)[0][0]

    def array(self, query):
        return np.array(self.rows(query), dtype=float)


@pytest.fixture(scope="module")
def org():
    return Organisation(600, 18, 7)


@pytest.fixture(scope="module")
def plain():
    """Log sales are seller + manager + month and nothing else; nobody leaves or moves."""
    still = Constants.additive(seller_attrition=0.0, seller_transfer=0.0, manager_exit=0.0, manager_rotation=0.0,
                               mega_probability=0.0)
    return Organisation(1500, 24, 3, still)


def digest(paths):
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}


# ---- the same organisation every time

def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    first = digest(synth.make(tmp_path / "a", 60, 6, 5))
    assert first == digest(synth.make(tmp_path / "b", 60, 6, 5))
    other = digest(synth.make(tmp_path / "c", 60, 6, 6))
    assert other.keys() == first.keys() and other["deals"] != first["deals"]


def test_the_bytes_do_not_depend_on_how_the_work_is_cut(tmp_path):
    small = synth.make(tmp_path / "a", 2500, 8, 1, chunk_rows=1)
    assert digest(small) == digest(synth.make(tmp_path / "b", 2500, 8, 1, chunk_rows=10**9))
    assert duckdb.sql(f"select count(*) from '{small['activities']}'").fetchall()[0][0] > ROW_GROUP


def test_files_and_memory_hold_the_same_rows(tmp_path):
    import pyarrow.parquet as pq
    paths, tables = synth.make(tmp_path, 60, 6, 5), synth.organisation(60, 6, 5)
    assert paths.keys() == tables.keys()
    for name, path in paths.items():
        assert pq.read_table(path).equals(tables[name]), name
        assert path == tmp_path / f"{name}.parquet"


def test_progress_counts_months_to_the_end(tmp_path):
    seen = []
    synth.make(tmp_path, 30, 5, 1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(k, 5) for k in range(1, 6)]


def test_every_table_has_the_columns_and_types_of_the_contract(org):
    assert {"people", "assignments", "deals", "credits", "participants", "quotas", "activities", "ratings", "answers",
            "motives", "pay", "vacancies", "candidates", "demographics"} <= org.tables.keys()
    for name, table in org.tables.items():
        assert table.schema.equals(SCHEMAS[name]), name
    assert "exchange_rates" not in org.tables


@pytest.mark.parametrize("sellers,months", [(2, 1), (3, 2), (7, 3), (30, 24)])
def test_small_organisations_are_whole(sellers, months):
    small = Organisation(sellers, months, 1)
    assert small.one("select count(*) from people where role = 'Account Executive' and \"left\" is null") <= sellers
    assert small.one("select count(*) from assignments where \"end\" is null and manager_id is null") == 1
    assert small.one("select count(*) from deals") > 0


def test_too_small_is_an_error():
    with pytest.raises(ValueError, match="sellers must be at least 2, not 1"):
        synth.organisation(1, 12, 1)
    with pytest.raises(ValueError, match="months must be at least 1, not 0"):
        synth.organisation(30, 0, 1)


def test_ids_are_padded_and_negative_numbers_are_null():
    assert ids("P", np.array([0, 123, -1]), 6).to_pylist() == ["P000000", "P000123", None]


def test_normal_quantile_inverts_the_normal_distribution():
    p = np.array([.001, .02, .3, .5, .9, .999])
    assert np.abs(normal_cdf(normal_quantile(p)) - p).max() < 1e-6


# ---- who is there, and who reports to whom

def test_nobody_has_two_managers_at_once(org):
    assert org.one(f"""select count(*) from assignments a join assignments b on a.person_id = b.person_id
        and (a.start, a.manager_id) <> (b.start, b.manager_id) and a.start <= b.start
        and coalesce(a."end", {FOREVER}) > b.start""") == 0
    assert org.one("select count(*) - count(distinct (person_id, start)) from assignments") == 0
    assert org.one('select count(*) from assignments where "end" <= start') == 0


def test_every_manager_is_there_while_managing(org):
    assert org.one(f"""select count(*) from assignments a left join people m on m.person_id = a.manager_id
        where a.manager_id is not null and (m.person_id is null or m.hired > a.start
        or coalesce(m."left", {FOREVER}) < coalesce(a."end", {FOREVER}))""") == 0


def test_every_manager_has_an_assignment_of_their_own_on_every_day(org):
    held = org.rows(f"""select a.manager_id, a.start, sum(least(coalesce(a."end", date '2026-01-01'), coalesce(b."end",
        date '2026-01-01')) - greatest(a.start, b.start)) as held, any_value(coalesce(a."end", date '2026-01-01') -
        a.start)
        from assignments a join assignments b on b.person_id = a.manager_id and b.start < coalesce(a."end", {FOREVER})
        and coalesce(b."end", {FOREVER}) > a.start group by a.manager_id, a.start, a.person_id""")
    assert held and all(days == whole for _, _, days, whole in held)


def test_nobody_is_promoted_into_two_seats_at_once():
    o = Organisation(3000, 12, 1)
    assert o.one("select count(*) - count(distinct (person_id, start)) from assignments") == 0
    assert o.one("select count(*) - count(distinct (person_id, start)) from pay") == 0
    assert o.one("select count(*) - count(distinct filled_by) from vacancies where role = 'Sales Manager' "
                 "and filled_by is not null") == 0


def test_people_are_assigned_from_hiring_to_leaving(org):
    assert org.one(f"""select count(*) from assignments a join people p using (person_id) where p.hired > a.start
        or coalesce(p."left", {FOREVER}) < coalesce(a."end", {FOREVER})""") == 0
    assert org.one("""select count(*) from people p where not exists
        (select 1 from assignments a where a.person_id = p.person_id)""") == 0


def test_the_tree_has_one_root_several_levels_and_no_cycle(org):
    boss = dict(org.rows('select person_id, manager_id from assignments where "end" is null'))
    depth = []
    for person in boss:
        steps = 0
        while boss[person] is not None:
            person, steps = boss[person], steps + 1
            assert steps < 20
        depth.append(steps)
    assert sum(d == 0 for d in depth) == 1 and max(depth) >= 3


def test_the_manager_now_is_the_manager_of_the_open_assignment(org):
    assert org.one("""select count(*) from people p join assignments a using (person_id) where a."end" is null
        and p.manager_id is distinct from a.manager_id""") == 0


def test_managers_change_and_sellers_move(org):
    assert org.one("""select count(*) from (select person_id from assignments group by 1
        having count(distinct manager_id) > 1)""") > 50
    assert org.one("""select count(*) from (select person_id from assignments where role = 'Account Executive' group by
        1 having count(distinct team) > 1)""") > 10


def test_spans_have_the_published_mean_and_quartiles():
    spans = np.bincount(Seats(Constants(), 50_000, 1).team)
    assert abs(spans.mean() - 5.4) < .15
    assert list(np.percentile(spans, [25, 50, 75])) == [2, 4, 7]
    assert spans.max() <= 38 and spans.sum() == 50_000


def test_leavers_have_a_reason_and_stayers_have_none(org):
    assert org.one('select count(*) from people where ("left" is null) <> (left_reason is null)') == 0
    assert {r for (r,) in org.rows("select distinct left_reason from people where \"left\" is not null")} == {
        "resigned", "dismissed", "other"}


# ---- deals, credit and who took part

def test_revenue_shares_of_a_deal_total_exactly_one(org):
    assert org.one("""select count(*) from (select sum(share) as s from credits where kind = 'revenue' group by deal_id)
        where s <> 1""") == 0
    assert org.one("select count(*) from credits where share <= 0 or share > 1") == 0
    assert org.one("select count(*) from credits where kind = 'overlay'") > 0


def test_credited_revenue_is_what_was_won(org):
    won, credited = org.rows("""select (select sum(amount) from deals where outcome = 'won'), (select sum(amount *
        share)
        from deals join credits using (deal_id) where outcome = 'won' and kind = 'revenue')""")[0]
    assert abs(won - credited) < 1e-6 * won


def test_lost_deals_show_shares_as_often_as_won_ones(org):
    rate = dict(org.rows("""select outcome, avg((exists (select 1 from credits c where c.deal_id = d.deal_id and
        c.person_id <> d.owner_id and c.kind = 'revenue'))::int) from deals d where outcome <> 'open' group by 1"""))
    assert abs(rate["won"] - rate["lost"]) < .05


def test_nobody_is_credited_or_takes_part_twice_or_after_leaving(org):
    assert org.one("select count(*) - count(distinct (deal_id, person_id)) from credits") == 0
    assert org.one("select count(*) - count(distinct (deal_id, person_id)) from participants") == 0
    assert org.one("""select count(*) from credits join deals d using (deal_id) join people p using (person_id)
        where p.hired > d.closed or p."left" <= d.closed""") == 0
    assert org.one("""select count(*) from participants join deals d using (deal_id) where joined < opened
        or joined > coalesce(closed, date '2026-01-01')""") == 0


def test_deals_of_leavers_closed_before_they_left_or_were_reassigned(org):
    assert org.one(f"""select count(*) from deals d where closed is not null and not exists (select 1 from assignments
        a where
        a.person_id = d.owner_id and a.start <= d.closed and d.closed < coalesce(a."end", {FOREVER}))""") == 0
    assert org.one("""select count(*) from deals d join people p on p.person_id = d.owner_id
        where outcome = 'open' and "left" is not null""") == 0
    assert org.one("select count(*) from truth_deals where reassigned") > 0


def test_open_deals_have_no_closing_date_and_closed_ones_do(org):
    assert org.one("select count(*) from deals where (outcome = 'open') <> (closed is null)") == 0
    assert org.one("select count(*) from deals where opened > coalesce(closed, date '2026-01-01')") == 0
    assert org.one("select count(*) from deals where amount > list_price") == 0


def test_more_closes_at_the_end_of_a_quarter(org):
    by = dict(org.rows("select month(closed) % 3, count(*) from deals where closed is not null group by 1"))
    assert by[0] > 1.25 * by[1] and by[0] > 1.25 * by[2]


def test_money_is_in_whole_cents(org):
    assert org.one("select count(*) from deals where abs(amount * 100 - round(amount * 100)) > 1e-5") == 0
    assert org.one("select count(*) from quotas where abs(amount * 100 - round(amount * 100)) > 1e-4") == 0


# ---- quotas and pay

def test_a_person_has_one_own_quota_at_a_time(org):
    assert org.one("""select count(*) from quotas a join quotas b using (person_id, scope) where a.start < b.start
        and a."end" > b.start and scope = 'own'""") == 0
    assert org.one('select count(*) from quotas where "end" <= start or amount <= 0') == 0


def test_team_quotas_of_first_line_managers_are_95_percent_of_the_reports(org):
    got = org.one("""select sum(amount) from quotas q where scope = 'team' and exists (select 1 from assignments a where
        a.person_id = q.person_id and a.role = 'Sales Manager' and a.start <= q.start and coalesce(a."end",
        date '9999-12-31') > q.start)""")
    own = org.one("""select sum(amount) from quotas q where scope = 'own' and exists (select 1 from assignments a where
        a.person_id = q.person_id and a.role = 'Account Executive' and a.start <= q.start and coalesce(a."end",
        date '9999-12-31') > q.start)""")
    assert abs(got / own - .95) < .002


def test_about_half_of_the_sellers_reach_quota(org):
    share = org.one("""with q as (select person_id, sum(amount) as quota from quotas where scope = 'own' group by 1),
        s as (select c.person_id, sum(amount * share) as sold from credits c join deals using (deal_id)
              where outcome = 'won' and kind = 'revenue' group by 1)
        select avg((coalesce(sold, 0) >= quota)::int) from q left join s using (person_id) where quota > 300000""")
    assert .3 < share < .7


def test_monthly_quotas_are_as_many_as_months():
    monthly = Organisation(30, 6, 1, Constants(quota_months=1))
    most = monthly.one("select max(n) from (select count(*) as n from quotas where scope = 'own' group by person_id)")
    assert most == 6


def test_pay_is_continuous_and_some_sellers_earn_more_than_their_manager(org):
    assert org.one("""select count(*) from (select start, lag("end") over (partition by person_id order by start) as
        before from pay) where before <> start""") == 0
    assert org.one("""select count(*) from pay s join assignments a on a.person_id = s.person_id and a."end" is null
        join pay m on m.person_id = a.manager_id and m."end" is null where s."end" is null
        and a.role = 'Account Executive' and s.base + s.target_variable > 0 and s.paid_variable + s.base
        > m.base + m.paid_variable""") > 10


# ---- promotions

def test_whoever_fills_a_vacancy_was_selected_or_came_from_outside(org):
    assert org.one("""select count(*) from vacancies v left join candidates c on c.vacancy_id = v.vacancy_id and
        selected where filled_by is not null and not external and c.person_id is distinct from filled_by""") == 0
    assert org.one("""select count(*) from vacancies v join people p on p.person_id = v.filled_by
        where external and p.hired < v.opens""") == 0
    assert org.one("select count(*) from vacancies where filled_by is null and external is not null") == 0
    assert org.one("select count(*) from vacancies where filled_by is null") > 0
    assert org.one("select count(*) from vacancies where filled_by is not null and not external") > 5


def test_the_promoted_consented_and_manage_from_then_on(org):
    assert org.one("select count(*) from candidates where selected and not consents") == 0
    assert org.one("""select count(*) from vacancies v where filled_by is not null and not exists (select 1 from
        assignments a
        where a.person_id = v.filled_by and a.team = v.team and a.role = v.role)""") == 0


def test_candidates_truth_is_what_the_deals_say(org):
    """ln(1 + mean monthly credited sales) of two candidates differs as in the truth table."""
    got = org.array("""with v as (select vacancy_id, min(a.start) as day from vacancies join assignments a on
            a.person_id = filled_by and a.team = vacancies.team and a.role = 'Sales Manager' where not external group
            by 1),
        s as (select v.vacancy_id, t.person_id, any_value(log_relative_sales) as truth, ln(1 + sum(case when c.kind =
        'revenue' and d.outcome = 'won' and d.closed < v.day and d.closed >= v.day - interval 12 month then d.amount *
                c.share
                else 0 end) / 12) as mine, any_value(p.market) as market, any_value(p.hired) as hired, any_value(v.day)
                as day
              from v join truth_candidates t using (vacancy_id) join people p using (person_id) join credits c using
              (person_id)
              join deals d using (deal_id) group by all)
        select a.truth - b.truth, a.mine - b.mine from s a join s b using (vacancy_id) where a.person_id < b.person_id
        and a.market = b.market and greatest(a.hired, b.hired) < a.day - interval 12 month
        and a.day >= date '2025-07-01'""")
    assert len(got) > 3 and np.abs(got[:, 0] - got[:, 1]).max() < 1e-6


def test_a_managers_effect_is_the_stated_formula(org):
    c = Constants()
    x = org.array("select effect, prior_log_relative_sales, collaboration, readiness, effect_residual "
                  "from truth_managers")
    made = c.effect_sales * x[:, 1] + c.effect_collaboration * x[:, 2] + c.effect_readiness * x[:, 3] + x[:, 4]
    assert np.abs(x[:, 0] - made).max() < 1e-12
    y = org.array("""select m.effect, t.effect from truth_candidates t join candidates c using (vacancy_id, person_id)
        join truth_managers m on m.manager_id = t.person_id where c.selected""")
    assert len(y) > 5 and np.abs(y[:, 0] - y[:, 1]).max() < 1e-12


def test_policies_choose_as_they_say():
    for policy, column in (("readiness", "readiness"), ("effect", "expected_effect")):
        o = Organisation(300, 10, 2, Constants(promotion_policy=policy, wants_management=1.0))
        assert o.one("select count(*) from candidates where selected") > 3
        worse = o.one(f"""select count(*) from truth_candidates t join candidates c using (vacancy_id, person_id)
            join vacancies v using (vacancy_id) where c.selected and v.role = 'Sales Manager' and t.{column} <
            (select max(x.{column}) from truth_candidates x where x.vacancy_id = t.vacancy_id)""")
        assert worse == 0


# ---- the truth is in the tables

def test_log_sales_are_skill_plus_manager_effect(plain):
    got = plain.array("""with s as (select person_id, ln(sum(amount * share)) as y from credits join deals using
        (deal_id)
            where outcome = 'won' and kind = 'revenue' group by 1)
        select y - log_book, log_skill, m.effect from s join truth_people using (person_id) join people p using
        (person_id)
        join truth_managers m on m.manager_id = p.manager_id where p.role = 'Account Executive' and lone_wolf""")
    y, x = got[:, 0], np.column_stack([np.ones(len(got)), got[:, 1:]])
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    error = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * np.var(y - x @ beta))
    assert len(got) > 300 and np.abs((beta[1:] - 1) / error[1:]).max() < 4 and error.max() < .1


def test_expected_sales_do_not_depend_on_the_managers_style(plain):
    """What the manager closes, the reports do not: joining deals is not worth extra until somebody steps back."""
    got = plain.array("""with s as (select person_id, ln(sum(amount * share)) as y from credits join deals using
        (deal_id)
            where outcome = 'won' and kind = 'revenue' group by 1)
        select y - log_book - log_skill - m.effect, (m.style = 'hero')::int, (m.style = 'hero_maker')::int from s
        join truth_people using (person_id) join people p using (person_id)
        join truth_managers m on m.manager_id = p.manager_id where p.role = 'Account Executive' and lone_wolf""")
    hero, maker = got[got[:, 1] == 1, 0], got[got[:, 2] == 1, 0]
    gap = hero.mean() - maker.mean()
    assert abs(gap) < 4 * np.sqrt(hero.var() / len(hero) + maker.var() / len(maker))


def test_a_managers_help_is_the_difference_in_win_probability(plain):
    got = plain.array("""select (outcome = 'won')::int - win_probability_alone, m.help, m.style = 'hero' from deals
        join truth_deals t using (deal_id) join assignments a on a.person_id = owner_id and a.role = 'Account Executive'
        join truth_managers m on m.manager_id = a.manager_id where t.joined""")
    for kind in (0, 1):
        x = got[got[:, 2] == kind]
        assert abs(x[:, 0].mean() - x[:, 1].mean()) < 4 * .5 / np.sqrt(len(x))


def test_managers_who_only_join_big_deals_look_helpful_and_are_not():
    c = Constants.joins_big_helps_nothing()
    o = Organisation(800, 12, 4, c)
    naive, honest = o.rows("""select avg(won) filter (joined) - avg(won) filter (not joined),
        avg(won - win_probability_alone) filter (joined) from (select (outcome = 'won')::int as won, * from deals
        join truth_deals using (deal_id) where outcome <> 'open')""")[0]
    assert naive > .03 and abs(honest) < .015
    assert o.one("select max(abs(help)) from truth_managers") == 0


def test_heroes_can_be_left_out_and_can_step_back():
    without = Organisation(300, 3, 1, Constants.no_heroes())
    assert without.one("select count(*) from truth_managers where style = 'hero'") == 0
    o = Organisation(1000, 12, 1, Constants(step_back_share=1.0, manager_exit=0.0, manager_rotation=0.0))
    day = o.one("select any_value(step_back) from truth_managers where style = 'hero'")
    joined = dict(o.rows(f"""select closed >= date '{day}', avg((t.joined or t.late)::int) from deals join truth_deals t
        using (deal_id) join assignments a on a.person_id = owner_id and a.role = 'Account Executive' and a.start <=
        closed and
        coalesce(a."end", {FOREVER}) > closed join truth_managers m on m.manager_id = a.manager_id where m.style =
        'hero' group by 1"""))
    assert joined[False] > .5 and joined[True] == 0
    assert o.one("select max(step_back_change) from truth_managers where style = 'hero'") < 0


def test_raw_territories_are_as_dispersed_as_published_and_the_default_is_not():
    def spread(c):
        o = Organisation(1200, 12, 1, c)
        return o.one("""select stddev(ln(s)) from (select person_id, sum(amount * share) as s from credits join deals
            using (deal_id) where outcome = 'won' and kind = 'revenue' group by 1) join people p using (person_id)
            where p.hired < date '2024-06-01' and p."left" is null and p.role = 'Account Executive'""")
    assert 1.5 < spread(Constants.raw_territories()) < 1.9
    assert .4 < spread(None) < .8


def test_gamma_skills_have_mean_one_and_the_same_spread():
    o = Organisation(4000, 1, 1, Constants(skill_distribution="gamma"))
    mean, sd = o.rows("select avg(exp(log_skill)), stddev(exp(log_skill)) from truth_people")[0]
    assert abs(mean - 1) < .03 and abs(sd - np.sqrt(np.expm1(.354**2))) < .02


def test_ratings_carry_the_stated_reliability_leniency_and_severity():
    o = Organisation(3000, 4, 2)
    c = Constants()
    x = o.array("""select (score - 3) / .7, z, severity from ratings r join truth_constructs t on t.person_id =
        r.person_id and
        t.construct = r.competency join truth_raters s on s.rater_id = r.rater_id and s.source = r.source
        where r.source = 'manager'""")
    clean = x[:, 0] - x[:, 2]
    assert abs(np.corrcoef(clean, x[:, 1])[0, 1] - np.sqrt(c.shared_perspective * .52)) < .015
    assert abs(np.std(x[:, 0] - x[:, 2]) - 1) < .02 and abs(np.std(x[:, 2]) - c.severity_sd) < .06
    assert abs(o.one("select avg(score - 3) / .7 from ratings where source = 'self'") - c.leniency) < .02
    pairs = o.array("""select (a.score - 3) / .7 - s.severity, (b.score - 3) / .7 - t.severity from ratings a join
        ratings b
        using (person_id, competency) join truth_raters s on s.rater_id = a.rater_id and s.source = 'peer' join
        truth_raters t
        on t.rater_id = b.rater_id and t.source = 'peer' where a.source = 'peer' and b.source = 'peer'
        and a.rater_id < b.rater_id""")
    assert abs(np.corrcoef(pairs.T)[0, 1] - .37) < .03


def test_nobody_rates_themselves_as_somebody_else(org):
    assert org.one("select count(*) from ratings where source <> 'self' and person_id = rater_id") == 0
    assert org.one("select count(*) from ratings where source = 'self' and person_id <> rater_id") == 0
    assert org.one("select count(*) from ratings where score < scale_min or score > scale_max") == 0
    assert org.one("select count(*) - count(distinct (person_id, rater_id, source, competency)) from ratings") == 0


def test_readiness_is_the_weighted_constructs_and_unrelated_to_skill():
    o = Organisation(4000, 1, 1)
    weights = dict(zip(synth.CONSTRUCTS, (.29, .29, .28, .27, .25, .24, .20, .12, .12)))
    values = ", ".join(f"('{k}', {w})" for k, w in weights.items())
    got = o.array(f"""select any_value(readiness), sum(z * w) / {np.sqrt(sum(w * w for w in weights.values()))},
        any_value(log_skill) from truth_people join truth_constructs using (person_id)
        join (values {values}) v(construct, w) using (construct) group by person_id""")
    assert np.abs(got[:, 0] - got[:, 1]).max() < 1e-9
    assert abs(got[:, 0].std() - 1) < .04 and abs(np.corrcoef(got[:, 0], got[:, 2])[0, 1]) < .05


def test_demographics_say_nothing_about_anything():
    o = Organisation(4000, 1, 1)
    got = o.array("""select (sex = 'female')::int, log_skill, readiness, effect_residual from demographics
        join truth_people using (person_id)""")
    assert np.abs(np.corrcoef(got.T)[0, 1:]).max() < .05


def test_a_quarter_leaves_a_year_and_the_passed_over_more_often():
    o = Organisation(3000, 12, 1)
    left = o.one("select count(*) from people where role = 'Account Executive' and \"left\" is not null")
    assert .2 < left / 3000 < .33
    hazard = dict(o.rows("select passed_over > 1, avg(hazard) from truth_exits group by 1"))
    assert hazard[True] > 1.3 * hazard[False]
    assert o.one("select max(passed_over) from truth_exits") > 2


def test_stars_are_coached_less_and_heroes_stop_at_quarter_ends():
    o = Organisation(1500, 12, 1)
    rate = dict(o.rows("""with c as (select actor_id, count(*) filter (where last_day(start) - start < 14
            and month(start) % 3 = 0) as late, count(*) as n from activities where kind = 'one_to_one' group by 1)
        select style, sum(late) / sum(n) from c join truth_managers on manager_id = actor_id group by 1"""))
    assert rate["hero"] < .5 * rate["hero_maker"]
    sessions = o.array("""with s as (select person_id, sum(amount * share) as sold from credits join deals using
        (deal_id)
            where outcome = 'won' and kind = 'revenue' group by 1),
        a as (select subject_id as person_id, count(*) as n from activities where kind = 'one_to_one' group by 1)
        select percent_rank() over (partition by p.market order by sold), coalesce(n, 0) from s join people p using
        (person_id)
        left join a using (person_id) where p.hired < date '2024-06-01' and p."left" is null
        and p.role = 'Account Executive'""")
    top, rest = sessions[sessions[:, 0] > .85, 1].mean(), sessions[sessions[:, 0] < .7, 1].mean()
    assert top < .8 * rest


def test_activities_happen_while_people_are_there(org):
    assert org.one("""select count(*) from activities a join people p on p.person_id = a.actor_id
        where a.deal_id is null and (start < hired or start >= "left")""") == 0
    assert org.one("""select count(*) from activities a join people p on p.person_id = a.subject_id
        where start < hired""") == 0
    assert org.one("select count(*) from activities where actor_id = subject_id") == 0
    assert org.one("select count(*) from activities where minutes <= 0") == 0
    kinds = {k for (k,) in org.rows("select distinct kind from activities")}
    assert {"one_to_one", "group_coaching", "deal_review", "ride_along", "goal_setting", "evaluation", "mentoring",
            "lead_shared", "advice", "recognition", "training", "project_lead", "selling", "admin"} <= kinds


def test_more_currencies_come_with_rates():
    o = Organisation(300, 3, 1, Constants(currencies=("EUR", "USD")))
    assert {c for (c,) in o.rows("select distinct currency from deals")} == {"EUR", "USD"}
    rates = "select count(*), count(distinct date), min(rate) filter (currency = 'EUR') from exchange_rates"
    assert o.rows(rates)[0] == (8, 4, 1)


def test_constants_are_recorded_and_a_style_can_be_planted():
    c = Constants(hero=replace(Constants().hero, share=1.0), mixed=replace(Constants().mixed, share=0.0),
                  hero_maker=replace(Constants().hero_maker, share=0.0))
    o = Organisation(60, 2, 1, c)
    assert {s for (s,) in o.rows("select distinct style from truth_managers")} == {"hero"}
    assert o.one("select value from truth_constants where name = 'effect_sales'") == "-0.088"
    assert o.one("select value from truth_constants where name = 'sellers'") == "60"


# ---- the library reads it

def test_measures_takes_every_table_and_finds_nothing_wrong(org):
    dt = pytest.importorskip("dualtrack")
    data = dt.Data({name: table for name, table in org.tables.items() if not name.startswith("truth/")})
    result = dt.run(data, "measures", policy={"version": 1, "as_of": "2025-12-31", "window_months": 18})
    # New people get their quota with the next month: said, and nothing wrong.
    assert {f["code"] for f in result.findings.to_dicts()} <= {"data.over_maximum", "data.quota_gap"}
    won = org.one("select sum(amount) from deals where outcome = 'won'")
    assert abs(sum(s["won_amount"] or 0 for s in result["sellers"].to_dicts()) - won) < .01
    assert abs(sum(c["amount"] for c in result["credit"].to_dicts()) - won) < .01
    pay = dt.run(data, "pay", policy={"version": 1, "as_of": "2025-12-31"})
    assert len(pay["pay_inversion"]) > 50


def test_performance_with_luck_taken_out_recovers_who_sells(plain):
    dt = pytest.importorskip("dualtrack")
    data = dt.Data({name: table for name, table in plain.tables.items() if not name.startswith("truth/")})
    result = dt.run(data, "measures", policy={"version": 1, "as_of": "2025-12-31", "window_months": 24})
    plain.db.register("sellers", result["sellers"].to_arrow())
    got = plain.array("""select performance_z, log_skill + log_book + m.effect from sellers join people
        using (person_id) join truth_people using (person_id) join truth_managers m on m.manager_id = sellers.manager_id
        where performance_z is not null and people.role = 'Account Executive'""")
    assert np.corrcoef(got.T)[0, 1] > .75
