"""The organisation that the comparison is made on: people, assignments, deals, credits, quotas, participants as Arrow tables.

Deals spread over the year that is measured, some close before it, some are lost, some still open; three people share every
deal; a third of the sellers change their manager during the year, some leave. Shares are whole percents and amounts whole
currency units, and quotas whole cents a day, so that every split is exact to the cent and the peers may use floating sums.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

WINDOW = (np.datetime64("2025-01-01"), np.datetime64("2026-01-01"))
AS_OF = "2025-12-31"
QUARTERS = np.array(["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01"], dtype="datetime64[D]")
MARKETS = 8
SHARES = np.array([[0.6, 0.3, 0.1], [0.5, 0.25, 0.25], [0.8, 0.15, 0.05], [0.34, 0.33, 0.33]])


class Ids:
    """Ids as text: a letter and digits in order of their numbers, or opaque ones of 15 letters and digits in no order."""

    LETTERS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", np.uint8)

    def __init__(self, opaque: bool) -> None:
        self.opaque = opaque

    def person(self, number: np.ndarray) -> pa.Array:
        return self._make("005Dn", number, 10) if self.opaque else self._make("p", number, 7)

    def deal(self, number: np.ndarray) -> pa.Array:
        return self._make("006Dn", number, 10) if self.opaque else self._make("d", number, 9)

    def _make(self, prefix: str, number: np.ndarray, width: int) -> pa.Array:
        n, size, base = len(number), width + len(prefix), 62 if self.opaque else 10
        text = np.empty((n, size), np.uint8)
        text[:, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
        rest = number.astype(np.int64)
        if self.opaque:  # a one-to-one scattering: the factor shares no divisor with 62
            rest = (rest * 549_755_813_881 + 123_456_789_012_345) % 62**10
        for column in range(size - 1, len(prefix) - 1, -1):
            text[:, column] = self.LETTERS[rest % base]
            rest = rest // base
        offsets = np.arange(n + 1, dtype=np.int32) * size
        return pa.Array.from_buffers(pa.utf8(), n, [None, pa.py_buffer(offsets), pa.py_buffer(text)])


def _words(words: list[str], code: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(code.astype(np.int8)))


def _date(days: np.ndarray, there: np.ndarray | None = None) -> pa.Array:
    missing = None if there is None else ~there
    return pa.array(days.astype("datetime64[D]").astype(np.int32), mask=missing).cast(pa.date32())


def make(
    n_deals: int,
    *,
    participants: bool = False,
    shuffled: bool = False,
    opaque: bool = False,
    markets: int = MARKETS,
    sellers_at_most: int = 100_000,
    deals_a_seller: int = 100,
    span: int = 8,
    seed: int = 1,
) -> dict[str, pa.Table]:
    ids = Ids(opaque)
    random = np.random.default_rng(seed)
    n_sellers = max(30, min(sellers_at_most, n_deals // deals_a_seller))
    n_managers = max(2, n_sellers // span)
    n_directors = max(1, n_managers // 10)
    n_people = n_sellers + n_managers + n_directors
    # Numbers are dealt out at random, so that the order of ids says nothing about roles.
    number = random.permutation(n_people)
    sellers, managers, directors = np.split(number, [n_sellers, n_sellers + n_managers])

    manager_of = np.full(n_people, -1)
    manager_of[sellers] = random.choice(managers, n_sellers)
    manager_of[managers] = random.choice(directors, n_managers)
    hired = np.datetime64("2016-01-01") + random.integers(0, 3200, n_people)
    leaves = random.random(n_people) < 0.06
    left = WINDOW[0] + random.integers(30, 360, n_people)
    people = pa.table(
        {
            "person_id": ids.person(np.arange(n_people)),
            "hired": _date(hired),
            "left": _date(left, leaves),
            "market": _words([f"market {i}" for i in range(markets)], random.integers(0, markets, n_people)),
            "manager_id": _where(manager_of >= 0, ids.person(np.maximum(manager_of, 0))),
        }
    )

    # Assignments: from hiring on; a third of the sellers change within the year.
    moves = np.zeros(n_people, bool)
    moves[sellers] = random.random(n_sellers) < 0.33
    moved_on = WINDOW[0] + random.integers(10, 355, n_people)
    before = manager_of.copy()
    before[moves] = random.choice(managers, int(moves.sum()))
    movers = np.flatnonzero(moves)
    who = np.concatenate([np.arange(n_people), movers])
    start = np.concatenate([hired, moved_on[movers]])
    end = np.concatenate([moved_on, moved_on[movers]])
    ends = np.concatenate([moves, np.zeros(len(movers), bool)])
    boss = np.concatenate([before, manager_of[movers]])
    order = np.lexsort((start, who))
    assignments = pa.table(
        {
            "person_id": ids.person(who[order]),
            "manager_id": _where(boss[order] >= 0, ids.person(np.maximum(boss[order], 0))),
            "start": _date(start[order]),
            "end": _date(end[order], ends[order]),
        }
    )

    # Half the managers sell as well. Everybody who sells has a quota a quarter.
    selling = np.sort(np.concatenate([sellers, managers[: n_managers // 2]]))
    weight = random.gamma(3.0, size=len(selling))
    weight[np.isin(selling, managers)] *= 0.2
    cumulated = np.cumsum(weight) / weight.sum()
    owner = np.minimum(np.searchsorted(cumulated, random.random(n_deals)), len(selling) - 1)
    step = random.integers(1, len(selling) // 2, n_deals)
    shared_by = np.stack([owner, (owner + step) % len(selling), (owner + 2 * step) % len(selling)], axis=1)
    shared_by[:, 2] = np.where(shared_by[:, 2] == owner, (owner + 1 + (step == 1)) % len(selling), shared_by[:, 2])
    clash = shared_by[:, 2] == shared_by[:, 1]
    shared_by[clash, 2] = (shared_by[clash, 2] + 1) % len(selling)

    kind = random.random(n_deals)
    is_open = kind < 0.12
    earlier = (kind >= 0.12) & (kind < 0.22)
    closed = WINDOW[0] + random.integers(0, 365, n_deals)
    closed[earlier] -= 365
    skill = random.beta(9.0, 11.0, len(selling))
    won = random.random(n_deals) < skill[owner]
    outcome = np.where(is_open, 2, np.where(won, 0, 1))
    opened = closed - (5 + random.gamma(2.0, 20.0, n_deals).astype(np.int64))
    amount = np.maximum(1.0, np.round(random.lognormal(8.5, 1.2, n_deals)))
    deals = pa.table(
        {
            "deal_id": ids.deal(np.arange(n_deals)),
            "owner_id": ids.person(selling[owner]),
            "amount": amount,
            "opened": _date(opened),
            "closed": _date(closed, ~is_open),
            "outcome": _words(["won", "lost", "open"], outcome),
        }
    )
    del amount, opened, closed, won, kind, earlier

    rows = np.repeat(np.arange(n_deals, dtype=np.int32), 3)
    person = selling[shared_by.reshape(-1)]
    share = SHARES[random.integers(0, len(SHARES), n_deals)].reshape(-1)
    if shuffled:
        order = random.permutation(len(rows))
        rows, person, share = rows[order], person[order], share[order]
        del order
    credits = pa.table({"deal_id": ids.deal(rows), "person_id": ids.person(person), "share": share})
    del rows, person, share

    days = (QUARTERS[1:] - QUARTERS[:-1]).astype(np.int64)
    cents_a_day = random.integers(50_000, 400_000, len(selling))
    quotas = pa.table(
        {
            "person_id": ids.person(np.repeat(selling, 4)),
            "start": _date(np.tile(QUARTERS[:-1], len(selling))),
            "end": _date(np.tile(QUARTERS[1:], len(selling))),
            "amount": (cents_a_day[:, None] * days[None, :]).reshape(-1) / 100.0,
        }
    )
    tables = {"people": people, "assignments": assignments, "deals": deals, "credits": credits, "quotas": quotas}
    if participants:
        # The owner, and one more person in any part (who may be credited already).
        rows = np.repeat(np.arange(n_deals, dtype=np.int32), 2)
        second = selling[random.integers(0, len(selling), n_deals)]
        person = np.stack([selling[owner], second], axis=1).reshape(-1)
        part = np.stack([np.zeros(n_deals, np.int8), random.integers(0, 5, n_deals).astype(np.int8)], axis=1).reshape(-1)
        tables["participants"] = pa.table(
            {
                "deal_id": ids.deal(rows),
                "person_id": ids.person(person),
                "part": _words(["seller", "manager", "mentor", "specialist", "executive"], part),
            }
        )
    return tables


def _where(there: np.ndarray, values: pa.Array) -> pa.Array:
    """The values where `there`, else null."""
    if there.all():
        return values
    return values.take(pa.array(np.where(there, np.arange(len(values)), 0), mask=~there))


def arrow_bytes(tables: dict[str, pa.Table]) -> int:
    """Bytes of the columns, each buffer once."""
    return sum(table.nbytes for table in tables.values())
