"""The organisation month by month: who leaves, who is hired, who is promoted or moves, and what that does to others."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .constants import ROLES, STYLES, Constants
from .people import MONTH, NEVER, People, Seats, month_starts, win_weight
from .tables import bools, dates, ids, rng, words

START, MANAGERS, TRANSFERS, EXITS, HIRES, PIPELINE_END = 10, 11, 12, 13, 14, 15


@dataclass
class Log:
    """Rows gathered during the run, as lists of arrays per column."""

    parts: dict[str, list] = field(default_factory=dict)

    def add(self, **columns) -> None:
        for name, values in columns.items():
            self.parts.setdefault(name, []).append(np.atleast_1d(values))

    def column(self, name: str) -> np.ndarray:
        parts = self.parts.get(name)
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


class Simulation:
    """State and logs of one run."""

    def __init__(self, c: Constants, sellers: int, months: int, seed: int, sink) -> None:
        self.c, self.seed, self.months, self.sink = c, seed, months, sink
        self.days = month_starts(c.end, months)
        self.new_years = {int(d) for k, d in enumerate(self.days) if (c.end.month - 1 - months + k) % 12 == 0}
        self.month = 0
        self.seats = Seats(c, sellers, seed)
        self.people = People()
        s, p = self.seats, self.people
        people_bound = (sellers + s.n_managers) * (1.6 + .6 * months / 12)
        deal_bound = sellers * (months + 3) * 6.0
        self.person_width = max(6, len(str(int(people_bound))))
        self.deal_width = max(8, len(str(int(deal_bound))))
        self.next_deal = 0
        self.next_vacancy = 0
        self.stays, self.managing, self.sells, self.pay = Log(), Log(), Log(), Log()
        self.all_candidates = np.zeros(0, dtype=np.int64)
        self.leavers = np.zeros(0, dtype=np.int64)
        self.begin_vacancies()
        self.team_quota = np.zeros((s.n_managers, months))
        self.quota_log = Log()
        draw = rng(seed, MONTH)
        trend = c.market_growth * (np.arange(months) - (months - 1) / 2) / 12
        self.market_effect = trend[None, :] + c.market_month_sd * draw.standard_normal((s.n_markets, months))
        self.step_back_day = int(self.days[min(months, int(np.ceil(months * c.step_back_after)))])
        self.seat_occ = np.full(sellers, -1, dtype=np.int64)
        self.pending = np.full(sellers, NEVER, dtype=np.int32)
        self.manager = np.full(s.n_managers, -1, dtype=np.int64)
        self._start()

    # ---- ids
    def person_ids(self, who):
        return ids("P", who, self.person_width)

    def deal_ids(self, numbers):
        return ids("D", numbers, self.deal_width)

    def _start(self) -> None:
        c, s, p = self.c, self.seats, self.people
        day = int(self.days[0])
        new = p.add(c, self.seed, s.n_managers + s.n_sellers, 0)
        heads, sellers = new[:s.n_managers], new[s.n_managers:]
        draw = rng(self.seed, START)
        p.hired[new] = day - 30 - np.minimum(draw.exponential(1100.0, len(new)), 9000).astype(np.int32)
        p.hired[heads] -= 500
        self.collab_mean = float(np.log1p(p.kappa).mean())
        total_sd = np.sqrt(c.skill_log_sd**2 + c.book_log_sd**2 + .1)
        p.make_managers(c, self.seed, heads, total_sd * (.6 + draw.standard_normal(len(heads))),
                        np.log1p(p.kappa[heads]) - self.collab_mean, np.zeros(len(heads)), day, self.step_back_day, 0)
        self._seat_managers(np.arange(s.n_managers), heads, day)
        self._seat_sellers(np.arange(s.n_sellers), sellers, day)

    # ---- stays
    def _open_stay(self, who, day) -> None:
        self.people.stay_from[who] = day

    def _close_stay(self, who, day) -> None:
        """Log the stay of people who leave their position; a stay of no length is not logged."""
        p = self.people
        day = np.broadcast_to(np.asarray(day, dtype=np.int32), np.shape(who))
        keep = p.stay_from[who] < day
        who, day = who[keep], day[keep]
        level, seat = p.level[who], p.seat[who]
        above = np.where(level == 0, self.seats.team[np.where(level == 0, seat, 0)],
                         self.seats.parent[np.where(level == 0, 0, seat)])
        label = np.where(level == 0, above, seat)
        self.stays.add(person=who, level=level, above=above, label=label, start=p.stay_from[who], end=day)

    def _seat_managers(self, mseat, who, day) -> None:
        p, s = self.people, self.seats
        self.manager[mseat] = who
        p.level[who] = s.level[mseat]
        p.role_last[who] = p.level[who]
        p.seat[who] = mseat
        p.market[who] = s.market[mseat]
        p.seller_to[who] = np.where((p.seller_from[who] >= 0) & (p.seller_to[who] == NEVER), day, p.seller_to[who])
        p.pay_from[who] = np.where(p.pay_from[who] < 0, day, p.pay_from[who])
        self._open_stay(who, day)
        self.managing.add(seat=mseat, day=np.full(len(who), day, dtype=np.int32), person=who)

    def _seat_sellers(self, seat, who, day) -> None:
        p, s = self.people, self.seats
        day = np.broadcast_to(np.asarray(day, dtype=np.int32), np.shape(who))
        self.seat_occ[seat] = who
        p.seat[who] = seat
        p.market[who] = s.market[s.team[seat]]
        p.seller_from[who] = np.where(p.seller_from[who] < 0, day, p.seller_from[who])
        p.pay_from[who] = np.where(p.pay_from[who] < 0, day, p.pay_from[who])
        self._open_stay(who, day)

    def _vacate_seller_seat(self, seat, day, gap) -> None:
        self.seat_occ[seat] = -1
        self.pending[seat] = day + gap

    # ---- pay
    def flush_pay(self, who, day, open_end: bool = False) -> None:
        """Write the pay row of people whose pay period ends on `day`."""
        p, c = self.people, self.c
        who = np.asarray(who)
        day = np.broadcast_to(np.asarray(day, dtype=np.int32), np.shape(who))
        keep = (p.pay_from[who] >= 0) & (p.pay_from[who] < day)
        who, day = who[keep], day[keep]
        if not len(who):
            return
        level = p.level[who]
        base = np.where(level == 0, c.base_pay, c.base_pay * c.manager_base_factor * 1.25 ** np.maximum(level - 1, 0))
        base = np.round(base * p.pay_scale[who], -2)
        target = np.where(level == 0, c.target_variable, c.manager_target_variable * 1.3 ** np.maximum(level - 1, 0))
        target = np.round(target * p.pay_scale[who], -2)
        quota = p.pay_quota[who]
        attained = np.where(quota > 0, p.pay_credit[who] / np.where(quota > 0, quota, 1), 1.0)
        paid = np.round(target * (day - p.pay_from[who]) / 365.25 * np.minimum(attained, 3.0), 2)
        self.pay.add(person=who, start=p.pay_from[who], end=np.where(open_end, NEVER, day).astype(np.int32),
                     base=base, target=target, paid=paid, market=p.market[who])
        p.pay_from[who], p.pay_credit[who], p.pay_quota[who] = day, 0.0, 0.0

    # ---- what is known about sellers at the start of a month
    def trailing(self) -> None:
        p = self.people
        self.active12 = p.active_ring.sum(axis=1)
        sales = p.sales_ring.sum(axis=1)
        on = self.active12 > 0
        self.mean_sales = np.where(on, sales / np.where(on, self.active12, 1), np.nan)
        won = p.won_ring.sum(axis=1)
        others = p.others_ring.sum(axis=1)
        self.collab12 = np.where(won > 0, others / np.where(won > 0, won, 1), 0.0)
        self.alone12 = (won > 0) & (others == 0)
        sold = on & (p.market >= 0) & (p.seller_from >= 0)
        n = self.seats.n_markets
        log_sales, log_collab = np.log1p(np.nan_to_num(self.mean_sales)), np.log1p(self.collab12)
        count = np.maximum(np.bincount(p.market[sold], minlength=n), 1)
        self.log_rel = np.full(p.n, np.nan)
        self.log_rel[sold] = log_sales[sold] - (np.bincount(p.market[sold], log_sales[sold], n) / count)[p.market[sold]]
        self.collab_dev = np.zeros(p.n)
        self.collab_dev[sold] = log_collab[sold] - (
            np.bincount(p.market[sold], log_collab[sold], n) / count)[p.market[sold]]

    def team_rank(self) -> tuple[np.ndarray, np.ndarray]:
        """Sellers in seats, and their rank in the team by trailing sales, 0 worst to 1 best."""
        s = self.seats
        seat = np.flatnonzero(self.seat_occ >= 0)
        who = self.seat_occ[seat]
        team = s.team[seat]
        score = np.nan_to_num(self.mean_sales[who], nan=-1.0)
        order = np.lexsort((who, score, team))
        size = np.bincount(team, minlength=s.n_teams)
        first = np.concatenate([[0], np.cumsum(size)[:-1]])
        rank = np.empty(len(who))
        rank[order] = (np.arange(len(who)) - first[team[order]] + .5) / size[team[order]]
        return who, rank

    # ---- managers
    def manager_events(self, m: int) -> None:
        """Managers leave, are replaced (from below or outside) and rotate, on the first of the month."""
        c, s, p = self.c, self.seats, self.people
        day = int(self.days[m])
        draw = rng(self.seed, MANAGERS, m)
        gone = draw.random(s.n_managers) < c.manager_exit
        gone[-1] = False
        turning = (draw.random(s.n_managers) < c.manager_rotation) & (s.level == 1) & ~gone
        vacated = [list(np.flatnonzero(gone & (s.level == k))) for k in range(int(s.level[-1]) + 1)]
        leavers = self.manager[np.flatnonzero(gone)]
        self.flush_pay(leavers, day)
        self._close_stay(leavers, day)
        p.manager_last[leavers] = self.manager[s.parent[p.seat[leavers]]]
        p.left[leavers] = day
        p.reason[leavers] = np.searchsorted(np.cumsum(c.reasons[:-1]), draw.random(len(leavers)), side="right")
        outside, promoted = [], []
        self._chosen: set[int] = set()
        for level in range(int(s.level[-1]) - 1, 0, -1):
            for seat in sorted(vacated[level]):
                choice = self._fill(level, int(seat), day, draw)
                if choice < 0:
                    outside.append(int(seat))
                elif p.level[choice] == 0:
                    promoted.append((int(seat), choice))
                else:
                    vacated[level - 1].append(int(p.seat[choice]))
                    self._move_manager(choice, int(seat), day)
        if promoted:
            seat = np.array([x for x, _ in promoted])
            who = np.array([x for _, x in promoted])
            self.flush_pay(who, day)
            self._close_stay(who, day)
            self._vacate_seller_seat(p.seat[who], day, draw.integers(31, 91, len(who)))
            own = np.minimum(np.exp(p.log_skill[who] + p.growth[who]), 2.0)
            p.make_managers(c, self.seed, who, self.log_rel[who], self.collab_dev[who], own, day, self.step_back_day,
                            2 * m + 1)
            self._seat_managers(seat, who, day)
        if outside:
            who = p.add(c, self.seed, len(outside), 2 * m + 2)
            p.hired[who] = day
            total_sd = np.sqrt(c.skill_log_sd**2 + c.book_log_sd**2 + .1)
            p.make_managers(c, self.seed, who, total_sd * (.4 + draw.standard_normal(len(who))),
                            np.log1p(p.kappa[who]) - self.collab_mean, np.zeros(len(who)), day, self.step_back_day,
                            2 * m + 2)
            self._seat_managers(np.array(outside), who, day)
            for row, person in zip(self._outside_rows, who):
                row["filled_by"] = int(person)
        turning &= p.manager_from[self.manager] < day
        seats = draw.permutation(np.flatnonzero(turning))
        if len(seats) > 1:
            who = self.manager[seats]
            self._close_stay(who, day)
            self.flush_pay(who, day)
            self._seat_managers(np.roll(seats, 1), who, day)
        self._write_vacancies()

    def _move_manager(self, who: int, seat: int, day: int) -> None:
        one = np.array([who])
        self.flush_pay(one, day)
        self._close_stay(one, day)
        self._seat_managers(np.array([seat]), one, day)

    def candidates_for(self, seat: int, draw, day: int) -> np.ndarray:
        """Sellers of the team and up to three of the region with three months of sales behind them."""
        s, p = self.seats, self.people
        first = int(np.searchsorted(s.team, seat))
        last = int(np.searchsorted(s.team, seat, side="right"))
        lo, hi = s.pool_start[first], s.pool_end[first]
        chosen = np.unique(np.concatenate([np.arange(first, last), draw.integers(lo, hi, 3)]))
        who = self.seat_occ[chosen]
        who = who[who >= 0]
        known = len(self.log_rel)
        who = who[who < known]
        return who[(self.active12[who] >= 3) & ~np.isnan(self.log_rel[who])]

    def _fill(self, level: int, seat: int, day: int, draw) -> int:
        """Choose who takes a vacant manager seat (-1: someone from outside) and log vacancy and candidates."""
        c, s, p = self.c, self.seats, self.people
        external = draw.random() < c.external_hire
        if level == 1:
            who = self.candidates_for(seat, draw, day)
            free = np.array([x not in self._chosen for x in who.tolist()], dtype=bool)
            who = who[(p.level[who] == 0) & free]
            rows = self.candidate_rows(who)
        else:
            below = np.flatnonzero(s.parent == seat) if level > 1 else []
            who = np.array([self.manager[k] for k in below if p.left[self.manager[k]] > day], dtype=np.int64)
            rows = None
        consents = p.wants[who] if level == 1 else np.ones(len(who), dtype=bool)
        weight = np.zeros(len(who))
        choice = -1
        if len(who):
            weight = self._policy_weight(rows, who) if level == 1 else np.ones(len(who))
            if c.promotion_policy in ("status_quo", "random") or level > 1:
                w = np.where(consents, np.maximum(weight, 0), 0)
                pick = draw.random()
                if w.sum() > 0 and not external:
                    choice = int(np.searchsorted(np.cumsum(w) / w.sum(), pick, side="right"))
            elif consents.any() and not external:
                choice = int(np.argmax(np.where(consents, weight, -np.inf)))
        interviewed = draw.random(len(who)) < c.interviewed
        if choice >= 0:
            interviewed[choice] = True
        winner = int(who[choice]) if choice >= 0 else -1
        self._chosen.add(winner)
        row = {"vacancy": self.next_vacancy, "level": level, "seat": seat, "boss": int(self.manager[s.parent[seat]]),
               "opens": day, "filled_by": winner, "external": choice < 0, "open": False,
               "reports": int((s.team == seat).sum()) if level == 1 and s.n_sellers < 5000 else self._reports(seat)}
        self.next_vacancy += 1
        self._vacancy_rows.append(row)
        if choice < 0:
            self._outside_rows.append(row)
        outsold = np.zeros(len(who), dtype=bool)
        if level == 1 and len(who):
            bar = self.mean_sales[winner] if choice >= 0 else np.inf
            outsold = self.mean_sales[who] > bar
            lost = np.arange(len(who)) != choice
            ratio = np.where(outsold, c.passed_over_outsold, c.passed_over_other) - 1
            ratio = ratio * np.where(interviewed, c.interview_factor, 1) * (c.external_factor if choice < 0 else 1)
            hit = who[lost]
            p.passed[hit] = np.maximum(np.where(p.passed_until[hit] > day, p.passed[hit], 1), 1 + ratio[lost])
            p.passed_until[hit] = day + 365
            p.dip_until[hit] = np.where(outsold[lost], day + 91, p.dip_until[hit])
        self._candidate_rows.append((row["vacancy"], who, interviewed, np.arange(len(who)) == choice, consents, weight,
                                     outsold, level, False))
        return winner

    def _reports(self, seat: int) -> int:
        s = self.seats
        if s.level[seat] == 1:
            return int(np.searchsorted(s.team, seat, side="right") - np.searchsorted(s.team, seat))
        return int(np.count_nonzero(s.parent == seat))

    def candidate_rows(self, who: np.ndarray) -> dict[str, np.ndarray]:
        """What is known about candidates and the effect each would have as a manager."""
        c, p = self.c, self.people
        expected = (c.effect_sales * self.log_rel[who] + c.effect_collaboration * self.collab_dev[who]
                    + c.effect_readiness * p.readiness[who])
        return {"log_rel": self.log_rel[who], "collab": self.collab_dev[who], "ready": p.readiness[who],
                "expected": expected, "effect": expected + p.residual[who]}

    def _policy_weight(self, rows: dict, who: np.ndarray) -> np.ndarray:
        c = self.c
        if c.promotion_policy == "random":
            return np.ones(len(who))
        if c.promotion_policy == "top_seller":
            return self.mean_sales[who]
        if c.promotion_policy == "readiness":
            return rows["ready"]
        if c.promotion_policy == "effect":
            return rows["expected"]
        sales = np.maximum(self.mean_sales[who], 1.0)
        relative = np.log2(sales / sales.mean())
        return np.maximum(0, 1 + c.policy_log2_sales * relative + c.policy_rank_1 * (sales == sales.max())
                          + c.policy_lone_wolf * self.alone12[who])

    def begin_vacancies(self) -> None:
        self._vacancy_rows: list[dict] = []
        self._outside_rows: list[dict] = []
        self._candidate_rows: list[tuple] = []

    def _write_vacancies(self) -> None:
        rows = self._vacancy_rows
        if rows:
            def col(name):
                return np.array([r[name] for r in rows])
            is_open = col("open")
            self.sink.write("vacancies", {
                "vacancy_id": ids("V", col("vacancy"), 6), "role": words(ROLES, np.minimum(col("level"), 5)),
                "team": ids("T", col("seat"), 6), "manager_id": self.person_ids(col("boss")),
                "opens": dates(col("opens")), "reports": col("reports"), "filled_by": self.person_ids(col("filled_by")),
                "external": bools(col("external"), ~is_open)})
        parts = [x for x in self._candidate_rows if len(x[1])]
        if parts:
            vacancy = np.concatenate([np.full(len(x[1]), x[0]) for x in parts])
            who = np.concatenate([x[1] for x in parts])
            still_open = np.concatenate([np.full(len(x[1]), x[8]) for x in parts])
            self.sink.write("candidates", {
                "vacancy_id": ids("V", vacancy, 6), "person_id": self.person_ids(who),
                "interviewed": bools(np.concatenate([x[2] for x in parts])),
                "selected": bools(np.concatenate([x[3] for x in parts]), ~still_open),
                "consents": bools(np.concatenate([x[4] for x in parts]))})
            self.all_candidates = np.concatenate([self.all_candidates, who])
            first = [x for x in parts if x[7] == 1]
            if first:
                who = np.concatenate([x[1] for x in first])
                known = self.candidate_rows(who)
                self.sink.write("truth/candidates", {
                    "vacancy_id": ids("V", np.concatenate([np.full(len(x[1]), x[0]) for x in first]), 6),
                    "person_id": self.person_ids(who), "log_relative_sales": known["log_rel"],
                    "collaboration": known["collab"], "readiness": known["ready"],
                    "expected_effect": known["expected"], "effect": known["effect"],
                    "weight": np.concatenate([x[5] for x in first]).astype(float),
                    "outsold_winner": bools(np.concatenate([x[6] for x in first]))})
        self.begin_vacancies()

    def open_vacancies(self) -> None:
        """Seats known to come free after the end of the data."""
        c, s = self.c, self.seats
        draw = rng(self.seed, PIPELINE_END)
        self.trailing()
        n = max(1, round(c.open_vacancies * s.n_teams))
        end = int(self.days[-1])
        for seat in np.sort(draw.choice(s.n_teams, n, replace=False)):
            who = self.candidates_for(int(seat), draw, end)
            self._vacancy_rows.append({
                "vacancy": self.next_vacancy, "level": 1, "seat": int(seat),
                "boss": int(self.manager[s.parent[seat]]) if s.parent[seat] >= 0 else -1,
                "opens": end - int(draw.integers(1, 30)), "filled_by": -1, "external": False, "open": True,
                "reports": self._reports(int(seat))})
            none = np.zeros(len(who), dtype=bool)
            self._candidate_rows.append((self.next_vacancy, who, none, none, self.people.wants[who],
                                         np.zeros(len(who)), none, 1, True))
            self.next_vacancy += 1
        self._write_vacancies()

    # ---- sellers
    def seller_events(self, m: int) -> None:
        """Sellers swap seats on the first of the month, are hired on any day, and leave on any day."""
        c, s, p = self.c, self.seats, self.people
        day, next_day = int(self.days[m]), int(self.days[m + 1])
        if m:
            draw = rng(self.seed, TRANSFERS, m)
            moving = (draw.random(s.n_sellers) < c.seller_transfer) & (self.seat_occ >= 0)
            seats = draw.permutation(np.flatnonzero(moving))
            seats = seats[np.argsort(s.market[s.team[seats]], kind="stable")]
            if len(seats) > 1:
                who = self.seat_occ[seats]
                self._close_stay(who, day)
                self._seat_sellers(np.roll(seats, 1), who, day)
        draw = rng(self.seed, HIRES, m)
        seat = np.flatnonzero((self.pending >= day) & (self.pending < next_day))
        if len(seat):
            who = p.add(c, self.seed, len(seat), 2 * m + 3 + (1 << 20))
            p.hired[who] = self.pending[seat]
            self._seat_sellers(seat, who, self.pending[seat])
            self.pending[seat] = NEVER
        draw = rng(self.seed, EXITS, m)
        chance, when = draw.random(s.n_sellers), draw.random(s.n_sellers)
        why, gap = draw.random(s.n_sellers), draw.integers(31, 91, s.n_sellers)
        self.trailing()
        who, rank = self.team_rank()
        seat = p.seat[who]
        base = -np.log1p(-c.seller_attrition) / 12
        slope = c.attrition_rank_slope
        hazard = base * np.exp(-slope * (rank - .5)) / (np.sinh(slope / 2) / (slope / 2) if slope else 1)
        boss = self.manager[s.team[seat]]
        hazard *= np.exp(c.attrition_manager_skill * p.readiness[boss] - c.attrition_manager_skill**2 / 2)
        passed = np.where(p.passed_until[who] > day, p.passed[who], 1.0)
        hazard *= passed
        leaves = (chance[seat] < -np.expm1(-hazard)) & (p.stay_from[who] <= day)
        self.sink.write("truth/exits", {
            "person_id": self.person_ids(who), "month": dates(np.full(len(who), day, dtype=np.int32)),
            "hazard": hazard, "passed_over": passed})
        out, at = who[leaves], seat[leaves]
        last = day + 1 + np.floor(when[at] * (next_day - day - 1)).astype(np.int32)
        p.manager_last[out] = boss[leaves]
        p.left[out] = last
        p.seller_to[out] = last
        p.reason[out] = np.searchsorted(np.cumsum(c.reasons[:-1]), why[at], side="right")
        self._close_stay(out, last)
        self._vacate_seller_seat(at, last, gap[at])
        self.leavers = out

    def owners(self, m: int) -> dict[str, np.ndarray]:
        """Everyone who owns deals this month, with active days and the expected number of opportunities."""
        c, s, p = self.c, self.seats, self.people
        day, next_day = int(self.days[m]), int(self.days[m + 1])
        length = next_day - day
        seated = np.flatnonzero(self.seat_occ >= 0)
        who = np.concatenate([self.seat_occ[seated], self.leavers])
        seat = np.concatenate([seated, p.seat[self.leavers]])
        order = np.argsort(seat * 2 + (np.arange(len(seat)) >= len(seated)), kind="stable")
        who, seat = who[order], seat[order]
        first = np.maximum(day, p.stay_from[who])
        last = np.minimum(next_day, p.left[who])
        team = s.team[seat]
        boss = self.manager[team]
        market = s.market[team]
        age = (day + length / 2 - p.hired[who]) / 30.44
        ramp = np.clip(age / c.ramp_months, .1, 1) if c.ramp_months else np.ones(len(who))
        month = (self.c.end.month - 1 - self.months + m) % 12
        common = np.log(c.season[month]) + self.market_effect[market, m]
        phase = (np.clip((day + length - p.manager_from[boss]) / 30.44 / c.manager_ramp_months, 0, 1)
                 if c.manager_ramp_months else 1.0)
        dip = np.where(p.dip_until[who] > day, c.passed_over_dip, 0.0)
        log_rate = p.log_skill[who] + p.growth[who] + common + phase * p.effect[boss] + dip
        base = c.win_probability + c.amount_slope * c.amount_log_sd
        part = (last - first) / length
        opportunities = (c.wins_per_month / c.win_probability * np.exp(log_rate) * ramp * part
                         * base / win_weight(c, p, who, boss))
        sellers = {"who": who, "seat": seat, "team": team, "boss": boss, "market": market, "first": first, "last": last,
                   "opportunities": opportunities, "part": part, "ramp": ramp, "common": common}
        return sellers

    def own_selling(self, m: int) -> dict[str, np.ndarray]:
        """First-line managers who keep deals of their own."""
        c, s, p = self.c, self.seats, self.people
        day, next_day = int(self.days[m]), int(self.days[m + 1])
        who = self.manager[:s.n_teams]
        floor = np.array([getattr(c, k).own_rate for k in STYLES])[p.style[who]]
        months = (day - p.manager_from[who]) / 30.44
        own = np.maximum(floor, p.own_start[who] * .5 ** (months / c.former_seller_decay_months))
        own = np.where(own < .02, 0.0, own)
        keep = own > 0
        who = who[keep]
        team = np.flatnonzero(keep)
        month = (c.end.month - 1 - self.months + m) % 12
        common = np.log(c.season[month]) + self.market_effect[s.market[team], m]
        rate = c.wins_per_month / c.win_probability * own[keep] * np.exp(common)
        parent = s.parent[team]
        boss = np.where(parent >= 0, self.manager[parent], -1)
        full = np.ones(len(who))
        return {"who": who, "seat": np.searchsorted(s.team, team).astype(np.int64), "team": team, "boss": boss,
                "market": s.market[team], "first": np.full(len(who), day, dtype=np.int32),
                "last": np.full(len(who), next_day, dtype=np.int32), "opportunities": rate, "part": full, "ramp": full,
                "common": common}

    def end_month(self, m: int) -> None:
        """Reports learn, or unlearn, with their manager's style; pay of this month's leavers is settled."""
        c, s, p = self.c, self.seats, self.people
        growth = np.array([getattr(c, k).report_growth for k in STYLES]) / 12
        seated = np.flatnonzero(self.seat_occ >= 0)
        p.growth[self.seat_occ[seated]] += growth[p.style[self.manager[s.team[seated]]]]
        self.flush_pay(self.leavers, p.left[self.leavers])
