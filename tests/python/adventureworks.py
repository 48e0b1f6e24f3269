"""Adventure Works (reseller sales, three exports) as tables of the data contract: `adventureworks.py OUT_DIR
[SOURCE_DIR]`.

What each fact becomes
* An order is a won deal: every order has one seller, one reseller and one date, so the owner gets all of it. The
  amount is the sum of its lines, closed on the order date; nothing says when it was opened or what the list price
  was. The segment is the reseller's business type.
* People are all 290 of DimEmployee, known by EmployeeKey; of the five people with several rows (department history)
  by the key of the current row, and whoever reports to an old row reports to that person.
* Assignments are the rows of DimEmployee (manager, department, title), cut for sellers where SalesTerritoryHistory
  moves them to another territory, which is their market. A seller without territory (the three managers) has no
  market.
* Quotas: the k-th quota date is the k-th sales quarter, 2017Q3 to 2020Q2, each a full quarter although sales end in
  May 2020; that of a seller who starts within a quarter runs from the first day of work.
* Pay: hourly rates of EmployeePayHistory times 2,080 hours. What a seller is paid beyond is CommissionPct on own
  orders; the target is that commission at quota, plus the bonus; by sales year from July to June.

One clock. The sales are dated 2017-2020, the other exports by their own calendars, each a constant number of days
away: the first sellers start, and the first quota begins, 2010-12-29 in `dw` and 2011-05-31 in `oltp`, which is
2017-07-01 in the sales. With that shift territory changes and hires fall on the first day of the quarter in which the
orders change.

`territory_managers=True` is a what-if on the same facts: sellers report to the manager of the territory they are in
on the day (North America 272, Europe 290, Pacific 294), so that Saraiva's move from Canada to the United Kingdom
changes his manager.
"""
from __future__ import annotations

import csv
import os
import sys
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FIRST_DAY = date(2017, 7, 1)
DW_SHIFT = FIRST_DAY - date(2010, 12, 29)
OLTP_SHIFT = FIRST_DAY - date(2011, 5, 31)
HOURS_A_YEAR = 2080
EMPLOYEE = ("photo key parent national_id parent_national_id territory first last middle name_style title hired birth "
            "login email phone marital emergency_name emergency_phone salaried gender pay_frequency rate vacation sick "
            "current sales_person department start end status").split()
GROUP_MANAGER = {"North America": "272", "Europe": "290", "Pacific": "294"}


def shared_data() -> Path:
    """The folder of the real data sets: DUALTRACK_SHARED_DATA, else ../shared/data beside the repository."""
    given = os.environ.get("DUALTRACK_SHARED_DATA")
    return Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"


def rows(path: Path, separator: str, names: list[str] | None = None) -> list[dict[str, str]]:
    """Rows of an unquoted file; without `names` the first line has them."""
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f, fieldnames=names, delimiter=separator, quoting=csv.QUOTE_NONE))


def oltp(source: Path, name: str, n: int) -> list[list[str]]:
    return [list(r.values()) for r in rows(source / "oltp" / f"{name}.csv", "\t", [f"c{k}" for k in range(n)])]


def day(text: str, shift: timedelta = timedelta()) -> date | None:
    return date.fromisoformat(text[:10].replace("/", "-")) + shift if text else None


def cents(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def quarters() -> list[tuple[date, date]]:
    starts = [date(2017 + (6 + 3 * k) // 12, (6 + 3 * k) % 12 + 1, 1) for k in range(13)]
    return list(zip(starts, starts[1:]))


def tables(source: Path | None = None, territory_managers: bool = False) -> dict[str, pa.Table]:
    """The data contract's tables, from the folder that holds `pbi`, `dw` and `oltp`."""
    source = Path(source) if source else shared_data() / "adventureworks"
    employees = rows(source / "dw" / "DimEmployee.csv", "|", EMPLOYEE)
    current = {e["national_id"]: e["key"] for e in employees if e["status"] == "Current"}
    person_of_key = {e["key"]: current[e["national_id"]] for e in employees}
    entity = {r[0]: current[r[1]] for r in oltp(source, "Employee", 16)}
    territory = {r["SalesTerritoryKey"]: r for r in rows(source / "pbi" / "Region.csv", "|")}
    moves: dict[str, list] = {}
    for r in oltp(source, "SalesTerritoryHistory", 7):
        moves.setdefault(entity[r[1]], []).append((day(r[3], OLTP_SHIFT), r[2]))

    def market(key: str) -> str | None:
        return territory[key]["Region"] if key in territory else None

    def spans(e: dict) -> list[tuple[date, date | None, str]]:
        """An employee row cut at territory changes: start, end, territory key."""
        start, end = day(e["start"], DW_SHIFT), day(e["end"], DW_SHIFT)
        following = [x for x in employees if x["national_id"] == e["national_id"] and x["start"] > e["start"]]
        if following:
            end = min(day(x["start"], DW_SHIFT) for x in following)
        cuts = sorted((max(start, at), key) for at, key in moves.get(person_of_key[e["key"]], []))
        if not cuts:
            return [(start, end, e["territory"])]
        if cuts[0][0] > start:
            cuts.insert(0, (start, cuts[0][1]))
        ends = [at for at, _ in cuts[1:]] + [end]
        return [(at, until, key) for (at, key), until in zip(cuts, ends)]

    people, assignments = [], []
    for e in employees:
        person, parent = person_of_key[e["key"]], person_of_key.get(e["parent"])
        at = spans(e)
        for start, end, key in at:
            boss = parent
            seller = e["sales_person"] == "1" and person not in GROUP_MANAGER.values()
            if territory_managers and seller and key in territory:
                boss = GROUP_MANAGER[territory[key]["Group"]]
            assignments.append((person, boss, start, end, e["title"], e["department"], market(key)))
        if e["status"] == "Current":
            people.append((person, f"{e['first']} {e['last']}", day(e["hired"], DW_SHIFT), None, None, e["title"],
                           market(at[-1][2]), parent))

    segment = {r["ResellerKey"]: r["Business Type"] for r in rows(source / "pbi" / "Reseller.csv", "|")}
    orders: dict[str, list] = {}
    for line in rows(source / "pbi" / "Sales.csv", "|"):
        order = orders.setdefault(line["SalesOrderNumber"], [line["EmployeeKey"], 0, day(line["OrderDate"]),
                                                             line["ResellerKey"]])
        if (order[0], order[2], order[3]) != (line["EmployeeKey"], day(line["OrderDate"]), line["ResellerKey"]):
            raise ValueError(f"order {line['SalesOrderNumber']} has lines of two sellers, dates or resellers")
        order[1] += cents(line["Sales"])
    deals = [(number, o[0], o[1] / 100, "USD", None, o[2], "won", segment[o[3]], o[3], None)
             for number, o in orders.items()]

    quota_rows = rows(source / "dw" / "FactSalesQuota.csv", "|",
                      ["serial", "person", "key", "year", "quarter", "amount", "date"])
    order_of = {d: k for k, d in enumerate(sorted({q["key"] for q in quota_rows}))}
    period = quarters()
    hired = {p[0]: p[2] for p in people}
    quotas = []
    for q in quota_rows:
        person, (start, end) = person_of_key[q["person"]], period[order_of[q["key"]]]
        quotas.append((person, max(start, hired[person]), end, float(q["amount"]), "own"))

    tables_ = {
        "people": table(people, "person_id:s name:s hired:d left:d left_reason:s role:s market:s manager_id:s"),
        "assignments": table(assignments, "person_id:s manager_id:s start:d end:d role:s team:s market:s"),
        "deals": table(deals, "deal_id:s owner_id:s amount:f currency:s opened:d closed:d outcome:s segment:s "
                              "account_id:s list_price:f"),
        "quotas": table(quotas, "person_id:s start:d end:d amount:f scope:s"),
        "pay": table(pay(source, entity, orders, quotas),
                     "person_id:s start:d end:d base:f target_variable:f paid_variable:f currency:s"),
    }
    return tables_


def pay(source: Path, entity: dict[str, str], orders: dict[str, list], quotas: list[tuple]) -> list[tuple]:
    """Pay rows: a rate holds until the next; sellers' rows are cut where a sales year begins."""
    terms = {entity[r[0]]: (float(r[3]), float(r[4])) for r in oltp(source, "SalesPerson", 9)}
    history: dict[str, list] = {}
    for r in oltp(source, "EmployeePayHistory", 6):
        history.setdefault(entity[r[1]], []).append((day(r[2], OLTP_SHIFT), round(float(r[3]) * HOURS_A_YEAR, 2)))
    years = [date(y, 7, 1) for y in (2017, 2018, 2019)]
    out = []
    for person, rates in history.items():
        rates.sort()
        cuts = [(at, base) for at, base in rates]
        if person in terms:
            for y in years:
                before = [base for at, base in rates if at < y]
                if before and all(at != y for at, _ in rates):
                    cuts.append((y, before[-1]))
            cuts.sort()
        for k, (at, base) in enumerate(cuts):
            end = cuts[k + 1][0] if k + 1 < len(cuts) else None
            if person not in terms:
                out.append((person, at, end, base, None, None, "USD"))
                continue
            bonus, rate = terms[person]
            sold = sum(o[1] for o in orders.values() if o[0] == person and o[2] >= at and (end is None or o[2] < end))
            quota = sum(q[3] for q in quotas if q[0] == person and q[1] >= at and (end is None or q[1] < end))
            out.append((person, at, end, base, round(rate * quota + bonus, 2), round(rate * sold / 100, 2), "USD"))
    return out


def table(data: list[tuple], columns: str) -> pa.Table:
    """Rows as an Arrow table; `columns` is "name:type ..." with s text, d date, f float, i integer."""
    kinds = {"s": pa.utf8(), "d": pa.date32(), "f": pa.float64(), "i": pa.int64()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in (c.split(":") for c in columns.split())])
    return pa.Table.from_arrays([pa.array([row[k] for row in data], field.type) for k, field in enumerate(schema)],
                                schema=schema)


def write(result: dict[str, pa.Table], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, rows_ in result.items():
        pq.write_table(rows_, out / f"{name}.parquet", compression="zstd")
        print(f"{out / name}.parquet: {rows_.num_rows} rows")


def main() -> int:
    if not 2 <= len(sys.argv) <= 3:
        print("usage: adventureworks.py OUT_DIR [SOURCE_DIR]", file=sys.stderr)
        return 2
    write(tables(Path(sys.argv[2]) if len(sys.argv) == 3 else None), Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
