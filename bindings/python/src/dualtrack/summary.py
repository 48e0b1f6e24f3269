"""What a sales director can read on one page."""

from __future__ import annotations

from .overview import (
    Overview,
    Row,
    Team,
    findings,
    money,
    percent,
    plural,
    probability,
    ranking,
    styles_text,
    teams,
    totals,
)

WIDTH = 100
SHOWN = ("managers", "measures", "pay", "promotion", "readiness", "paths", "retention", "relief", "value_added")


def _team_line(overview: Overview, team: Team) -> str:
    attainment = percent(team.attainment) if team.attainment is not None else money(team.amount)
    size = "" if team.n_reports is None else plural(team.n_reports, "report")
    return f"    {attainment:>14}  {overview.name(team.manager_id)[:28]:<28}  {size:<11}  {team.sureness}"


def _wrapped(text: str, indent: str = "    ") -> list[str]:
    import textwrap

    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _sellers(overview: Overview) -> list[str]:
    all_teams = teams(overview)
    total = totals(overview, len(all_teams))
    currency = total.currency
    when = f", as of {total.as_of}" if total.as_of else ""
    out = [
        f"{plural(total.n_people, 'person', 'people')}{when}; in the window "
        f"{plural(total.n_sellers, 'seller')} and {plural(total.n_teams, 'team')}"
    ]
    decided = total.won_count + total.lost_count
    won = f"Won {money(total.won_amount, currency)}"
    if total.n_deals:
        won += f" in {plural(total.n_deals, 'deal')}"
    if decided:
        won += f"; win rate {percent(total.won_count / decided)} (a shared deal counts for each of its sellers)"
    out.append(won)
    if total.quota is not None:
        out.append(
            f"Against a quota of {money(total.quota, currency)}: attainment {percent(total.attainment, 1)}; "
            f"{total.n_at_quota:,} of {plural(total.n_with_quota, 'seller')} at or above quota"
        )
    else:
        out.append("No quotas were given: attainment cannot be said")
    if all_teams:
        worth = ranking(all_teams)
        with_quota = [t for t in worth if t.attainment is not None]
        ranked = with_quota or sorted(worth, key=lambda t: (-t.amount, t.manager_id))
        what = "attainment" if with_quota else "amount won"
        out += ["", f"Teams by {what}, and whether their sellers stand out once luck is taken out"]
        out += [_team_line(overview, team) for team in ranked[:3]]
        if len(ranked) > 6:
            out.append(f"    {'...':>14}  {plural(len(ranked) - 6, 'team')} between")
        out += [_team_line(overview, team) for team in (ranked[-3:] if len(ranked) > 6 else ranked[3:])]
        if len(ranked) < len(all_teams):
            out.append(
                f"    {'':>14}  left out: {plural(len(all_teams) - len(ranked), 'team')} gone by the last day, "
                "of one seller, of managers, or without quota"
            )
    if total.n_sellers:
        out += ["", "Sellers, once luck is taken out"]
        out += _wrapped(
            f"{total.n_above:,} sell more and {total.n_below:,} sell less than their market would expect by more than "
            f"chance easily makes; the other {total.n_chance:,} cannot be told apart. Of {total.n_top:,} it is at least 80 % "
            "probable that they belong to the best quarter."
        )
        if total.n_lone_wolves is not None:
            out += _wrapped(f"{total.n_lone_wolves:,} closed every deal of the window alone (lone wolves).")
    return out


def _pay(overview: Overview) -> list[str]:
    rows = [row for row in overview.rows("pay", "pay_inversion") if row["n_reports"]]
    if not rows:
        return ["", "Pay: not given, or of no team"]
    inverted = [
        row for row in rows if (row["share_above_at_target"] or 0) > 0 or (row["share_above_at_actual"] or 0) > 0
    ]
    text = (
        f"In {len(inverted):,} of {plural(len(rows), 'team')} at least one report earns more than the manager, "
        "at target "
        "or in fact."
    )
    if inverted:
        worst = max(inverted, key=lambda row: (row["largest_gap"] or 0.0, row["manager_id"]))
        if worst["largest_gap"]:
            team = overview.name(worst["manager_id"])
            text += f" The largest gap, {money(worst['largest_gap'])} a year, is in the team of {team}."
    return ["", "Pay", *_wrapped(text)]


def _readiness(overview: Overview) -> list[str]:
    rows = overview.rows("readiness", "readiness")
    if not rows:
        return []
    ready = sorted(
        (row for row in rows if row["status"] == "ready"), key=lambda row: (-row["probability_ready"], row["person_id"])
    )
    asked = sum(1 for row in rows if row["status"] == "insufficient_evidence")
    text = (
        f"{len(ready):,} of {plural(len(rows), 'person', 'people')} are recommended as ready, "
        f"{len(rows) - len(ready) - asked:,} to develop; {asked:,} cannot be judged on what has been asked so far."
    )
    if ready:
        first = ready[0]
        text += (
            f" Most surely ready is {overview.name(first['person_id'])}: probability {probability(first['probability_ready'])}, "
            f"from {plural(first['n_sources'], 'independent source')}."
        )
    return ["", "Readiness to lead (sales have no part in it)", *_wrapped(text)]


def _managers(overview: Overview) -> list[str]:
    rows = overview.rows("managers", "managers")
    if not rows:
        return []
    text = styles_text(rows)
    heroes = sorted(
        (row for row in rows if row["style"] == "hero"), key=lambda row: (-row["hero_probability"], row["manager_id"])
    )
    if heroes:
        first = heroes[0]
        text += (
            f" Surest: {overview.name(first['manager_id'])}, in {percent(first['involvement_share'])} of the team's decided "
            f"deals (hero probability {probability(first['hero_probability'])})."
        )
    uncoached = len(overview.rows("managers", "uncoached"))
    if uncoached:
        text += f" Of the top tier not coached lately: {plural(uncoached, 'person', 'people')}."
    last = {row["manager_id"]: row for row in overview.rows("managers", "transition")}
    red = sum(1 for row in last.values() if row["status"] == "red")
    if last:
        text += f" {plural(len(last), 'new manager')}, {red:,} of them at red."
    return ["", "Managers", *_wrapped(text)]


def _value_added(overview: Overview) -> list[str]:
    rows = [row for row in overview.rows("value_added", "value_added") if row["effect_shrunk"] is not None]
    rows = [row for row in rows if row["component"] == 1]
    if len(rows) < 2:
        return []
    above = sum(row["low"] > 0 for row in rows)
    below = sum(row["high"] < 0 for row in rows)
    return [
        "",
        "What managers add (the same sellers under different managers)",
        *_wrapped(
            f"Of {plural(len(rows), 'manager')} that common sellers make comparable, the same sellers sell more under "
            f"{above:,} and less under {below:,} by more than chance easily makes; the other {len(rows) - above - below:,} "
            "cannot be told from the average."
        ),
    ]


def _exit_risk(row: Row, as_it_is: float, otherwise: float) -> str:
    """The risk that somebody passed over leaves, and what an interview that is still open would make of it."""
    mitigated = row["mitigated_probability_12m"]
    text = f"{probability(as_it_is)}, {probability(otherwise)} had the seat not gone to somebody else"
    if mitigated < as_it_is:
        return text + f", {probability(mitigated)} once the hiring manager has talked it over with them"
    return text + "; the interview with the hiring manager has taken place"


def _promotion(overview: Overview) -> list[str]:
    rows = overview.rows("promotion", "promotion")
    passed_over = overview.rows("promotion", "passed_over")
    if not rows and not passed_over:
        return []
    out = ["", "Open seats (recommendations; a person decides)"]
    slate = overview.rows("promotion", "slate")
    covered = sorted((row for row in slate if row["person_id"]), key=lambda row: (-row["net_value"], row["vacancy_id"]))
    if rows:
        review = sum(1 for row in rows if row["human_review"])
        text = (
            f"{plural(len(rows), 'candidate')} for {plural(len(slate), 'open seat')}; somebody to recommend for "
            f"{len(covered):,} of them, no cover yet for {len(slate) - len(covered):,}. A second look is due at {review:,} of "
            "the recommendations."
        )
        if covered:
            row = next(
                row
                for row in rows
                if (row["vacancy_id"], row["person_id"]) == (covered[0]["vacancy_id"], covered[0]["person_id"])
            )
            text += (
                f" Worth most: {overview.name(row['person_id'])} for {row['vacancy_id']}, net {money(row['net_value'])} "
                f"(95 % interval {money(row['net_low'])} to {money(row['net_high'])}; probability that the reports sell "
                f"less {probability(row['probability_harm'])})."
            )
        out += _wrapped(text)
    outsold = [row for row in passed_over if row["outsold_winner"] and row["winner_is"] == "filled"]
    if outsold:
        worst = max(
            outsold, key=lambda row: (row["exit_probability_12m"] - row["base_probability_12m"], row["person_id"])
        )
        out += _wrapped(
            f"{plural(len(outsold), 'person', 'people')} sold more than who got the seat in the last year; "
            f"{overview.name(worst['person_id'])} is the one whose risk of leaving within twelve months it raises most: "
            f"{_exit_risk(worst, worst['exit_probability_12m'], worst['base_probability_12m'])}."
        )
    return out if len(out) > 2 else []


def _paths(overview: Overview) -> str:
    rows = [row for row in overview.rows("paths", "paths") if row["level_next"] is not None]
    out = []
    for track in ("expert", "management"):
        own = [row for row in rows if row["track"] == track]
        ready = sum(1 for row in own if row["eligible"])
        soon = sum(1 for row in own if not row["eligible"] and (row["probability_within_horizon"] or 0.0) >= 0.5)
        out.append(f"{track} track: {ready:,} meet all the next level asks, {soon:,} are likely to within the horizon")
    text = "Paths, " + "; ".join(out) + "." if rows else ""
    for row in overview.rows("paths", "ladder_findings"):
        if row["severity"] == "warning":
            text += f" The ladder: {row['text']}."
    return text


def _retention(overview: Overview) -> str:
    passed = [row for row in overview.rows("retention", "retention") if row["passed_over"] != "no"]
    if not passed:
        return ""
    first = min(passed, key=lambda row: (row["base_probability_12m"] - row["probability_exit_12m"], row["person_id"]))
    return (
        f"Passed over in the last year, or would be by the recommended slate: "
        f"{plural(len(passed), 'person', 'people')}; the one whose risk of leaving within twelve months it raises most is "
        f"{overview.name(first['person_id'])}: "
        f"{_exit_risk(first, first['probability_exit_12m'], first['base_probability_12m'])}."
    )


def _relief(overview: Overview) -> list[str]:
    return [
        f"{'Mentoring, the best set' if row['plan'] == 'best' else 'Mentoring, the plan ' + row['plan']}: "
        f"{plural(row['n_mentors'], 'mentor')} for {plural(row['n_mentees'], 'mentee')}, quotas lowered by "
        f"{money(row['quota_relief'])} a year against {money(row['gain'])} of sales expected to be gained "
        f"({money(row['gain_low'])} to {money(row['gain_high'])}); net {money(row['net'])}."
        for row in overview.rows("relief", "portfolio")
        if row["n_mentees"]
    ]


def _careers(overview: Overview) -> list[str]:
    texts = [text for text in (_paths(overview), _retention(overview), *_relief(overview)) if text]
    return ["", "Careers", *(line for text in texts for line in _wrapped(text))] if texts else []


def _findings(overview: Overview) -> list[str]:
    rows = findings(overview)
    grave = [row for row in rows if row["severity"] in ("error", "warning")]
    if not grave:
        return ["", f"Findings: nothing that needs a look ({plural(len(rows), 'note')})"]
    out = ["", f"Findings to look at ({len(grave):,}; notes: {len(rows) - len(grave):,}; rows count from 0)"]
    for row in grave[:5]:
        place = ".".join(part for part in (row["table"], row["column"]) if part)
        if row["row"] is not None:
            place += f" row {row['row']}"
        out += _wrapped(f"{row['severity']}: {place}: {row['text']} ({row['code']})")
    if len(grave) > 5:
        out.append(f"    ... {len(grave) - 5:,} more")
    return out


def text(overview: Overview) -> str:
    """The summary, one line a string of at most a screen's width."""
    lines: list[str] = []
    if "measures" in overview.results:
        lines += _sellers(overview)
    lines += _pay(overview)
    lines += _managers(overview)
    lines += _readiness(overview)
    lines += _value_added(overview)
    lines += _promotion(overview)
    lines += _careers(overview)
    others = [name for name in overview.results if name not in SHOWN]
    if others:
        lines += ["", "Also computed: " + ", ".join(others)]
    for name, error in overview.not_run.items():
        lines.append(f"Not possible with these tables: {name}: {error}")
    lines += _findings(overview)
    lines += ["", "These figures describe; a person decides."]
    return "\n".join(lines)
