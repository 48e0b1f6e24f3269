"""Every analysis the data allow, and the figures that the summary and the report are both made of.

Nothing here is new statistics: totals are sums of result columns, and every judgement of who stands out uses the
posterior mean and standard deviation that the analysis `measures` gives with each person.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._api import Data, Policy, Progress, Result, run
from ._contract import analyses
from ._error import Error, Status
from .sources import Tables

Row = dict[str, Any]
CREDIBLE = 1.96  # standard deviations: 19 of 20

# Reasons why an analysis cannot be made of these tables, rather than faults in them.
_NOT_POSSIBLE = {"schema.missing_table", "schema.missing_column"}
# Long, and of assumptions rather than of the tables.
_ON_REQUEST = {"simulation"}
# Names of a company's own, which its policy has to say the meaning of before they can be used.
_NOT_KNOWN = {"ratings.competency", "answers.question"}
# Analyses that need more than tables: enough rows that can be used.
_NOT_ENOUGH = {
    ("value_added", "data.range"),
    ("value_added", "data.own_rows"),
    ("backtest", "data.range"),
    ("backtest", "data.own_rows"),
    ("backtest", "policy.missing_key"),
}


@dataclass
class Overview:
    """The results of every analysis that ran, and why the others did not."""

    tables: Tables
    policy: Policy
    results: dict[str, Result]
    not_run: dict[str, Error]
    names: dict[str, str] = field(default_factory=dict)
    _rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict, repr=False)

    @property
    def as_of(self) -> str:
        """The day the organisation is looked at, as YYYY-MM-DD."""
        for result in self.results.values():
            return str(result.record["core"]["as_of"] or "")
        return ""

    def rows(self, analysis: str, table: str) -> list[Row]:
        """Rows of a result table; empty where the analysis did not run."""
        key = (analysis, table)
        if key not in self._rows:
            result = self.results.get(analysis)
            self._rows[key] = result[table].to_dicts() if result is not None and table in result else []
        return self._rows[key]

    def name(self, person_id: str | None) -> str:
        """How a person is shown; the id where there is no name."""
        if person_id is None:
            return "nobody"
        return self.names.get(person_id) or person_id


def shown_names(tables: Tables) -> dict[str, str]:
    """How people are shown, by id: their name, and their id with it where several have that name."""
    lists = tables.lists("people", "person_id", "name")
    names = {
        str(person): str(name)
        for person, name in zip(lists.get("person_id", ()), lists.get("name", ()))
        if person is not None and name
    }
    bearers = Counter(names.values())
    return {person: name if bearers[name] == 1 else f"{name} ({person})" for person, name in names.items()}


def make(
    tables: Tables, policy: Policy, progress: Progress | None = None, threads: int = 0, simulate: bool = False
) -> Overview:
    """Checks the data once and runs every analysis of the catalog that the tables allow.

    What takes long and rests on assumptions more than on the tables (a simulation) is run on request.
    """
    known = [analysis["name"] for analysis in analyses() if simulate or analysis["name"] not in _ON_REQUEST]
    steps = len(known) + 1

    def part(index: int, label: str) -> Progress | None:
        if progress is None:
            return None
        return lambda done, stage: progress((index + done) / steps, label or stage)

    results: dict[str, Result] = {}
    not_run: dict[str, Error] = {}
    with Data(tables, progress=part(0, "reading"), threads=threads) as data:
        for index, name in enumerate(known, start=1):
            try:
                results[name] = run(data, name, policy, progress=part(index, name), threads=threads)
            except Error as error:
                missing = error.status == Status.SCHEMA and error.code in _NOT_POSSIBLE
                if not missing and error.where not in _NOT_KNOWN and (name, error.code) not in _NOT_ENOUGH:
                    raise
                not_run[name] = error
    return Overview(tables, policy, results, not_run, shown_names(tables))


# ---- sellers -------------------------------------------------------------------------------------


def is_seller(row: Mapping[str, Any]) -> bool:
    """Whether a row of `sellers` is somebody who sold, or was there to sell, in the window."""
    return row["status"] in ("ok", "no_sales")


def standing(row: Mapping[str, Any]) -> int:
    """1, -1: above, below what the market expects by more than chance easily makes; 0: cannot be told apart."""
    z, sd = row.get("performance_z"), row.get("performance_sd")
    if z is None or sd is None or sd <= 0:
        return 0
    return 1 if z > CREDIBLE * sd else -1 if z < -CREDIBLE * sd else 0


# ---- teams ---------------------------------------------------------------------------------------


@dataclass
class Team:
    """A manager's team over the whole window."""

    manager_id: str
    n_reports: int | None
    amount: float
    own_amount: float
    quota: float | None
    standing: float | None  # mean performance of the reports, in its own standard errors
    regretted_exits: int | None = None
    current: bool = True  # there at the end of the window, with two sellers or more who lead nobody to judge by
    attained_amount: float = 0.0  # the part of amount on days that have a quota

    @property
    def attainment(self) -> float | None:
        """Sold on days with a quota over this quota."""
        return self.attained_amount / self.quota if self.quota else None

    @property
    def sureness(self) -> str:
        """In words, how sure it is that the reports are better or worse than their markets expect."""
        if self.standing is None:
            return "cannot be told"
        side = "above" if self.standing > 0 else "below"
        size = abs(self.standing)
        if size >= CREDIBLE:
            return f"clearly {side} its markets"
        return f"probably {side} its markets" if size >= 1.0 else "not told apart from chance"


def ranking(all_teams: list[Team]) -> list[Team]:
    """The teams worth ranking: a team that is gone, or of a single seller, tops and ends every list by chance, and one
    of managers counts sales of teams that are in the list themselves."""
    return [team for team in all_teams if team.current]


def teams(overview: Overview) -> list[Team]:
    """Teams over the window: amounts and quotas summed over the periods of the table `teams`."""
    sums: dict[str, Row] = {}
    for row in overview.rows("measures", "teams"):
        team = sums.setdefault(
            row["manager_id"],
            {"amount": 0.0, "own": 0.0, "attained": 0.0, "quota": None, "end": None, "n": None, "exits": None},
        )
        team["amount"] += row["amount"] or 0.0
        team["own"] += row["own_amount"] or 0.0
        if row["quota"] is not None:
            team["quota"] = (team["quota"] or 0.0) + row["quota"]
            team["attained"] += row["attained_amount"] or 0.0
        if row["regretted_exits"] is not None:
            team["exits"] = (team["exits"] or 0) + row["regretted_exits"]
        if team["end"] is None or row["end"] >= team["end"]:
            team["end"], team["n"] = row["end"], row["n_reports"]
    reports: dict[str, list[tuple[float, float]]] = {}
    n_sellers: dict[str, int] = {}
    for row in overview.rows("measures", "sellers"):
        if row["manager_id"] is not None and row["performance_z"] is not None and is_seller(row):
            reports.setdefault(row["manager_id"], []).append((row["performance_z"], row["performance_sd"] or 0.0))
            if not (sums.get(row["person_id"]) or {"n": 0})["n"]:
                n_sellers[row["manager_id"]] = n_sellers.get(row["manager_id"], 0) + 1
    last = max((team["end"] for team in sums.values()), default=None)
    out = []
    for manager, team in sums.items():
        members = reports.get(manager, [])
        error = math.sqrt(sum(sd * sd for _, sd in members))
        mean = sum(z for z, _ in members)
        out.append(
            Team(
                manager,
                team["n"],
                team["amount"],
                team["own"],
                team["quota"],
                mean / error if error > 0 else None,
                team["exits"],
                team["end"] == last and (team["n"] or 0) >= 2 and n_sellers.get(manager, 0) >= 2,
                team["attained"],
            )
        )
    return sorted(out, key=lambda t: (t.attainment is None, -(t.attainment or 0.0), -t.amount, t.manager_id))


# ---- the organisation ----------------------------------------------------------------------------


@dataclass
class Totals:
    """The organisation in numbers, over the window."""

    n_people: int  # employed on the last day
    n_sellers: int
    n_teams: int
    won_amount: float
    n_deals: int  # won in the window
    won_count: int  # a shared deal counts for each of its sellers
    lost_count: int
    quota: float | None
    attainment: float | None
    n_at_quota: int
    n_with_quota: int
    n_above: int
    n_below: int
    n_top: int  # sellers of whom it is at least 80 % probable that they belong to the best quarter
    n_lone_wolves: int | None  # None: no table says who else took part
    n_cannot_tell: int
    currency: str
    as_of: str
    first_day: str

    @property
    def n_chance(self) -> int:
        return self.n_sellers - self.n_above - self.n_below


def _headcount(tables: Tables, as_of: str) -> int:
    """People employed on a day; 0 when the tables do not say."""
    lists = tables.lists("people", "person_id", "hired", "left")
    people = lists.get("person_id", [])
    hired, left = (lists.get(column) or [None] * len(people) for column in ("hired", "left"))
    return sum(
        1 for a, b in zip(hired, left) if (a is None or str(a)[:10] <= as_of) and (b is None or str(b)[:10] > as_of)
    )


def _deals_won(overview: Overview) -> int:
    """Different deals that were won; 0 where only totals were given."""
    result = overview.results.get("measures")
    return len(set(result["credit"].column("deal_id"))) if result is not None and "credit" in result else 0


def _currency(overview: Overview) -> str:
    """The reporting currency: the policy's, else the only one in the tables."""
    chosen = overview.policy.to_dict().get("currency")
    found = (
        {chosen} if chosen else overview.tables.words("deals", "currency") or overview.tables.words("sales", "currency")
    )
    return found.pop() if len(found) == 1 else ""


def styles_text(rows: list[Row]) -> str:
    """How many managers of each style, with how sure the word hero is of those it is said of."""
    count = {style: sum(1 for row in rows if row["style"] == style) for style in ("hero", "mixed", "hero_maker")}
    rest = len(rows) - sum(count.values())
    if rest == len(rows):
        return f"{plural(len(rows), 'manager')}, with too little to judge {'by' if rest == 1 else 'any of them by'}."
    sure = sorted(row["hero_probability"] for row in rows if row["style"] == "hero")
    heroes = plural(count["hero"], "probable hero", "probable heroes")
    if sure:
        low, high = probability(sure[0]), probability(sure[-1])
        heroes += f" (in most of the team's deals, and the team fades or would fall without; probability {low}"
        heroes += ")" if low == high else f" to {high})"
    makers = plural(count["hero_maker"], "probable hero maker")
    if count["hero_maker"]:
        makers += " (seldom in the deals, coaching, and no sign that the team fades)"
    return (
        f"{plural(len(rows), 'manager')}: {heroes}, {makers}, {count['mixed']:,} mixed (neither can be said), and {rest:,} "
        "with too little to judge by."
    )


def totals(overview: Overview, n_teams: int) -> Totals:
    rows = overview.rows("measures", "sellers")
    sellers = [row for row in rows if is_seller(row)]
    with_quota = [row for row in sellers if row["quota"]]
    quota = sum(row["quota"] for row in with_quota) if with_quota else None
    as_of = overview.as_of
    standings = [standing(row) for row in sellers]
    return Totals(
        n_people=_headcount(overview.tables, as_of) or len(rows),
        n_sellers=len(sellers),
        n_teams=n_teams,
        won_amount=math.fsum(row["won_amount"] or 0.0 for row in sellers),
        n_deals=_deals_won(overview),
        won_count=sum(row["won_count"] or 0 for row in sellers),
        lost_count=sum(row["lost_count"] or 0 for row in sellers),
        quota=quota,
        attainment=math.fsum(row["attained_amount"] or 0.0 for row in with_quota) / quota if quota else None,
        n_at_quota=sum(1 for row in with_quota if (row["attainment"] or 0.0) >= 1.0),
        n_with_quota=len(with_quota),
        n_above=standings.count(1),
        n_below=standings.count(-1),
        n_top=sum(1 for row in sellers if (row["probability_top_quartile"] or 0.0) >= 0.8),
        n_lone_wolves=None
        if all(row["lone_wolf"] is None for row in sellers)
        else sum(1 for row in sellers if row["lone_wolf"]),
        n_cannot_tell=sum(1 for row in sellers if row["performance_z"] is None),
        currency=_currency(overview),
        as_of=as_of,
        first_day=min((str(row["start"]) for row in overview.rows("measures", "teams")), default=""),
    )


def findings(overview: Overview) -> list[Row]:
    """The findings of every analysis once, the gravest first."""
    grave = {"error": 0, "warning": 1, "note": 2}
    seen: dict[tuple[Any, ...], Row] = {}
    for result in overview.results.values():
        for row in result.findings.to_dicts():
            seen.setdefault(tuple(row.values()), row)
    return sorted(seen.values(), key=lambda row: grave.get(row["severity"], 3))


# ---- words and numbers ---------------------------------------------------------------------------


def money(amount: float | None, currency: str = "") -> str:
    """An amount short enough to be read aloud: 12.3 million EUR."""
    if amount is None:
        return "-"
    tail = f" {currency}" if currency else ""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if abs(amount) >= size:
            return f"{amount / size:,.2f}{word}{tail}"
    return f"{amount:,.0f}{tail}"


def percent(share: float | None, digits: int = 0) -> str:
    return "-" if share is None else f"{100 * share:.{digits}f} %"


def probability(value: float | None, digits: int = 0) -> str:
    """Per cent; what is not certain never reads as certain."""
    least = 10.0**-digits / 100
    if value is not None and 0 < value < least / 2:
        return f"under {percent(least, digits)}"
    if value is not None and 1 - least / 2 < value < 1:
        return f"over {percent(1 - least, digits)}"
    return percent(value, digits)


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
