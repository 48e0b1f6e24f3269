"""The organisation in numbers."""

from __future__ import annotations

from ...overview import Overview, money, percent, plural, teams, totals
from ..blocks import Figures, Section, Text


def build(overview: Overview) -> Section | None:
    if "measures" not in overview.results:
        return None
    total = totals(overview, len(teams(overview)))
    decided = total.won_count + total.lost_count
    items = [
        (f"{total.n_people:,}", "people"),
        (f"{total.n_sellers:,}", "sellers"),
        (f"{total.n_teams:,}", "teams"),
        (
            money(total.won_amount, total.currency),
            f"won in {plural(total.n_deals, 'deal')}" if total.n_deals else "won in the window",
        ),
    ]
    if decided:
        items.append((percent(total.won_count / decided, 1), "win rate; a shared deal counts for each of its sellers"))
    if total.quota is not None:
        items.append((percent(total.attainment, 1), f"of a quota of {money(total.quota, total.currency)}"))
        items.append((f"{total.n_at_quota:,}", f"of {total.n_with_quota:,} sellers with a quota at or above it"))
    period = f"is {total.first_day} to {total.as_of}" if total.first_day else f"ends on {total.as_of}"
    return Section(
        "numbers",
        "The organisation in numbers",
        [
            Figures(items),
            Text(
                f"{'The window ' + period + '. ' if total.as_of else ''}Amounts are credited to people as the "
                "deals' shares say; these "
                "are counts and sums, exact to the cent, without uncertainty."
            ),
        ],
    )
