"""Backtest: how rules of promotion would have done on past vacancies, and what the company's own history says."""

from __future__ import annotations

from collections import Counter

from ...overview import Overview, Row, plural
from ..blocks import Block, Code, Section, Table, Text

RULES = {
    "top_seller": "whoever sold most",
    "seniority": "whoever was there longest",
    "readiness": "whoever was readiest",
    "predicted_effect": "the best predicted effect (policy's coefficients)",
    "random": "anybody among the candidates",
}
RECORDS = {
    "/promotion/effect/sales": "own sales, each log point above the market",
    "/promotion/effect/collaboration": "working with others, each log point above the market",
    "/promotion/effect/readiness": "readiness, each standard deviation",
    "/promotion/effect/residual_sd": "what no record tells (spread)",
}
WHY = {
    "never_led": "never led anybody",
    "led_before": "led others before the decision already",
    "too_short": "led too short",
    "not_comparable": "not linked to the other managers by common sellers",
}


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def _between(row: Row) -> str:
    return "" if row["low"] is None else f" ({row['low']:+.2f} to {row['high']:+.2f})"


def _rules(rows: list[Row]) -> tuple[Table | None, list[str]]:
    of = {(row["policy"], row["metric"]): row for row in rows}
    out, clear = [], []
    for rule, words in RULES.items():
        known, fitted, agrees = (of.get((rule, m)) for m in ("lift", "predicted_lift", "agreement"))
        if not any(row and row["value"] is not None for row in (known, fitted)):
            continue
        cells = [words]
        for row in (known, fitted):
            there = row is not None and row["value"] is not None
            cells += [_signed(row["value"]) + _between(row), f"{row['n']:,}"] if there else ["", ""]
        cells.append("" if not agrees or agrees["value"] is None else f"{agrees['value']:.0%}")
        out.append(cells)
        for row, how in ((known, "by what came of it"), (fitted, "by the fitted coefficients")):
            if row and row["low"] is not None and (row["low"] > 0 or row["high"] < 0):
                clear.append(f"{words}: {'more' if row['low'] > 0 else 'less'} than those chosen, {how}")
    if not out:
        return None, clear
    heads = ["rule", "#lift, known afterwards (95 %)", "#vacancies", "#lift, fitted (95 %)", "#vacancies"]
    note = (
        "Lift: value added of whom the rule would have chosen less that of whom was chosen, as a share of the team's "
        "sales. Known afterwards needs both to have led at some time."
    )
    return Table("Had another rule chosen", [*heads, "#same choice"], out, note), clear


def _coefficients(rows: list[Row]) -> Table | None:
    if not rows or all(row["value"] is None for row in rows):
        return None
    cells = []
    for row in rows:
        says = ""
        if row["low"] is not None:
            inside = row["low"] <= row["in_policy"] <= row["high"]
            says = "agrees with the policy" if inside else "speaks against the policy's value"
            if row["low"] <= 0 <= row["high"]:
                says += ", and with no effect"
        cells.append(
            [
                RECORDS.get(row["path"], row["path"]),
                _signed(row["value"]) + _between(row),
                _signed(row["in_policy"]),
                f"{row['n']:,}",
                says,
            ]
        )
    return Table(
        "What the company's own history says of records",
        ["on record before the promotion", "#fitted (95 %)", "#in the policy", "#managers", "in words"],
        cells,
        "Effect on each report's sales, as a share. The values in the policy are published ones or judgement (section "
        "Policy); a company's own replace them when its intervals are the narrower ones.",
    )


def build(overview: Overview) -> Section | None:
    cases = overview.rows("backtest", "backtest_cases")
    if not cases:
        return None
    chosen = [row for row in cases if row["chosen"]]
    vacancies = len({row["vacancy_id"] for row in cases})
    known = sum(row["status"] == "ok" for row in chosen)
    blocks: list[Block] = [
        Text(
            f"{plural(vacancies, 'past vacancy', 'past vacancies')} with {plural(len(cases), 'candidate')}, each scored "
            "with what was on record the day before; later deals were refused. What came of it is known of "
            f"{known:,} of {len(chosen):,} who were chosen."
        )
    ]
    rules, clear = _rules(overview.rows("backtest", "backtest"))
    if rules is not None:
        blocks.append(rules)
        blocks.append(
            Text("Told apart from what was done: " + "; ".join(clear) + ".")
            if clear
            else Text("No rule can be told from what was done: every interval of a lift holds zero.")
        )
    coefficients = _coefficients(overview.rows("backtest", "coefficients"))
    if coefficients is not None:
        blocks.append(coefficients)
    else:
        blocks.append(Text("Too few managers can be compared to fit coefficients of their records."))
    reasons = Counter(row["status"] for row in chosen if row["status"] != "ok")
    if reasons:
        blocks.append(
            Table(
                "Chosen, and yet not counted",
                ["why", "#people"],
                [[WHY.get(status, status.replace("_", " ")), f"{n:,}"] for status, n in sorted(reasons.items())],
            )
        )
    blocks.append(
        Text(
            "What it cannot say: how those who never led would have done, unless by the fitted coefficients, which "
            "assume that they are like those who did; whether a record is the cause; and anything of a team whose "
            "sellers never had another manager. Growth of the reports and unrest after a promotion count to the manager "
            "too. A person decides."
        )
    )
    fragment = overview.rows("backtest", "policy_fragment")
    if fragment:
        blocks.append(Code("These coefficients as a piece of policy", fragment[0]["json"]))
    return Section("backtest", "Had other rules chosen", blocks)
