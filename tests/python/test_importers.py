"""Vendor exports become the contract's tables: small made-up exports worked by hand, and the loaders' own samples."""
from __future__ import annotations

import re
from datetime import date

import pytest

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("numpy")
pq = pytest.importorskip("pyarrow.parquet")

from adventureworks import shared_data  # noqa: E402
from dualtrack import importers  # noqa: E402
from dualtrack.importers import ImportFault, load  # noqa: E402
from dualtrack.synth.tables import SCHEMAS  # noqa: E402


def joined(text):
    return re.sub(r"&\n\s*", "", text)


def export(folder, **files):
    """Write CSV files of the given text into a folder; a line ending in & goes on in the next."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        text = joined(text)
        (folder / f"{name}.csv").write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n")
    return folder


def rows(paths, name, *columns):
    table = pq.read_table(paths[name])
    assert table.schema.equals(SCHEMAS[name])
    return [tuple(row[c] for c in columns) for row in table.to_pylist()]


ANN, BOB, CAT = "005A00000000001IAA", "005A00000000002IAA", "005A00000000003IAA"

SALESFORCE = {
    "opportunity": """id,owner_id,amount,close_date,created_date,is_closed,is_won,is_deleted,account_id,type,extra_c
        006A00000000001,005A00000000001,1000.50,2024-03-31 00:00:00,2024-01-05 09:00:00,true,true,&
        false,001A00000000001,New,x
        006A00000000002IAA,005A00000000002IAA,500,2024-04-10,2024-02-01,true,false,false,,Renewal,x
        006A00000000003IAA,005A00000000001IAA,,2024-09-30,2024-03-01,false,false,false,,New,x
        006A00000000004IAA,005A00000000001IAA,9,2024-04-10,2024-02-01,true,true,true,,New,x""",
    "user": """id,name,manager_id,user_role_id,is_active,division
        005A00000000001IAA,Ann,,00EA00000000001,true,North
        005A00000000002IAA,Bob,005A00000000003,,true,North
        005A00000000003IAA,Cat,,00EA00000000002,true,North""",
    "user_role": """id,name,parent_role_id
        00EA00000000001MAA,Rep,00EA00000000002MAA
        00EA00000000002MAA,Head of Sales,""",
}

HUBSPOT = {
    "deal": """deal_id,deal_pipeline_id,deal_pipeline_stage_id,owner_id,&
        property_amount,property_closedate,property_createdate
        1,p,won,10,100.25,2024-02-03 10:00:00,2024-01-01 7:05:00
        2,p,lost,10,50,2024-02-04 00:00:00,2024-01-02 00:00:00
        3,p,talk,11,70,2024-12-31 00:00:00,2024-01-03 00:00:00
        4,p,won,11,70,2024-02-05 00:00:00,2024-01-03 00:00:00""",
    "deal_pipeline_stage": """stage_id,closed_won,is_closed,pipeline_id
        won,TRUE,TRUE,p
        lost,FALSE,TRUE,p
        talk,FALSE,FALSE,p""",
    "deal_pipeline": "pipeline_id,label\np,Enterprise",
    "owner": """owner_id,first_name,last_name,created_at
        10,Ann,Lee,2023-05-06 01:02:03
        11,Bob,,2023-06-01 00:00:00""",
    "owner_team": "owner_id,team_id,is_team_primary\n10,7,true",
    "team": "id,name\n7,East",
    "merged_deal": "deal_id,merged_deal_id\n1,4",
}

WORKDAY = {
    "worker_history": """id,hire_date,termination_date,termination_involuntary,primary_termination_category,&
        _fivetran_start,_fivetran_active,annual_summary_total_base_pay,annual_summary_currency,&
        compensation_effective_date
        ann,2020-01-06,,,,2020-01-06 00:00:00,false,60000,USD,2020-01-06
        ann,2020-01-06,,,,2022-01-01 00:00:00,true,66000,USD,2022-01-01
        bob,2020-02-03,2023-03-31,false,Terminate_Employee_Voluntary,2020-02-03 00:00:00,true,50000,USD,2020-02-03
        cat,2018-01-01,,,,2018-01-01 00:00:00,true,90000,USD,2018-01-01
        dan,2019-01-01,2021-06-30,true,Terminate_Employee_Involuntary,2019-01-01 00:00:00,true,50000,USD,2019-01-01""",
    "worker_position_history": """worker_id,position_id,start_date,end_date,effective_date,business_title,&
        business_site_summary_name,is_primary_job,_fivetran_start
        ann,p1,2020-01-06,,2020-01-06,Rep,Oslo,true,2020-01-06 00:00:00
        ann,p1,2020-01-06,,2022-01-01,Senior Rep,Oslo,true,2022-01-01 00:00:00
        bob,p2,2020-02-03,2023-03-31,2020-02-03,Rep,Oslo,true,2020-02-03 00:00:00
        cat,p3,2018-01-01,,2018-01-01,Head,Oslo,true,2018-01-01 00:00:00""",
    "worker_position_organization_history": """worker_id,position_id,organization_id,_fivetran_start
        ann,p1,o1,2020-01-06 00:00:00
        ann,p1,o2,2023-07-01 00:00:00
        bob,p2,o1,2020-02-03 00:00:00
        cat,p3,o1,2018-01-01 00:00:00
        cat,p3,cost,2018-01-01 00:00:00""",
    "organization": """id,name,manager_id,superior_organization_id,type
        o1,Oslo Sales,cat,top,SUPERVISORY
        o2,New Sales,eve,top,SUPERVISORY
        top,All Sales,fay,,SUPERVISORY
        cost,Cost Centre 1,gus,,COST_CENTER""",
    "position": """id,job_posting_title,supervisory_organization_id,availability_date,closed,&
        available_for_hire,worker_for_filled_position_id
        p1,Rep,o1,2019-12-01,false,false,ann
        p9,Head,o2,2024-01-01,false,true,
        p8,Rep,o2,2024-01-01,true,true,""",
}


# ---- Salesforce

def test_salesforce_opportunities_become_deals(tmp_path):
    paths = load("salesforce", export(tmp_path / "in", **SALESFORCE), tmp_path / "out")
    assert rows(paths, "deals", "deal_id", "owner_id", "amount", "opened", "closed", "outcome", "segment") == [
        ("006A00000000001IAA", ANN, 1000.5, date(2024, 1, 5), date(2024, 3, 31), "won", "New"),
        ("006A00000000002IAA", BOB, 500.0, date(2024, 2, 1), date(2024, 4, 10), "lost", "Renewal"),
        ("006A00000000003IAA", ANN, None, date(2024, 3, 1), None, "open", "New")]
    assert all(path == tmp_path / "out" / f"{name}.parquet" for name, path in paths.items())


def test_fifteen_character_ids_become_their_eighteen_characters(tmp_path):
    """The published example of the id suffix, and one of each kind of five."""
    files = dict(SALESFORCE, user="id,name\n001A0000006Vm9r,x\n00Q00000000abcd,y\n0061G00000Ja7B6,z")
    paths = load("salesforce", export(tmp_path / "in", **files), tmp_path / "out")
    people = [r[0] for r in rows(paths, "people", "person_id")]
    assert "001A0000006Vm9rIAC" in people and "00Q00000000abcdEAA" in people and "0061G00000Ja7B6QAJ" in people


def test_the_manager_is_the_users_or_comes_from_the_role_above(tmp_path):
    paths = load("salesforce", export(tmp_path / "in", **SALESFORCE), tmp_path / "out")
    assert rows(paths, "people", "person_id", "name", "role", "market", "manager_id", "hired") == [
        (ANN, "Ann", "Rep", "North", CAT, None), (BOB, "Bob", None, "North", CAT, None),
        (CAT, "Cat", "Head of Sales", "North", None, None)]


def test_passing_an_account_on_after_closing_moves_no_credit(tmp_path):
    history = """id,owner_id,is_closed,_fivetran_start
        006A00000000001,005A00000000003,false,2024-01-05 09:00:00
        006A00000000001,005A00000000002,true,2024-03-31 10:00:00
        006A00000000001,005A00000000001,true,2024-06-01 00:00:00"""
    paths = load("salesforce", export(tmp_path / "in", **SALESFORCE, opportunity_history=history), tmp_path / "out")
    assert rows(paths, "deals", "deal_id", "owner_id")[0] == ("006A00000000001IAA", BOB)
    assert rows(paths, "participants", "deal_id", "person_id", "part", "joined") == [
        ("006A00000000001IAA", ANN, "seller", date(2024, 6, 1)),
        ("006A00000000001IAA", BOB, "seller", date(2024, 3, 31)),
        ("006A00000000001IAA", CAT, "seller", date(2024, 1, 5))]


def test_splits_become_shares_and_tasks_become_selling_time(tmp_path):
    files = dict(SALESFORCE, opportunity_split="""opportunity_id,split_owner_id,split_percentage,split_type
        006A00000000001,005A00000000001,75,Revenue
        006A00000000001,005A00000000002,25,Revenue
        006A00000000001,005A00000000003,50,Overlay
        006A00000000004,005A00000000003,100,Revenue""")
    files.update(task="""id,owner_id,activity_date,what_id,call_duration_in_seconds
        1,005A00000000002,2024-03-02 00:00:00,006A00000000001,600
        2,005A00000000002,2024-03-02 00:00:00,001A00000000001,600""")
    files.update(event="""id,owner_id,activity_date,created_date,what_id,duration_in_minutes
        3,005A00000000009,,2024-03-01 08:00:00,006A00000000002IAA,45""")
    paths = load("salesforce", export(tmp_path / "in", **files), tmp_path / "out")
    first = "006A00000000001IAA"
    assert rows(paths, "credits", "deal_id", "person_id", "share", "kind") == [
        (first, ANN, .75, "revenue"), (first, BOB, .25, "revenue"), (first, CAT, .5, "overlay")]
    other = "005A00000000009IAA"
    assert rows(paths, "activities", "actor_id", "deal_id", "kind", "start", "minutes") == [
        (BOB, first, "selling", date(2024, 3, 2), 10.0),
        (other, "006A00000000002IAA", "selling", date(2024, 3, 1), 45.0)]
    assert (other, None) in rows(paths, "people", "person_id", "name")


def test_a_users_history_becomes_half_open_assignments(tmp_path):
    history = """id,manager_id,title,_fivetran_start,_fivetran_end
        005A00000000001,005A00000000003,Rep,2024-01-01 00:00:00,2024-05-31 23:59:59
        005A00000000001,005A00000000002,Rep,2024-06-01 00:00:00,9999-12-31 23:59:59"""
    paths = load("salesforce", export(tmp_path / "in", **SALESFORCE, user_history=history), tmp_path / "out")
    assert rows(paths, "assignments", "person_id", "manager_id", "start", "end") == [
        (ANN, CAT, date(2024, 1, 1), date(2024, 5, 31)), (ANN, BOB, date(2024, 6, 1), None)]


# ---- HubSpot

def test_hubspot_stages_decide_the_outcome_and_merged_deals_go(tmp_path):
    paths = load("hubspot", export(tmp_path / "in", **HUBSPOT), tmp_path / "out")
    assert rows(paths, "deals", "deal_id", "owner_id", "amount", "opened", "closed", "outcome", "segment") == [
        ("1", "10", 100.25, date(2024, 1, 1), date(2024, 2, 3), "won", "Enterprise"),
        ("2", "10", 50.0, date(2024, 1, 2), date(2024, 2, 4), "lost", "Enterprise"),
        ("3", "11", 70.0, date(2024, 1, 3), None, "open", "Enterprise")]
    assert rows(paths, "people", "person_id", "name") == [("10", "Ann Lee"), ("11", "Bob")]
    assert rows(paths, "assignments", "person_id", "team", "start", "end") == [("10", "East", date(2023, 5, 6), None)]


def test_hubspot_meetings_with_an_owner_become_selling_time(tmp_path):
    files = dict(HUBSPOT, engagement="id,owner_id\n5,10\n6,", engagement_deal="engagement_id,deal_id\n5,1",
                 engagement_meeting="""engagement_id,start_time,end_time
                     5,2024-01-10 13:00:00,2024-01-10 14:30:00
                     6,2024-01-11 13:00:00,2024-01-11 14:30:00""")
    paths = load("hubspot", export(tmp_path / "in", **files), tmp_path / "out")
    assert rows(paths, "activities", "actor_id", "deal_id", "kind", "start", "minutes") == [
        ("10", "1", "selling", date(2024, 1, 10), 90.0)]


def test_deals_nobody_owns_are_left_out_aloud(tmp_path):
    files = dict(HUBSPOT, deal=HUBSPOT["deal"] + "\n5,p,talk,,1,,2024-01-01\n6,p,won,10,1,,2024-01-01")
    with pytest.warns(UserWarning) as said:
        paths = load("hubspot", export(tmp_path / "in", **files), tmp_path / "out")
    assert [str(w.message) for w in said] == ["hubspot deal: 1 without owner left out",
                                              "hubspot deal: 1 without closing date left out"]
    assert len(rows(paths, "deals", "deal_id")) == 3


# ---- Workday

def test_workday_workers_leave_the_day_after_their_last(tmp_path):
    paths = load("workday", export(tmp_path / "in", **WORKDAY), tmp_path / "out")
    columns = ("person_id", "hired", "left", "left_reason", "role", "manager_id")
    people = {r[0]: r[1:] for r in rows(paths, "people", *columns)}
    assert people["ann"] == (date(2020, 1, 6), None, None, "Senior Rep", "eve")
    assert people["bob"] == (date(2020, 2, 3), date(2023, 4, 1), "resigned", "Rep", "cat")
    assert people["cat"] == (date(2018, 1, 1), None, None, "Head", "fay")
    assert people["dan"] == (date(2019, 1, 1), date(2021, 7, 1), "dismissed", None, None)
    assert people["eve"] == people["fay"] == (None, None, None, None, None)


def test_workday_stays_are_cut_where_title_or_organisation_changes(tmp_path):
    paths = load("workday", export(tmp_path / "in", **WORKDAY), tmp_path / "out")
    assert rows(paths, "assignments", "person_id", "manager_id", "start", "end", "role", "team", "market") == [
        ("ann", "cat", date(2020, 1, 6), date(2022, 1, 1), "Rep", "Oslo Sales", "Oslo"),
        ("ann", "cat", date(2022, 1, 1), date(2023, 7, 1), "Senior Rep", "Oslo Sales", "Oslo"),
        ("ann", "eve", date(2023, 7, 1), None, "Senior Rep", "New Sales", "Oslo"),
        ("bob", "cat", date(2020, 2, 3), date(2023, 4, 1), "Rep", "Oslo Sales", "Oslo"),
        ("cat", "fay", date(2018, 1, 1), None, "Head", "Oslo Sales", "Oslo")]


def test_workday_pay_and_positions(tmp_path):
    paths = load("workday", export(tmp_path / "in", **WORKDAY), tmp_path / "out")
    pay = [r for r in rows(paths, "pay", "person_id", "start", "end", "base", "currency") if r[0] in ("ann", "dan")]
    assert pay == [("ann", date(2020, 1, 6), date(2022, 1, 1), 60000.0, "USD"),
                   ("ann", date(2022, 1, 1), None, 66000.0, "USD"),
                   ("dan", date(2019, 1, 1), date(2021, 7, 1), 50000.0, "USD")]
    assert rows(paths, "vacancies", "vacancy_id", "role", "team", "opens", "filled_by") == [
        ("p1", "Rep", "o1", date(2019, 12, 1), "ann"), ("p9", "Head", "o2", date(2024, 1, 1), None)]


# ---- what a bad export gets

@pytest.mark.parametrize("vendor,files,name,column", [
    ("salesforce", SALESFORCE, "opportunity", "owner_id"), ("salesforce", SALESFORCE, "user", "id"),
    ("hubspot", HUBSPOT, "deal", "property_amount"), ("hubspot", HUBSPOT, "deal_pipeline_stage", "closed_won"),
    ("workday", WORKDAY, "worker_history", "hire_date"), ("workday", WORKDAY, "organization", "manager_id")])
def test_a_missing_column_is_named_with_its_file(tmp_path, vendor, files, name, column):
    broken = dict(files)
    broken[name] = broken[name].replace(column, "renamed", 1)
    with pytest.raises(ImportFault, match=f"^{name}.csv: column '{column}' is missing$"):
        load(vendor, export(tmp_path / "in", **broken), tmp_path / "out")


@pytest.mark.parametrize("vendor,files,name", [
    ("salesforce", SALESFORCE, "opportunity"), ("hubspot", HUBSPOT, "owner"), ("workday", WORKDAY, "organization")])
def test_a_missing_file_is_named(tmp_path, vendor, files, name):
    some = {k: v for k, v in files.items() if k != name}
    with pytest.raises(ImportFault, match=f"no file for '{name}'"):
        load(vendor, export(tmp_path / "in", **some), tmp_path / "out")


@pytest.mark.parametrize("old,new,said", [
    ("500,2024", "five,2024", "column 'amount' row 1: expected a number, found 'five'"),
    ("2024-02-01,true", "soon,true", "column 'created_date' row 1: expected a date"),
    ("true,false,false,,Renewal", "perhaps,false,false,,Renewal", "column 'is_closed' row 1: expected true or false")])
def test_a_value_of_the_wrong_kind_is_named_with_its_row(tmp_path, old, new, said):
    files = dict(SALESFORCE, opportunity=SALESFORCE["opportunity"].replace(old, new, 1))
    with pytest.raises(ImportFault, match=f"opportunity.csv: {said}"):
        load("salesforce", export(tmp_path / "in", **files), tmp_path / "out")


def test_an_unknown_vendor_or_folder_is_refused(tmp_path):
    with pytest.raises(ImportFault, match="unknown vendor 'siebel'; known are hubspot, salesforce, workday"):
        load("siebel", tmp_path, tmp_path / "out")
    with pytest.raises(FileNotFoundError, match="no such folder"):
        load("hubspot", tmp_path / "nowhere", tmp_path / "out")


def test_files_may_carry_the_vendors_prefix_and_be_parquet(tmp_path):
    plain = load("hubspot", export(tmp_path / "a", **HUBSPOT), tmp_path / "x")
    named = export(tmp_path / "b", **{f"hubspot_{name}_data": text for name, text in HUBSPOT.items() if name != "deal"})
    duckdb.execute(f"copy (from '{tmp_path}/a/deal.csv') to '{named}/HubSpot_Deal.parquet'")
    other = load("hubspot", named, tmp_path / "y")
    assert {n: pq.read_table(p) for n, p in plain.items()} == {n: pq.read_table(p) for n, p in other.items()}


def test_the_order_of_rows_does_not_matter(tmp_path):
    turned = {}
    for name, text in WORKDAY.items():
        head, *rest = joined(text).strip().splitlines()
        turned[name] = "\n".join([head, *reversed(rest)])
    one = load("workday", export(tmp_path / "a", **WORKDAY), tmp_path / "x")
    two = load("workday", export(tmp_path / "b", **turned), tmp_path / "y")
    assert {n: pq.read_table(p) for n, p in one.items()} == {n: pq.read_table(p) for n, p in two.items()}


# ---- the loaders' schema samples

@pytest.fixture
def seeds():
    folder = shared_data() / "fivetran_seeds"
    if not folder.is_dir():
        pytest.skip(f"skipped: {folder} is not there (set DUALTRACK_SHARED_DATA)")
    return folder


@pytest.mark.filterwarnings("ignore:hubspot deal")
@pytest.mark.parametrize("vendor", sorted(importers.VENDORS))
def test_real_column_names_are_read(tmp_path, seeds, vendor):
    paths = load(vendor, seeds, tmp_path)
    for name, path in paths.items():
        assert pq.read_table(path).schema.equals(SCHEMAS[name])
    people = {p for (p,) in rows(paths, "people", "person_id")}
    sizes = {"salesforce": ("people", 10), "hubspot": ("deals", 22), "workday": ("assignments", 4)}
    name, least = sizes[vendor]
    assert pq.read_metadata(paths[name]).num_rows >= least
    for table, column in (("deals", "owner_id"), ("assignments", "person_id"), ("assignments", "manager_id")):
        if table in paths:
            assert {x for (x,) in rows(paths, table, column)} - {None} <= people
