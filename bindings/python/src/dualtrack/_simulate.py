"""Simulations with rules of promotion written in Python."""

from __future__ import annotations

import ctypes as c
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._abi import SIM_INTERVIEWS, SIM_POLICY, SIM_SINGLE_THREADED, SIM_TRIES_EVERYBODY, SimRule, library
from ._api import Cancel, Data, Policy, PolicyLike, Progress, Result, _call, _checked_threads, run
from ._error import Error, Status

# Scores of the candidates of one vacancy, the highest asked first; None or NaN: not eligible.
Rule = Callable[["Candidates"], Sequence["float | None"]]


class Candidates:
    """The candidates of one vacancy as a rule may see them; every figure is a list with one entry a candidate.

    sales12: log of the last 12 months' sales, 0 = average rep; tenure: months; collaboration, readiness, trial: ratings
    with their noise, in standard deviations; pay: x the average rep; own_team: of the team that has the vacancy.
    Where the policy asks for leaders above the managers, their vacancies are shown likewise: candidates are the managers,
    by what they sold as reps, and the team is the unit that the post leads.
    """

    _LISTS = ("sales12", "tenure", "collaboration", "readiness", "trial", "pay")

    def __init__(self, address: Any) -> None:
        seen = address.contents
        self._seen = seen
        self.n: int = seen.n
        self.team: int = seen.team
        self.period: int = seen.period
        self.vacancy: int = seen.vacancy

    def __getattr__(self, name: str) -> list[Any]:
        if name not in self._LISTS and name != "own_team":
            raise AttributeError(name)
        if self._seen is None:
            raise RuntimeError("candidates can be looked at only while the rule is called")
        if name == "own_team":
            value = [bool(flag & 1) for flag in self._seen.flags[: self.n]]
        else:
            value = getattr(self._seen, name)[: self.n]
        setattr(self, name, value)
        return value

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return f"<dualtrack.Candidates n={self.n} team={self.team} period={self.period}>"


class _Relay:
    """One rule as the library calls it; what it raises is kept, because ctypes would swallow it."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.raised: BaseException | None = None
        self.callback = SIM_POLICY(self._score)

    def _score(self, address: Any, out: Any, user: int | None) -> int:
        candidates = None
        try:
            candidates = Candidates(address)
            scores = self.rule(candidates)
            if len(scores) != candidates.n:
                raise ValueError(f"expected {candidates.n} scores, one a candidate, found {len(scores)}")
            for i, score in enumerate(scores):
                out[i] = math.nan if score is None else float(score)
        except BaseException as error:  # noqa: BLE001 - ctypes would swallow it
            self.raised = self.raised or error
            return int(Status.INTERNAL)
        finally:
            if candidates is not None:
                candidates._seen = None
        return 0


def simulate(
    policy: PolicyLike = None,
    *,
    rules: Mapping[str, Rule] | None = None,
    interviews: Sequence[str] = (),
    tries_everybody: Sequence[str] = (),
    data: Data | Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    threads: int = 0,
) -> Result:
    """Simulates rules of promotion; what comes out holds under the assumptions in the table `inputs`, and no other.

    `rules` are functions of your own, compared with those the policy names under `simulation.policies`: each is called
    with the Candidates of one vacancy and gives a score for each; it must depend on nothing else. `interviews` and
    `tries_everybody` name those of them that talk to every candidate, or pay for a test drive of each. `data`: start
    from the company's own organisation (`simulation.start` = "data"; not together with `rules`).
    """
    threads = _checked_threads(threads)
    if not isinstance(policy, Policy):
        policy = Policy(policy)
    if not rules:
        return run(
            {} if data is None else data, "simulation", policy, progress=progress, cancel=cancel, threads=threads
        )
    if data is not None:
        raise Error(Status.ARGUMENT, "argument.unknown_option", "expected rules or data, found both")
    for name in (*interviews, *tries_everybody):
        if name not in rules:
            raise Error(Status.ARGUMENT, "argument.rule_name", f"expected the name of one of the rules, found {name!r}")
    relays = {name: _Relay(rule) for name, rule in rules.items()}
    # Python runs one thread at a time, so more threads would only wait for each other.
    flags = {
        name: SIM_SINGLE_THREADED
        | (SIM_INTERVIEWS if name in interviews else 0)
        | (SIM_TRIES_EVERYBODY if name in tries_everybody else 0)
        for name in rules
    }
    entries = [SimRule(c.sizeof(SimRule), flags[name], name.encode(), relays[name].callback, None) for name in relays]
    array = (SimRule * len(entries))(*entries)
    try:
        with policy._handle.use() as checked:
            arguments = (checked, array, len(entries))
            address = _call(library.dtk_sim_run, arguments, library.dtk_result_free, progress, cancel, threads)
    except Error as error:
        for relay in relays.values():
            if relay.raised is not None:
                raise relay.raised from error
        raise
    return Result(address, "simulation")
