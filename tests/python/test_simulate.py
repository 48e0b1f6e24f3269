"""Rules of promotion written in Python."""

from __future__ import annotations

import dualtrack as dt
import pytest

POLICY = {
    "version": 1,
    "simulation": {
        "presets": ["bls2018"],
        "policies": ["best_seller", "readiness"],
        "replications": 64,
        "periods": 24,
        "tornado": False,
    },
}


def revenue(result: dt.Result) -> dict[str, float]:
    return {
        row["policy"]: row["mean"]
        for row in result["outcomes"].to_dicts()
        if row["metric"] == "revenue" and row["horizon_periods"] == 24
    }


def test_a_function_is_a_rule() -> None:
    seen: list[dt.Candidates] = []

    def mine(candidates: dt.Candidates) -> list[float]:
        seen.append(candidates)
        assert len(candidates) == candidates.n == len(candidates.sales12) == len(candidates.own_team)
        return candidates.readiness

    result = dt.simulate(POLICY, rules={"mine": mine}, interviews=["mine"])
    found = revenue(result)
    assert found["mine"] == found["readiness"] != found["best_seller"]
    assert len(seen) > 100
    with pytest.raises(RuntimeError, match="only while the rule is called"):
        _ = seen[0].pay


def test_nobody_eligible_brings_an_outsider() -> None:
    found = revenue(dt.simulate(POLICY, rules={"none": lambda c: [None] * c.n}))
    external = revenue(
        dt.simulate({**POLICY, "simulation": {**POLICY["simulation"], "policies": ["external", "best_seller"]}})
    )
    # The same posts go to the same outsiders; only the relief of seeing an insider win is not given.
    assert found["none"] == external["external"]


def test_what_a_rule_raises_reaches_the_caller() -> None:
    def bad(candidates: dt.Candidates) -> list[float]:
        raise KeyError("no such rating")

    with pytest.raises(KeyError, match="no such rating"):
        dt.simulate(POLICY, rules={"bad": bad})
    with pytest.raises(ValueError, match="one a candidate"):
        dt.simulate(POLICY, rules={"short": lambda c: [1.0]})
    with pytest.raises(KeyboardInterrupt):

        def stop(candidates: dt.Candidates) -> list[float]:
            raise KeyboardInterrupt

        dt.simulate(POLICY, rules={"stop": stop})


def test_rules_have_names_of_their_own_and_no_data() -> None:
    def rule(candidates: dt.Candidates) -> list[float]:
        return candidates.tenure

    with pytest.raises(dt.Error) as caught:
        dt.simulate(POLICY, rules={"oracle": rule})
    assert caught.value.code == "argument.rule_name"
    with pytest.raises(dt.Error):
        dt.simulate(POLICY, rules={"mine": rule}, interviews=["other"])
    with pytest.raises(dt.Error):
        dt.simulate(POLICY, rules={"mine": rule}, data={"people": []})


def test_without_rules_it_is_the_analysis() -> None:
    assert revenue(dt.simulate(POLICY)) == revenue(dt.run({}, "simulation", POLICY))


def test_a_published_model_says_that_it_leaves_the_hosts_rule_out() -> None:
    policy = {"version": 1, "simulation": {"presets": ["prg2011"], "replications": 2, "periods": 60, "tornado": False}}
    result = dt.simulate(policy, rules={"mine": lambda c: c.readiness})
    assert "simulation.rule_left_out" in {row["code"] for row in result.findings.to_dicts()}
