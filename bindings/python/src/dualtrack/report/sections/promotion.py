"""Open seats: who is recommended and why, what it is worth, what would change the answer, and whom it passes over."""

from __future__ import annotations

from collections import Counter, defaultdict

from ...overview import Overview, Row, money, plural, probability
from .. import charts
from ..blocks import Block, Picture, Section, Table, Text

SEATS = 5  # seats shown in full
PEOPLE = 25
PASSED_OVER = 25
LINES = {
    "team_effect": "reports sell more or less",
    "own_sales_lost": "own sales until a backfill has ramped",
    "accounts_reassigned": "accounts that change hands",
    "passed_over_exits": "exits of those passed over, beyond the least of any choice",
    "stayers_dip": "those passed over sell less",
    "pay_change": "change of pay",
    "development_cost": "development",
}
RANGES = {
    "interval_95": "95 % interval",
    "published_range": "published range",
    "fixed": "as the policy says",
    "unknown": "not known",
}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _points(effect: float, sd: float) -> str:
    return f"{100 * effect:+.1f} \u00b1 {100 * sd:.1f}"


def _key(row: Row) -> tuple[str, str]:
    return row["vacancy_id"], row["person_id"]


def _seats(overview: Overview, slate: list[Row]) -> Table:
    return Table(
        "Open seats and the best slate over all of them",
        ["seat", "recommended", "#net value", "#candidates", "#to promote", "alone it would take", "#backfill cost"],
        [
            [
                row["vacancy_id"],
                overview.name(row["person_id"]) if row["person_id"] else "no cover yet",
                money(row["net_value"]),
                f"{row['n_candidates']:,}",
                f"{row['n_recommended']:,}",
                (overview.name(row["first_choice_id"]) if row["first_choice_id"] else "nobody")
                + (f" (wanted by {row['wanted_by']} seats)" if row["wanted_by"] > 1 else ""),
                money(row["backfill_cost"]),
            ]
            for row in slate[:PEOPLE]
        ],
        f"The first {PEOPLE} of {len(slate):,}; all are in the table slate." if len(slate) > PEOPLE else "",
    )


def _candidates(overview: Overview, seat: str, rows: list[Row]) -> Picture:
    shown = rows[:PEOPLE]
    svg = charts.caterpillar(
        [
            {
                "label": overview.name(row["person_id"]),
                "order": row["rank"],
                "z": row["net_value"],
                "low": row["net_low"],
                "high": row["net_high"],
                "side": charts.SIDES[1 if row["decision"] == "promote" else 0],
            }
            for row in shown
        ],
        "net value over the horizon, 95 % interval",
    )
    table = Table(
        f"Candidates of {seat}",
        [
            "candidate",
            "recommended",
            "#effect on reports, log points x 100",
            "#P(they sell less)",
            "#net value",
            "#P(net loss)",
            "look again",
        ],
        [
            [
                overview.name(row["person_id"]),
                _words(row["decision"]),
                _points(row["predicted_effect"], row["predicted_sd"]),
                probability(row["probability_harm"]),
                money(row["net_value"]),
                probability(row["probability_net_loss"]),
                "yes" if row["human_review"] else "",
            ]
            for row in shown
        ],
    )
    first = shown[0]
    return Picture(
        svg,
        f"Net value of each candidate of {seat}; coloured when the recommendation is to promote.",
        "Intervals hold the effect on the reports, the candidate's own sales and who may leave; most of what makes a "
        "manager is on no record.",
        f"{overview.name(first['person_id'])} comes first with {money(first['net_value'])}.",
        table,
    )


def _tracks(overview: Overview, seat: str, rows: list[Row], risk: dict[tuple[str, str], Row]) -> Table:
    def leading(row: Row) -> str:
        if row["consents"] is False:
            return "does not want it"
        asked = "" if row["consents"] else "; not asked yet"
        if row["probability_ready"] is None:
            return "nothing known" + asked
        return f"ready with {probability(row['probability_ready'])}{asked}"

    def selling(row: Row) -> str:
        if row["probability_top"] is None:
            return "not measured"
        strong = f"among the best with {probability(row['probability_top'])}"
        return strong + ("; expert track recommended" if row["decision"] == "expert_track" else "")

    def leaving(row: Row) -> str:
        known = risk.get(_key(row))
        if known is None:
            return ""
        return f"{probability(known['exit_probability_12m'])}, with interview {probability(known['mitigated_probability_12m'])}"

    return Table(
        f"Two tracks side by side: {seat}",
        ["candidate", "leading people", "selling", "recommended", "leaves within a year if passed over"],
        [
            [overview.name(row["person_id"]), leading(row), selling(row), _words(row["decision"]), leaving(row)]
            for row in rows[:PEOPLE]
        ],
        "Readiness to lead never sees sales, and no sales make anybody ready.",
    )


def _waterfall(overview: Overview, row: Row, lines: list[Row]) -> list[Block]:
    steps = []
    level = 0.0
    for place, line in enumerate(lines):
        steps.append({"label": LINES[line["line"]], "order": place, "start": level, "end": level + line["amount"]})
        level += line["amount"]
    steps.append({"label": "net value", "order": len(steps), "start": 0.0, "end": level})
    for step in steps:
        step["side"] = charts.SIDES[1 if step["end"] >= step["start"] else -1]
    name = overview.name(row["person_id"])
    picture = Picture(
        charts.waterfall(steps, "gain and cost over the horizon"),
        f"Business case of {name} for {row['vacancy_id']}: from the gain to the net value.",
        f"95 % interval of the net value {money(row['net_low'])} to {money(row['net_high'])}; probability of a net loss "
        f"{probability(row['probability_net_loss'])}.",
        f"The lines add up to {money(row['net_value'])}.",
    )
    table = Table(
        f"Lines of the business case of {name}",
        ["line", "#amount", "#low", "#high", "low and high", "source"],
        [
            [
                LINES[line["line"]],
                money(line["amount"]),
                money(line["low"]),
                money(line["high"]),
                RANGES[line["basis"]],
                line["source"],
            ]
            for line in lines
        ],
    )
    return [picture, table]


def _reasons(overview: Overview, row: Row, reasons: list[Row], swings: list[Row]) -> Table:
    rows = []
    for reason in reasons:
        flip = ""
        if reason["flips_at"] is not None:
            flip = (
                "if the candidate consents"
                if reason["factor"] == "consent"
                else f"at {reason['flips_at']:.2f} instead of {reason['value']:.2f}"
            )
            flip += f": {_words(reason['flips_to'])}"
        rows.append([_words(reason["factor"]), reason["text"], flip])
    hangs = [swing for swing in swings if swing["rank"] <= 3]
    note = "The net value hangs most on " + ", ".join(
        f"{_words(swing['parameter'])} ({money(swing['net_at_low'])} to {money(swing['net_at_high'])})"
        for swing in hangs
    )
    note += {
        "reached": f"; it is zero at a readiness of {row['break_even_readiness'] or 0.0:.2f}.",
        "never_pays": "; no readiness that anybody is likely to have turns it into a gain.",
        "always_pays": "; no readiness that anybody is likely to have turns it into a loss.",
        "no_effect": "; it does not hang on readiness.",
    }[row["break_even_status"]]
    return Table(
        f"Why {overview.name(row['person_id'])}: {_words(row['decision'])}, and what would change the answer",
        ["factor", "what is known", "the answer changes"],
        rows,
        note,
    )


def _passed_over(overview: Overview) -> Table | None:
    rows = sorted(
        overview.rows("promotion", "passed_over"),
        key=lambda row: (-(row["exit_probability_12m"] - row["base_probability_12m"]), row["person_id"]),
    )
    if not rows:
        return None
    how = {
        "filled": "got the seat",
        "recommended": "is recommended",
        "outsider_assumed": "an outsider, as nobody can be recommended",
    }
    return Table(
        "Passed over: who is likelier to leave within twelve months",
        ["person", "seat", "winner", "sold more", "#times likelier", "#leaves", "#had it not been", "#after interview"],
        [
            [
                overview.name(row["person_id"]),
                row["vacancy_id"],
                how[row["winner_is"]]
                if row["winner_id"] is None
                else f"{overview.name(row['winner_id'])} {how[row['winner_is']]}",
                {True: "yes", False: "no", None: "not known"}[row["outsold_winner"]],
                f"{row['hazard_ratio']:.2f}",
                probability(row["exit_probability_12m"], 1),
                probability(row["base_probability_12m"], 1),
                probability(row["mitigated_probability_12m"], 1),
            ]
            for row in rows[:PASSED_OVER]
        ],
        f"The first {PASSED_OVER} of {len(rows):,}. " * (len(rows) > PASSED_OVER)
        + "An interview with the hiring manager and honest feedback halves the excess (Dlugos and Keller 2021, B).",
    )


def _in_detail(rows: list[Row]) -> Row:
    """The candidate whose case is shown: the first who may want the seat."""
    return next((row for row in rows if row["consents"] is not False), rows[0])


def build(overview: Overview) -> Section | None:
    rows = sorted(overview.rows("promotion", "promotion"), key=lambda row: (row["vacancy_id"], row["rank"]))
    blocks: list[Block] = []
    if rows:
        slate = overview.rows("promotion", "slate")
        count = Counter(row["decision"] for row in rows)
        review = sum(1 for row in rows if row["human_review"])
        blocks.append(
            Text(
                f"{plural(len(rows), 'candidate')} for {plural(len(slate), 'open seat')}: {count['promote']:,} recommended "
                f"to promote, {count['develop_first']:,} to develop first, {count['expert_track']:,} for the expert track, "
                f"{count['not_now']:,} not now. {review:,} should be looked at again before anybody follows this. These are "
                "recommendations with their uncertainty; a person decides, and may decide otherwise and say why."
            )
        )
        blocks.append(_seats(overview, slate))
        of_seat: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            of_seat[row["vacancy_id"]].append(row)
        shown = [row["vacancy_id"] for row in slate if row["vacancy_id"] in of_seat][:SEATS]
        in_detail = {seat: _in_detail(of_seat[seat]) for seat in shown}
        first = {_key(row) for row in in_detail.values()}
        details: dict[str, defaultdict[tuple[str, str], list[Row]]] = {}
        for table in ("business_case", "reasons", "sensitivity"):
            details[table] = defaultdict(list)
            for row in overview.rows("promotion", table):
                if _key(row) in first:
                    details[table][_key(row)].append(row)
        risk = {_key(row): row for row in overview.rows("promotion", "passed_over")}
        for seat in shown:
            best = in_detail[seat]
            key = _key(best)
            blocks += [
                _candidates(overview, seat, of_seat[seat]),
                _tracks(overview, seat, of_seat[seat], risk),
                *_waterfall(overview, best, details["business_case"][key]),
                _reasons(overview, best, details["reasons"][key], details["sensitivity"][key]),
            ]
        if len(of_seat) > len(shown):
            blocks.append(
                Text(f"{plural(len(of_seat) - len(shown), 'more seat')} stand in the tables of the analysis.")
            )
    passed_over = _passed_over(overview)
    if passed_over is not None:
        blocks.append(passed_over)
    return Section("promotion", "Open seats and promotions", blocks) if blocks else None
