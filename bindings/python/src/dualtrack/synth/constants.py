"""Every number the generator uses, in one place, with what it rests on.

Grades: A peer-reviewed, full text checked; B peer-reviewed, abstract or secondary; C practitioner; J judgement of this
project; d arithmetic on graded numbers; w working paper. Keys in brackets name the study: BLS19 Benson, Li, Shue 2019;
STU Sturman et al. 2005; CH97 Conway, Huffcutt 1997; HM Heidemeier, Moser 2009; HCW Huffcutt et al. 2013; VOS
Viswesvaran et al. 1996; HT Hoffman, Tadelis 2021; MIN Minni 2026; DK Dlugos, Keller 2021; ALX Alexander Group; BRG
Bridge Group; F90 Watkins.
"""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

STYLES = ("hero", "mixed", "hero_maker")
CONSTRUCTS = (
    "develops_others", "holds_accountable", "organised", "thinks_in_systems", "collaborates",
    "regulates_emotion", "influences", "curious", "emotional_intelligence",
)
CONSTRUCT_WEIGHTS = (.29, .29, .28, .27, .25, .24, .20, .12, .12)
MOTIVES = ("voice", "giving_back", "sharing_skill", "burnout", "progress", "money", "recognition", "only_path",
           "developing_people")
ROLES = ("Account Executive", "Sales Manager", "Regional Manager", "Sales Director", "Vice President Sales",
         "Chief Sales Officer")


@dataclass(frozen=True)
class Style:
    """How managers of one style behave."""

    share: float              # of all managers
    involvement: float        # probability of joining an average deal of a report early in its life
    help: float               # what joining early adds to the win probability (risk difference)
    late_if_won: float        # probability of joining late a deal that is being won / lost
    late_if_lost: float
    credit_probability: float  # of taking revenue credit on a deal joined early
    credit_share: float       # how much
    coaching: float           # multiple of the usual one-to-one minutes
    quarter_end_coaching: float  # multiple of it in the last 14 days of a quarter
    report_growth: float      # yearly change of the reports' log skill
    own_rate: float           # own won deals, as a share of an average seller's


@dataclass(frozen=True)
class Constants:
    """Defaults of the generative model; change any with `dataclasses.replace` or `Constants().but(...)`."""

    end: date = date(2026, 1, 1)        # first day after the data
    currencies: tuple[str, ...] = ("USD",)  # one a market, in turn; the first is the reporting currency
    n_markets: int = 0                  # 0: one per 60 sellers, 2 to 12

    # structure
    span_mean: float = 5.4              # A [BLS19]: mean 5.4, quartiles 2/4/8
    span_shape: float = 0.8             # d: 1 + negative binomial(shape), quartiles 2/4/7
    span_max: int = 38                  # C [ALX]
    upper_span: tuple[int, int] = (4, 8)  # J: managers per manager of managers

    # sellers and their sales
    skill_log_sd: float = 0.354         # B [STU]: half of (0.5)^2, the quota-normalised spread, persists
    skill_distribution: str = "lognormal"  # or "gamma" with the same variance of the factor
    book_log_sd: float = 0.35           # J: spread of territories
    closing_sd: float = 0.03            # J: sd of a seller's own win probability
    wins_per_month: float = 1.5         # J: average seller after ramp
    win_probability: float = 0.45       # J
    amount_log_sd: float = 0.8          # J: within segment
    amount_slope: float = 0.02          # J: win probability per sd of log amount
    mega_probability: float = 0.001     # J: a deal many times its size
    mega_factor: float = 12.0
    segments: tuple[str, ...] = ("small_business", "mid_market", "enterprise")
    segment_mix: tuple[float, ...] = (.45, .35, .20)
    # d: with these a year's sales relative to quota are half skill, half chance: reliability .50 (B [STU])
    segment_median: tuple[float, ...] = (12_000.0, 20_000.0, 36_000.0)
    segment_cycle_days: tuple[float, ...] = (35.0, 70.0, 120.0)
    segment_win_offset: tuple[float, ...] = (.03, 0.0, -.03)
    season: tuple[float, ...] = (.84, .86, 1.24, .86, .90, 1.26, .80, .82, 1.22, .92, .98, 1.30)  # mean 1
    market_growth: float = 0.04         # J: yearly, log
    market_month_sd: float = 0.05       # J: shocks common to a market's month, log
    ramp_months: float = 5.0            # C [BRG]
    discount_max: float = 0.25          # J: off list price
    lost_cycle_factor: float = 1.2
    open_months: float = 2.5            # J: pipeline open at the end, in months of new opportunities

    # collaboration
    lone_wolf: float = 0.40             # A [BLS19]
    collaborators_log_mean: float = 0.0  # J: median other people on a deal of those who collaborate: 1
    collaborators_log_sd: float = 0.53  # A [BLS19]
    collaboration_skill_r: float = 0.19  # A [BLS19]
    collaboration_construct_r: float = 0.5  # J: with the construct `collaborates`
    co_seller: float = 0.35             # J: of the others on a deal; they share revenue
    specialist: float = 0.45
    specialist_overlay: float = 0.3     # J: of specialists, get overlay credit

    # managers: effect on each report's log sales
    effect_sales: float = -0.088        # A [BLS19]
    effect_collaboration: float = 0.23  # A [BLS19]
    effect_readiness: float = 0.07      # J
    effect_residual_sd: float = 0.20    # B/J
    manager_ramp_months: float = 0.0    # C [F90] says 6.2; 0 keeps value added exact from the first month
    hero: Style = Style(.15, .75, .10, .12, .02, .5, .20, .4, .1, -.12, .30)
    mixed: Style = Style(.55, .35, .06, .08, .02, .2, .15, 1.0, .6, 0.0, 0.0)
    hero_maker: Style = Style(.30, .10, .04, .02, .01, .05, .10, 1.6, 1.0, .06, 0.0)
    style_readiness_slope: float = 1.0  # J: readiness shifts the odds of hero_maker up and of hero down
    involvement_logit_sd: float = 0.3   # J: between managers of a style
    help_sd: float = 0.02
    involvement_amount_slope: float = 1.0  # J: log odds per sd of log amount; managers join big deals
    step_back_share: float = 0.0        # of heroes stop joining ...
    step_back_after: float = 0.6        # ... after this share of the months
    former_seller_decay_months: float = 6.0  # own sales of the newly promoted halve

    # leaving, moving, promoting
    seller_attrition: float = 0.27      # B/C, yearly
    attrition_rank_slope: float = 1.5   # A d: 12-month retention +.32 from bottom to top rank
    attrition_manager_skill: float = -0.36  # B [HT]; 0 in [MIN]
    passed_over_outsold: float = 2.2    # A d
    passed_over_other: float = 1.35     # Aw/B
    interview_factor: float = 0.5       # B [DK], on the excess
    external_factor: float = 2.0        # B [DK], on the excess
    passed_over_dip: float = -0.33      # A, log points for 3 months, those who outsold the winner
    interviewed: float = 0.6            # J
    reasons: tuple[float, ...] = (.75, .15, .10)  # resigned, dismissed, other
    seller_transfer: float = 0.006      # J, monthly
    manager_exit: float = 0.018         # C d, monthly
    manager_rotation: float = 0.020     # C d: with exits a manager's tenure in a seat is about 26 months
    external_hire: float = 0.2          # J
    wants_management: float = 0.36      # C
    promotion_policy: str = "status_quo"  # status_quo, random, top_seller, readiness, effect
    policy_log2_sales: float = 0.26     # A d, status quo weights relative to the base
    policy_rank_1: float = 2.9
    policy_lone_wolf: float = 1.2
    open_vacancies: float = 0.04        # J: share of first-line seats open at the end

    # evidence
    construct_correlation: float = 0.0  # between constructs; 0 is what the measurement model assumes
    leadership_skill_r: float = 0.0     # between readiness and log skill
    shared_perspective: float = 0.65    # d
    reliability: dict[str, float] = field(default_factory=lambda: {   # B [CH97] [HCW] [VOS], one rater
        "manager": .52, "peer": .37, "report": .30, "self": .22, "panel": .74, "interviewer": .44})
    raters: dict[str, tuple[float, int]] = field(default_factory=lambda: {  # share of people rated, raters each
        "manager": (.90, 1), "peer": (.35, 3), "report": (.90, 4), "self": (.50, 1)})
    leniency: float = 0.32              # B [HM]: self-ratings, sd
    severity_sd: float = 0.30           # J: between raters
    rating_mean: float = 3.0
    rating_sd: float = 0.7
    rating_step: float = 0.1
    behaviour_loading: float = 0.5      # J: log rate of a behaviour per sd of its construct
    one_to_one_per_month: float = 1.6
    star_coaching: float = 0.5          # J: one-to-ones of the top fifth against the others (source article 003)

    # pay and quotas
    base_pay: float = 60_000.0
    target_variable: float = 50_000.0
    manager_base_factor: float = 1.66   # A [BLS19]
    manager_target_variable: float = 35_000.0
    quota_months: int = 3               # quota periods: 3 quarterly, 1 monthly
    quota_stretch: float = 0.90         # J: about half the sellers reach it (C)
    team_quota_factor: float = 0.95     # J: of the sum of the reports' quotas

    def but(self, **changes) -> "Constants":
        """A copy with these fields changed."""
        return replace(self, **changes)

    @staticmethod
    def raw_territories(**changes) -> "Constants":
        """Sales as dispersed as raw territories: sd of log yearly sales 1.7 (A [BLS19])."""
        return replace(Constants(book_log_sd=1.62), **changes)

    @staticmethod
    def no_heroes(**changes) -> "Constants":
        """No hero among the managers."""
        c = Constants()
        hero = replace(c.hero, share=0.0)
        return replace(c, hero=hero, mixed=replace(c.mixed, share=.70), **changes)

    @staticmethod
    def joins_big_helps_nothing(**changes) -> "Constants":
        """Managers join the big deals, which are won more often, and add nothing."""
        c = Constants()
        bare = {s: replace(getattr(c, s), help=0.0, late_if_won=0.0, late_if_lost=0.0) for s in STYLES}
        return replace(c, help_sd=0.0, amount_slope=.08, involvement_amount_slope=2.0, **bare, **changes)

    @staticmethod
    def additive(**changes) -> "Constants":
        """Log sales = seller + manager + market-month, nothing else: what a two-way model assumes."""
        c = Constants()
        bare = {s: replace(getattr(c, s), report_growth=0.0) for s in STYLES}
        return replace(c, ramp_months=0.0, passed_over_dip=0.0, **bare, **changes)
