"""CRM sales opportunities as tables of the data contract: `crm.py OUT_DIR [SOURCE_DIR]`.

* All 35 agents and their 6 managers are people, also the 5 agents without deals; a person's id is the name, the only
  key there is. Managers report to nobody: the files end there. The market is the regional office.
* Team membership has no dates, so it holds from before the first deal was engaged: one open assignment a person.
* Won and Lost are won and lost deals, opened when engaged; Engaging is open. Prospecting is open too, and has no date
  at all. A lost deal's value is 0 in the file; what was asked is not known, so the amount of a lost deal is missing,
  not nothing.
* The segment is the product ("GTXPro" is "GTX Pro" of the price list), the list price its price. There are no quotas.
"""
from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa

from adventureworks import shared_data, table, write

OUTCOME = {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"}


def read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def tables(source: Path | None = None) -> dict[str, pa.Table]:
    source = Path(source) if source else shared_data() / "crm_sales_opportunities"
    teams, pipeline = read(source / "sales_teams.csv"), read(source / "sales_pipeline.csv")
    price = {p["product"]: float(p["sales_price"]) for p in read(source / "products.csv")}
    first = min(day(d["engage_date"]) for d in pipeline if d["engage_date"])
    office = {t["manager"]: t["regional_office"] for t in teams}
    people = [(m, m, None, None, None, "Manager", office[m], None) for m in sorted(office)]
    people += [(t["sales_agent"], t["sales_agent"], None, None, None, "Sales Agent", t["regional_office"], t["manager"])
               for t in teams]
    assignments = [(p[0], p[7], first, None, p[5], p[7] or p[0], p[6]) for p in people]
    deals = []
    for d in pipeline:
        product = "GTX Pro" if d["product"] == "GTXPro" else d["product"]
        outcome = OUTCOME[d["deal_stage"]]
        amount = float(d["close_value"]) if outcome == "won" else None
        deals.append((d["opportunity_id"], d["sales_agent"], amount, "USD", day(d["engage_date"]), day(d["close_date"]),
                      outcome, product, d["account"] or None, price[product]))
    return {
        "people": table(people, "person_id:s name:s hired:d left:d left_reason:s role:s market:s manager_id:s"),
        "assignments": table(assignments, "person_id:s manager_id:s start:d end:d role:s team:s market:s"),
        "deals": table(deals, "deal_id:s owner_id:s amount:f currency:s opened:d closed:d outcome:s segment:s "
                              "account_id:s list_price:f"),
    }


def main() -> int:
    if not 2 <= len(sys.argv) <= 3:
        print("usage: crm.py OUT_DIR [SOURCE_DIR]", file=sys.stderr)
        return 2
    write(tables(Path(sys.argv[2]) if len(sys.argv) == 3 else None), Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
