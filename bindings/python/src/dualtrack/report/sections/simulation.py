"""What becomes of a sales organisation under one rule of promotion or another, under assumptions that are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...overview import Overview, Row, percent
from .. import charts
from ..blocks import Block, Picture, Section, Table, Text

TITLE = "What if: rules of promotion"
FANS = 9
BARS = 14
GRADES = (
    "Grades: 1 peer-reviewed; 2 working paper or industry study; 3 article; 4 an assumption nobody has measured. "
    "A result is no better than the weakest assumption it uses."
)
# Rules that check the model, and that nobody should or could follow.
NEVER_ADVICE = {
    "worst_seller": "a check of the model, never advice",
    "worst": "a check of the model, never advice",
    "oracle": "knows what nobody can know: an upper bound",
}

# Two estimates of what managers are worth, a large and a small one.
SIDE_BY_SIDE = ("bls2019", "lss2015")

Rows = Callable[[str], list[Row]]


def _rule(policy: str) -> str:
    """The rule of an arm: "PH best" and "best + dual_track" are of the rule best."""
    return policy.split("+")[0].strip().removeprefix("PH ").removeprefix("CS ").split("(")[0]


def shown(policy: str) -> str:
    why = NEVER_ADVICE.get(_rule(policy))
    return f"{policy} ({why})" if why else policy


def number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:+.{digits}f}"


def with_interval(row: Row | None) -> str:
    if row is None or row["mean"] is None:
        return "-"
    width = row["half_width"]
    return number(row["mean"]) if width is None else f"{number(row['mean'])} \u00b1 {width:.1f}"


def _in_order(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _kinds(rows: Rows) -> list[tuple[str, list[str]]]:
    """Presets that share their first metric, with it, in the order of the tables."""
    first: dict[str, str] = {}
    for row in rows("differences"):
        first.setdefault(row["preset"], row["metric"])
    return [
        (metric, [preset for preset in first if first[preset] == metric]) for metric in _in_order(list(first.values()))
    ]


def _differences(rows: Rows, metric: str, presets: list[str]) -> list[Block]:
    found = {
        (row["preset"], row["policy"], row["horizon_periods"]): row
        for row in rows("differences")
        if row["metric"] == metric and row["preset"] in presets
    }
    if not found:
        return []
    policies = _in_order(policy for _, policy, _ in found)
    columns = [
        (preset, horizon) for preset in presets for horizon in sorted({key[2] for key in found if key[0] == preset})
    ]
    baselines = _in_order(row["against"] for row in found.values())
    unit = next(iter(found.values()))["unit"]
    periods = "months" if metric == "revenue" else "periods"
    table = Table(
        f"{metric.capitalize()}, {unit}, against {' or '.join(baselines)} with the same people and the same luck",
        ["rule", *(f"#{preset}, {horizon} {periods}" for preset, horizon in columns), "#worse in"],
        [
            [
                shown(policy),
                *(with_interval(found.get((preset, policy, horizon))) for preset, horizon in columns),
                " / ".join(
                    percent(found[preset, policy, max(h for p, h in columns if p == preset)]["p_regret"])
                    for preset in presets
                    if (preset, policy, max(h for p, h in columns if p == preset)) in found
                ),
            ]
            for policy in policies
        ],
        "Under these assumptions. \u00b1 is half the 95 % interval of the mean (or what the policy asks for); "
        "\u201cworse in\u201d is the share of simulated organisations in which the rule did worse than the baseline, at the "
        "longest horizon" + (f" ({' / '.join(presets)})." if len(presets) > 1 else "."),
    )
    return [table]


def _readings(rows: Rows, presets: list[str]) -> list[Block]:
    """What must be said with a table of revenue."""
    found = {
        (row["preset"], row["policy"], row["horizon_periods"]): row["mean"]
        for row in rows("differences")
        if row["metric"] == "revenue" and row["mean"] is not None
    }
    out: list[str] = []
    missing = [preset for preset in SIDE_BY_SIDE if preset not in presets]
    if missing:
        out.append(
            f"Not simulated: {' and '.join(missing)}. How much managers are worth is not settled, and the choice of the "
            f"model decides the ranking: simulate {' and '.join(SIDE_BY_SIDE)} side by side before concluding anything."
        )
    signs = {
        policy: {found[key] > 0 for key in found if key[1] == policy and key[2] == max(k[2] for k in found)}
        for policy in _in_order(key[1] for key in found)
    }
    turned = [policy for policy, sides in signs.items() if len(sides) > 1]
    if turned and len(presets) > 1:
        out.append(
            f"The models disagree on the sign of {', '.join(turned)}: how much managers are worth is not settled, and "
            "the choice of the model decides the ranking."
        )
    horizons = sorted({key[2] for key in found})
    if len(horizons) > 1:
        out.append(
            f"The first {horizons[0]} months hide most of what a rule does over {horizons[-1]}: managers stay, and what "
            "they do to their teams adds up. Read both columns together."
        )
    out.append(
        "No quota is in the model: what counts is what is sold. Quotas set at last year's result would make the year after "
        "a manager who sells for the team look like a failure (75 % of it in the example of the hero and the hero-maker), "
        "though the team sells more than without any manager."
    )
    if any(row["parameter"].startswith("levels/") for row in rows("inputs")):
        out.append(
            "Leaders above the managers are chosen by the same rule, and a share of their value (w_up) is taken to reach the "
            "teams below: no study was found for either. The table of people speaks of reps and managers of teams."
        )
    if any(_rule(policy) in ("worst_seller", "worst") for policy in signs):
        out.append(
            "That promoting the worst seller can beat the best one here follows mechanically from an assumed negative "
            "slope; effort, fairness and imitation are left out of the model. It is never advice."
        )
    return [Text(text) for text in out]


def _people(rows: Rows, presets: list[str]) -> list[Block]:
    wanted = ["attrition", "regretted", "top_in_rep_seats", "vacant_share", "v_negative_share", "selection_ratio"]
    found: dict[tuple[str, str, str], tuple[int, float | None]] = {}
    for row in rows("outcomes"):
        if row["metric"] in wanted and row["preset"] in presets:
            key = (row["preset"], row["policy"], row["metric"])
            if key not in found or row["horizon_periods"] > found[key][0]:
                found[key] = (row["horizon_periods"], row["mean"])
    if not found:
        return []
    arms = _in_order(f"{preset}\n{policy}" for preset, policy, _ in found)

    def cell(arm: str, metric: str) -> str:
        preset, policy = arm.split("\n")
        value = found.get((preset, policy, metric), (0, None))[1]
        if value is None:
            return "-"
        return f"{value:.2f}" if metric == "selection_ratio" else percent(value, 1)

    return [
        Table(
            "People, over the longest horizon",
            [
                "model",
                "rule",
                "#quits a year, per seat",
                "#top sellers' quits a year, per seat",
                "#top sellers among reps",
                "#seats empty",
                "#managers who take from their team",
                "#lowest to highest promotion rate",
            ],
            [
                [arm.split("\n")[0], shown(arm.split("\n")[1]), *(cell(arm, metric) for metric in wanted)]
                for arm in arms
            ],
            "Few regretted quits may only mean that few top sellers are left to quit: the share of top sellers among "
            "reps stands beside it. A manager who takes from the team has a value below that of an average manager, by "
            "definition of the model. Under these assumptions.",
        )
    ]


def _fans(rows: Rows, preset: str) -> list[Block]:
    way = [row for row in rows("trajectories") if row["preset"] == preset and row["q50"] is not None]
    policies = [policy for policy in _in_order(row["policy"] for row in way) if _rule(policy) not in NEVER_ADVICE]
    policies = policies[:FANS]
    if not policies:
        return []
    points = [
        {
            "panel": row["policy"],
            "order": policies.index(row["policy"]),
            "x": row["period"],
            "low": row["q05"],
            "lower": row["q25"],
            "middle": row["q50"],
            "upper": row["q75"],
            "high": row["q95"],
        }
        for row in way
        if row["policy"] in policies
    ]
    metric = way[0]["metric"]
    last = {row["policy"]: row for row in way}
    said = "; ".join(f"{policy} {last[policy]['q50']:.3g}" for policy in policies)
    return [
        Picture(
            charts.fans(points, "month" if metric == "revenue" else "period", metric),
            f"{metric.capitalize()} period by period under each rule, model {preset}: median, middle half and nine tenths "
            "of the simulated organisations.",
            "Under these assumptions; the bands are luck alone, not doubt about the assumptions.",
            f"Median in the last period: {said}.",
        )
    ]


def _tornado(rows: Rows, preset: str) -> list[Block]:
    all_rows = [
        row
        for row in rows("tornado")
        if row["preset"] == preset and None not in (row["diff"], row["diff_at_low"], row["diff_at_high"])
    ]
    policies = [policy for policy in _in_order(row["policy"] for row in all_rows) if _rule(policy) not in NEVER_ADVICE]
    if not policies:
        return []
    policy = next((p for p in policies if _rule(p) == "readiness"), policies[0])
    of_policy = [row for row in all_rows if row["policy"] == policy]
    of_policy.sort(key=lambda row: (-abs(row["diff_at_high"] - row["diff_at_low"]), row["parameter"]))
    top = of_policy[:BARS]
    bars = [
        {
            "label": f"{row['parameter']}: {row['low']:g} to {row['high']:g}",
            "order": place,
            "low": row["diff_at_low"],
            "high": row["diff_at_high"],
        }
        for place, row in enumerate(top)
    ]
    first = top[0]
    return [
        Picture(
            charts.tornado(bars, f"{first['metric']} of {policy} against {first['against']}", first["diff"]),
            f"How far each assumption alone, between the bounds beside its name, moves the difference of {policy} to "
            f"{first['against']}, model {preset}.",
            f"One at a time, {first['n']} organisations each (\u00b1 {max(row['half_width'] or 0.0 for row in top):.1f}); "
            "assumptions that move together could move it further.",
            f"The strongest is {first['parameter']}: {number(first['diff_at_low'])} at {first['low']:g}, "
            f"{number(first['diff_at_high'])} at {first['high']:g}.",
        )
    ]


def _share(value: float | None, half_width: float | None) -> str:
    """A share with its interval; one that could be nearly anything is not known."""
    if value is None or half_width is None:
        return "-"
    if half_width > 0.5:
        return "not known"
    return f"{percent(value)} \u00b1 {100 * half_width:.0f}"


def _sobol(rows: Rows, preset: str) -> list[Block]:
    all_rows = [row for row in rows("sobol") if row["preset"] == preset and row["total"] is not None]
    policies = [policy for policy in _in_order(row["policy"] for row in all_rows) if _rule(policy) not in NEVER_ADVICE]
    if not policies:
        return []
    policy = next((p for p in policies if _rule(p) == "readiness"), policies[0])
    of_policy = sorted(
        (row for row in all_rows if row["policy"] == policy), key=lambda row: (-row["total"], row["parameter"])
    )
    first = of_policy[0]
    return [
        Table(
            f"Which assumption brings the doubt: {first['metric']} of {policy} against {first['against']}, model {preset}",
            ["assumption", "between", "grade", "#alone", "#with others"],
            [
                [
                    row["parameter"],
                    f"{row['low']:g} and {row['high']:g}",
                    row["grade"],
                    _share(row["first"], row["first_half_width"]),
                    _share(row["total"], row["total_half_width"]),
                ]
                for row in of_policy[:BARS]
            ],
            f"All assumptions varied together at {first['points']:,} points, {first['n']:,} organisations each; over them "
            f"the difference has a standard deviation of {first['spread']:.1f}. "
            "\u201cAlone\u201d is the share of the doubt the assumption brings by "
            "itself, \u201cwith others\u201d the share that would go away if it were known (Sobol indices); \u201cnot known\u201d: "
            "too few points to say. Under these assumptions.",
        )
    ]


def _inputs(rows: Rows) -> list[Block]:
    inputs = rows("inputs")
    if not inputs:
        return []
    return [
        Table(
            "Every assumption used",
            ["model", "assumption", "#value", "unit", "from", "grade", "what it says", "source"],
            [
                [
                    row["preset"],
                    row["parameter"],
                    "-" if row["value"] is None else f"{row['value']:g}",
                    row["unit"],
                    row["value_from"],
                    row["grade"],
                    row["meaning"],
                    row["source"],
                ]
                for row in inputs
            ],
            GRADES,
        )
    ]


def _from_data(rows: Rows) -> list[Block]:
    """What was measured from the company's own tables, and what could not be."""
    own: dict[str, float] = {}
    for row in rows("inputs"):
        if row["value_from"] == "data" and row["value"] is not None:
            own.setdefault(row["parameter"], row["value"])
    notes = [
        row["text"] for row in rows("findings") if row["code"].startswith("simulation.") and row["severity"] == "note"
    ]
    out: list[str] = []
    if own:
        said = ", ".join(f"{name} {value:.3g}" for name, value in own.items())
        out.append(
            f"Started from the company's own tables: {said}. Everything else is the model's, marked \u201cpreset\u201d in the "
            "list of assumptions."
        )
    elif notes:
        out.append("Nothing could be measured from the company's own tables: every number is the model's.")
    if notes:
        out.append(f"What the tables do not tell: {'; '.join(notes)}.")
    return [Text(text) for text in out]


def blocks(rows: Rows) -> list[Block]:
    runs = rows("runs")
    worst = max((row["grade"] for row in rows("inputs")), default="-")
    said = "; ".join(f"{row['preset']} {row['n']:,} organisations a rule" for row in runs if row["n"])
    out: list[Block] = [
        Text(
            "Simulated organisations, not this one: what follows holds under these assumptions and is evidence for none "
            f"of them. The weakest assumption used has grade {worst}. Rules are compared organisation by organisation, "
            f"with the same people and the same luck ({said or 'closed forms'}). Nothing here names a person; a person "
            "decides."
        )
    ]
    out += _from_data(rows)
    stopped = [row["preset"] for row in runs if row["not_reproducible"]]
    if stopped:
        out.append(
            Text(
                f"The limit of time stopped the simulation of {', '.join(stopped)} before it was done: another machine, or "
                "this one another time, gets to other figures. To repeat a result, ask for a number of replications."
            )
        )
    for metric, presets in _kinds(rows):
        out += _differences(rows, metric, presets)
        if metric == "revenue":
            out += _readings(rows, presets)
            out += _people(rows, presets)
        for preset in presets:
            out += _fans(rows, preset)
            out += _tornado(rows, preset)
            out += _sobol(rows, preset)
    return out + _inputs(rows)


def build(overview: Overview) -> Section | None:
    if "simulation" not in overview.results:
        return None
    return Section("simulation", TITLE, blocks(lambda table: overview.rows("simulation", table)))
