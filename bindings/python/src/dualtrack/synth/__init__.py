"""A sales organisation with known truth, at any size from 2 sellers to a million.

    from dualtrack import synth
    tables = synth.organisation(sellers=300, months=24, seed=1)    # {"people": pyarrow.Table, ..., "truth/people": ...}
    synth.make("demo", sellers=300, months=24, seed=1)             # demo/people.parquet, ..., demo/truth/people.parquet
    synth.organisation(300, 24, 1, synth.Constants.raw_territories())     # plant something else

The tables are those of the data contract; `truth/` holds what they were drawn from. Each number below is a field of
`Constants`, where its default, its range and the evidence grade it rests on stand beside it.

**Seats.** Teams have 1 + negative binomial reports (mean 5.4, quartiles 2/4/7; A); managers of managers have 4 to 8
(J). People sit in seats; seats outlive them. A market is a set of regions (second-level managers).

**People.** Log skill s ~ N(-sd^2/2, sd^2), sd .354 (B), or gamma with the same variance; book b (the territory's
size, kept on moving) ~ N(., .35) (J; 1.62 gives the published dispersion 1.7 of raw territories, A). Nine leadership
constructs theta ~ N(0, 1), independent of each other and of skill by default; readiness = their weighted sum scaled
to variance 1. Other people on a deal ~ Poisson(kappa), ln kappa ~ N(0, .53) and 0 for the 40 % who work alone (A),
correlated .19 with skill (A). Sex, race and age are drawn last and say nothing about anything.

**Sales of seller i of manager m in month t, market k.** With z the standardised log amount of a deal within its
segment:

    opportunities ~ Poisson(1.5 / .45 * exp(s_i + g_it + season_t + u_kt + effect_m + dip_it) * ramp_it / W_im)
    amount        = exp(segment + b_i + .8 z), 0.1 % of them 12 times as large
    P(manager joins) = logistic(a_m + 1.0 z)                 managers join big deals
    P(won)        = p_i + segment + .02 z + help_m [joined]    help is a risk difference

W_im is the amount-weighted chance that a deal is won and credited to the team, relative to an average seller alone.
So expected credited sales are exp(s + g + effect + ...) exactly, however much m joins: what the manager closes, the
reports do not learn to close. When m steps back (`step_back_share`), W stays and help goes:
`truth/managers.step_back_change`. Managers may also join late, more often when the deal is being won; that is not
help. g_it grows or shrinks with the style of whoever manages i (J). After a lost promotion to someone outsold, dip =
-.33 for 3 months (A). New sellers ramp 5 months (C). Revenue shares are multiples of 1/128 and total exactly 1, on
lost deals too, so that credit says nothing of outcome.

**Managers.** effect = -.088 log_relative_sales + .23 (ln(1 + collaborators) - market mean) + .07 readiness + e, e ~
N(0, .20) (A, A, J, B/J), from what was on record in the 12 months before the promotion; for those in place at the
start it is drawn. Every candidate's e is fixed at birth, so `truth/candidates.effect` is the effect each would have
had. Style (hero, mixed, hero_maker) is drawn with odds that readiness shifts (J); it sets joining, help, credit
taken, coaching and its slump at quarter ends, growth of the reports, and own selling.

**Leaving.** Monthly hazard = -ln(1 - .27) / 12 (B/C) * exp(-1.5 (rank - .5)) normalised (A d) * exp(-.36 readiness of
the manager) normalised (B; 0 in another study) * passed-over factor for 12 months: 2.2 if they outsold the winner (A
d), 1.35 otherwise; of the excess, half with an interview, double when an outsider won (B). Managers leave at 1.8 %
and change seats at 2.0 % a month (C d); sellers change teams at 0.6 % (J). Seats are refilled after 31 to 90 days.

**Promotion.** Candidates are the team and up to three of the region with 3 active months. Status quo: weight 1 + .26
log2 relative sales + 2.9 [rank 1] + 1.2 [works alone], floor 0 (A d), among the 36 % who want it (C); 20 % of seats
go outside (J). Other policies: random, top_seller, readiness, effect.

**Ratings.** One rater's standardised score = sqrt(.65 rho) theta + sqrt(.35 rho) source's view + sqrt(1 - rho) error
+ rater severity N(0, .3), rho by source (B); the mean of k then has squared loading .65 * Spearman-Brown(rho, k).
Self-ratings get +.32 sd (B). Score = 3 + .7 x on 1 to 5 in steps of .1. Behaviour counts are Poisson with log rate .5
theta (J).

**Quotas** are .90 of what an average seller would sell from the same book (about half reach it, C); team quotas .95
of the sum of the reports'. **Pay**: managers' base is 1.66 times sellers' (A); variable pay follows attainment.

Same seed, same numpy and pyarrow: same bytes, however the work is cut: every draw comes from a Philox stream
keyed by (seed, purpose, month, block of 65,536 owners).
"""
from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import numpy as np

from . import activities, deals, evidence, finish
from .constants import CONSTRUCTS, MOTIVES, STYLES, Constants, Style
from .history import Simulation
from .people import NEVER
from .tables import MemorySink, ParquetSink

__all__ = ["CONSTRUCTS", "Constants", "MOTIVES", "STYLES", "Style", "make", "organisation"]

Progress = Callable[[int, int], Any]


def _run(sellers: int, months: int, seed: int, constants: Constants | None, sink, progress: Progress | None):
    if sellers < 2:
        raise ValueError(f"sellers must be at least 2, not {sellers}")
    if months < 1:
        raise ValueError(f"months must be at least 1, not {months}")
    c = constants or Constants()
    sim = Simulation(c, sellers, months, seed, sink)
    p = sim.people
    for m in range(months):
        sim.month = m
        if m:
            sim.trailing()
            sim.manager_events(m)
            if int(sim.days[m]) in sim.new_years:
                sim.flush_pay(np.flatnonzero(p.left == NEVER), int(sim.days[m]))
        sim.seller_events(m)
        deals.month_deals(sim, m)
        activities.month_activities(sim, m)
        sim.end_month(m)
        if progress:
            progress(m + 1, months)
    deals.open_deals(sim)
    sim.open_vacancies()
    evidence.write_ratings(sim)
    evidence.write_answers(sim)
    evidence.write_motives(sim)
    finish.write_assignments(sim)
    finish.write_people(sim)
    finish.write_managers(sim)
    finish.write_quotas(sim)
    finish.write_pay(sim)
    finish.write_rates(sim)
    finish.write_constants(sim, sellers)
    return sink.close()


def make(out: Path, sellers: int = 300, months: int = 24, seed: int = 1, progress: Progress | None = None,
         constants: Constants | None = None, chunk_rows: int = 500_000) -> dict[str, Path]:
    """Write an organisation as `out/TABLE.parquet`, the truth below `out/truth`; the paths by table name."""
    return _run(sellers, months, seed, constants, ParquetSink(Path(out), chunk_rows), progress)


def organisation(sellers: int = 300, months: int = 24, seed: int = 1, constants: Constants | None = None):
    """The same organisation in memory: table name -> pyarrow.Table, truth tables as `truth/NAME`."""
    return _run(sellers, months, seed, constants, MemorySink(), None)
