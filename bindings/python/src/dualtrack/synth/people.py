"""Who is in the organisation: the tree of seats, and people with their traits."""
from __future__ import annotations

from datetime import date

import numpy as np

from .constants import CONSTRUCT_WEIGHTS, CONSTRUCTS, STYLES, Constants
from .tables import rng

EPOCH = date(1970, 1, 1)
NEVER = np.int32(2**31 - 1)
SEATS, TRAITS, STYLE, MONTH = 1, 2, 3, 4  # purposes of random streams; see history, deals, evidence for the others

NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
NODE_WEIGHTS = NODE_WEIGHTS / NODE_WEIGHTS.sum()


def month_starts(end: date, months: int) -> np.ndarray:
    """First days of the months up to `end`, as days since 1970: [months + 1]."""
    last = end.year * 12 + end.month - 1
    return np.array([(date(k // 12, k % 12 + 1, 1) - EPOCH).days for k in range(last - months, last + 1)],
                    dtype=np.int32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Seats:
    """Seller seats and the manager seats above them; first-line managers come first, the root last."""

    def __init__(self, c: Constants, sellers: int, seed: int) -> None:
        draw = rng(seed, SEATS)
        p = c.span_shape / (c.span_shape + c.span_mean - 1)
        spans: list[np.ndarray] = []
        have = 0
        while have < sellers:
            block = np.minimum(1 + draw.negative_binomial(c.span_shape, p, 4096), c.span_max)
            spans.append(block)
            have += int(block.sum())
        ends = np.cumsum(np.concatenate(spans))
        teams = int(np.searchsorted(ends, sellers)) + 1
        sizes = np.diff(np.concatenate([[0], np.minimum(ends[:teams], sellers)]))
        self.team = np.repeat(np.arange(teams, dtype=np.int32), sizes)      # [sellers]
        level_sizes, parents, offset, width = [teams], [], 0, teams
        while width > 1:
            if width <= (3 if len(level_sizes) == 1 else c.upper_span[1]):
                groups = np.zeros(width, dtype=np.int32)
            else:
                most = min(c.upper_span[1], max(2, width // 2))
                cut = np.cumsum(draw.integers(min(c.upper_span[0], most), most + 1, width))
                groups = np.searchsorted(cut, np.arange(width), side="right").astype(np.int32)
            parents.append(offset + width + groups)
            offset, width = offset + width, int(groups[-1]) + 1
            level_sizes.append(width)
        self.level = np.repeat(np.arange(1, len(level_sizes) + 1, dtype=np.int8), level_sizes)
        self.parent = np.concatenate([*parents, [-1]]).astype(np.int32)     # manager seat above, -1 for the root
        self.n_sellers, self.n_teams, self.n_managers = sellers, teams, len(self.level)
        regions = level_sizes[1] if len(level_sizes) > 1 else 1
        wanted = c.n_markets or int(np.clip(round(sellers / 60), 2, 12))
        self.n_markets = max(1, min(wanted, regions))
        self.market = np.full(self.n_managers, -1, dtype=np.int32)
        region_market = (np.arange(regions) * self.n_markets // regions).astype(np.int32)
        if len(level_sizes) > 2:
            self.market[teams:teams + regions] = region_market
        of_team = self.parent[:teams] - teams if len(level_sizes) > 1 else np.zeros(teams, dtype=np.int32)
        self.market[:teams] = region_market[of_team] if self.n_markets > 1 else 0
        self.region = np.maximum(of_team, 0)                                # [teams]
        # range of seller seats in the same region, where colleagues for a deal come from
        region_of_seat = self.region[self.team]
        first = np.searchsorted(region_of_seat, np.arange(regions + 1))
        self.pool_start, self.pool_end = first[region_of_seat], first[region_of_seat + 1]


class People:
    """Columns, one row a person, growing as people are hired."""

    COLUMNS = {
        "hired": np.int32, "left": np.int32, "reason": np.int8, "level": np.int8, "role_last": np.int8,
        "seat": np.int32, "manager_last": np.int64, "market": np.int32,
        "seller_from": np.int32, "seller_to": np.int32, "stay_from": np.int32, "manager_from": np.int32,
        "log_skill": np.float64, "log_book": np.float64, "win_p": np.float64, "kappa": np.float64,
        "lone": np.bool_, "readiness": np.float64, "residual": np.float64, "wants": np.bool_, "pay_scale": np.float64,
        "growth": np.float64, "passed": np.float64, "passed_until": np.int32, "dip_until": np.int32,
        # managers
        "effect": np.float64, "prior_sales": np.float64, "prior_collab": np.float64, "style": np.int8,
        "inv_logit": np.float64, "help": np.float64, "norm_share": np.float64, "norm_slope": np.float64,
        "step_back": np.int32, "own_start": np.float64,
    }
    FILL = {"left": NEVER, "reason": -1, "seat": -1, "manager_last": -1, "market": -1, "seller_from": -1,
            "seller_to": NEVER, "stay_from": -1, "manager_from": -1, "passed": 1.0, "effect": np.nan,
            "prior_sales": np.nan, "prior_collab": np.nan, "style": -1, "step_back": NEVER}

    def __init__(self) -> None:
        self.n = 0
        for name, kind in self.COLUMNS.items():
            setattr(self, name, np.zeros(0, dtype=kind))
        self.theta = np.zeros((0, len(CONSTRUCTS)))
        self.sales_ring = np.zeros((0, 12))
        self.active_ring = np.zeros((0, 12))
        self.won_ring = np.zeros((0, 12), dtype=np.int32)
        self.others_ring = np.zeros((0, 12), dtype=np.int32)
        self.pay_from = np.zeros(0, dtype=np.int32)
        self.pay_credit = np.zeros(0)
        self.pay_quota = np.zeros(0)

    def add(self, c: Constants, seed: int, n: int, batch: int) -> np.ndarray:
        """Append `n` people with fresh traits; their row numbers."""
        new = np.arange(self.n, self.n + n)
        for name, kind in self.COLUMNS.items():
            fill = np.full(n, self.FILL.get(name, 0), dtype=kind)
            setattr(self, name, np.concatenate([getattr(self, name), fill]))
        for name in ("sales_ring", "active_ring", "won_ring", "others_ring"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros((n, 12), dtype=old.dtype)]))
        self.pay_from = np.concatenate([self.pay_from, np.full(n, -1, dtype=np.int32)])
        self.pay_credit = np.concatenate([self.pay_credit, np.zeros(n)])
        self.pay_quota = np.concatenate([self.pay_quota, np.zeros(n)])
        self.n += n
        draw = rng(seed, TRAITS, batch)
        k = len(CONSTRUCTS)
        skill, book, closing, residual = (draw.standard_normal(n) for _ in range(4))
        common, own = draw.standard_normal(n), draw.standard_normal((n, k))
        rho, r_skill = c.construct_correlation, c.leadership_skill_r
        theta = np.sqrt(rho) * common[:, None] + np.sqrt(1 - rho) * own
        if r_skill:
            theta += r_skill * (skill / np.sqrt(k))[:, None] * 1.0
            theta /= np.sqrt(1 + r_skill**2 / k)
        w = np.array(CONSTRUCT_WEIGHTS)
        scale = np.sqrt((1 - rho) * (w**2).sum() + rho * w.sum()**2)
        self.theta = np.concatenate([self.theta, theta])
        self.readiness[new] = theta @ w / scale
        z_skill = skill
        if c.skill_distribution == "gamma":
            alpha = 1 / np.expm1(c.skill_log_sd**2)
            self.log_skill[new] = np.log(draw.gamma(alpha, 1 / alpha, n))
            z_skill = (self.log_skill[new] - self.log_skill[new].mean()) / max(c.skill_log_sd, 1e-12) if n else skill
        else:
            self.log_skill[new] = c.skill_log_sd * skill - c.skill_log_sd**2 / 2
        self.log_book[new] = c.book_log_sd * book - (c.book_log_sd**2 / 2 if c.book_log_sd < 1 else 0)
        self.win_p[new] = np.clip(c.win_probability + c.closing_sd * closing, .05, .95)
        a, b = c.collaboration_skill_r, c.collaboration_construct_r
        collab = (a * z_skill + b * theta[:, CONSTRUCTS.index("collaborates")]
                  + np.sqrt(1 - a * a - b * b) * draw.standard_normal(n))
        rank = normal_cdf(collab)
        self.lone[new] = rank < c.lone_wolf
        inner = np.clip((rank - c.lone_wolf) / (1 - c.lone_wolf), 1e-9, 1 - 1e-9)
        kappa = np.exp(c.collaborators_log_mean + c.collaborators_log_sd * normal_quantile(inner))
        self.kappa[new] = np.where(self.lone[new], 0.0, kappa)
        self.residual[new] = c.effect_residual_sd * residual
        self.wants[new] = draw.random(n) < c.wants_management
        self.pay_scale[new] = np.exp(.12 * draw.standard_normal(n))
        return new

    def make_managers(self, c: Constants, seed: int, who: np.ndarray, prior_sales: np.ndarray, prior_collab: np.ndarray,
                      own_start: np.ndarray, day: int, step_back_day: int, batch: int) -> None:
        """Give people who become managers their effect on reports and their style."""
        draw = rng(seed, STYLE, batch)
        n = len(who)
        self.prior_sales[who], self.prior_collab[who] = prior_sales, prior_collab
        self.effect[who] = (c.effect_sales * prior_sales + c.effect_collaboration * prior_collab
                            + c.effect_readiness * self.readiness[who] + self.residual[who])
        styles = [getattr(c, s) for s in STYLES]
        odds = np.array([s.share for s in styles])[None, :] * np.exp(
            c.style_readiness_slope * self.readiness[who][:, None] * np.array([-1.0, 0.0, 1.0])[None, :])
        edges = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
        style = np.minimum((draw.random(n)[:, None] > edges).sum(axis=1), 2).astype(np.int8)
        self.style[who] = style
        base = np.array([s.involvement for s in styles])[style]
        self.inv_logit[who] = np.log(base / (1 - base)) + c.involvement_logit_sd * draw.standard_normal(n)
        self.help[who] = np.array([s.help for s in styles])[style] + c.help_sd * draw.standard_normal(n)
        self.own_start[who] = np.maximum(own_start, np.array([s.own_rate for s in styles])[style])
        self.manager_from[who] = day
        stepping = (style == 0) & (draw.random(n) < c.step_back_share)
        self.step_back[who] = np.where(stepping & (day < step_back_day), step_back_day, NEVER)
        # how likely the manager joins a deal, weighted by its amount: z shifts by the amounts' log sd
        z = NODES + c.amount_log_sd
        join = sigmoid(self.inv_logit[who][:, None] + c.involvement_amount_slope * z[None, :])
        self.norm_share[who] = join @ NODE_WEIGHTS
        self.norm_slope[who] = (join * z) @ NODE_WEIGHTS


def taken_weight(c: Constants, people: People, win_p, manager: np.ndarray) -> np.ndarray:
    """Amount-weighted share of a report's opportunities that is won and credited to the manager who joined."""
    share, slope, add = people.norm_share[manager], people.norm_slope[manager], people.help[manager]
    styles = [getattr(c, s) for s in STYLES]
    taken = np.array([s.credit_probability * s.credit_share for s in styles])[people.style[manager]]
    return taken * (win_p * share + c.amount_slope * slope + add * share)


def win_weight(c: Constants, people: People, seller: np.ndarray, manager: np.ndarray) -> np.ndarray:
    """Amount-weighted probability that a seller's deal is won and credited to the team's sellers.

    With it in the denominator of the number of opportunities, expected credited sales are the seller's and the
    manager's
    effect exactly, however much the manager joins: what the manager closes, the reports do not learn to close.
    """
    base = people.win_p[seller] + c.amount_slope * c.amount_log_sd
    help_ = people.help[manager] * people.norm_share[manager]
    return base + help_ - taken_weight(c, people, people.win_p[seller], manager)


def step_back_change(c: Constants, people: People, manager: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Relative change when the manager stops joining, at the average win probability: of what the reports' deals
    bring, and
    of what the reports are credited with, which no longer loses the manager's part."""
    base = c.win_probability + c.amount_slope * c.amount_log_sd
    help_ = people.help[manager] * people.norm_share[manager]
    taken = taken_weight(c, people, c.win_probability, manager)
    return base / (base + help_) - 1, base / (base + help_ - taken) - 1


def normal_cdf(x: np.ndarray) -> np.ndarray:
    """Abramowitz and Stegun 26.2.17; 7.5e-8 is plenty for drawing."""
    t = 1 / (1 + .2316419 * np.abs(x))
    poly = t * (.319381530 + t * (-.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    upper = np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * poly
    return np.where(x >= 0, 1 - upper, upper)


def normal_quantile(p: np.ndarray) -> np.ndarray:
    """Acklam's rational approximation, relative error 1.2e-9."""
    a = (-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
         -3.066479806614716e+01, 2.506628277459239e+00)
    b = (-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
         -1.328068155288572e+01)
    cc = (-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
          4.374664141464968e+00, 2.938163982698783e+00)
    d = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00)
    q = np.minimum(p, 1 - p)
    u = np.sqrt(-2 * np.log(np.minimum(q, .02425)))
    tail = (((((cc[0] * u + cc[1]) * u + cc[2]) * u + cc[3]) * u + cc[4]) * u + cc[5]) / (
        (((d[0] * u + d[1]) * u + d[2]) * u + d[3]) * u + 1)
    r = (q - .5) ** 2
    centre = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * (q - .5) / (
        ((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1)
    low = np.where(q < .02425, tail, centre)
    return np.where(p <= .5, low, -low)
