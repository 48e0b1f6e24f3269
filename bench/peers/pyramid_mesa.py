"""The pyramid of 2010 as run, under the Peter hypothesis, written the way Mesa's own examples are: an agent a person.

    python bench/peers/pyramid_mesa.py [YEARS]        (needs the package mesa, version 3)

Prints person-years a CPU second of one thread and the mean efficiency of the last two fifths (best: 59.44 +- .5).
"""

from __future__ import annotations

import sys

import mesa

SIZES = (1, 5, 11, 21, 41, 81)
WEIGHT = (1.0, 0.9, 0.8, 0.6, 0.4, 0.2)


class Person(mesa.Agent):
    """Somebody on a seat."""

    def __init__(self, model: Pyramid) -> None:
        super().__init__(model)
        self.competence = model.fresh(1.0)
        self.age = round(model.random.gauss(25, 5))
        while not 18 <= self.age <= 60:
            self.age = round(model.random.gauss(25, 5))

    def grow_older(self) -> None:
        self.age += 1


class Pyramid(mesa.Model):
    """Levels of seats, top first; a seat holds a person or nobody."""

    def __init__(self, rule: str, seed: int) -> None:
        super().__init__(seed=seed)
        self.rule = rule
        self.levels: list[list[Person | None]] = [[Person(self) for _ in range(size)] for size in SIZES]

    def fresh(self, low: float) -> float:
        return min(10.0, max(low, self.random.gauss(7, 2)))

    def step(self) -> None:
        self.agents.do("grow_older")
        for level in self.levels:
            for seat, person in enumerate(level):
                if person is not None and (person.competence < 4 or person.age > 60):
                    person.remove()
                    level[seat] = None
        for k in range(len(self.levels) - 1):
            for seat, person in enumerate(self.levels[k]):
                if person is not None:
                    continue
                below = self.levels[k + 1]
                candidates = [other for other in below if other is not None]
                if not candidates:
                    continue
                if self.rule == "random":
                    chosen = self.random.choice(candidates)
                else:
                    chosen = max(candidates, key=lambda other: other.competence)
                below[below.index(chosen)] = None
                chosen.competence = self.fresh(4.0)
                self.levels[k][seat] = chosen
        bottom = self.levels[-1]
        for seat, person in enumerate(bottom):
            if person is None:
                bottom[seat] = Person(self)

    def efficiency(self) -> float:
        return (
            sum(
                weight * sum(person.competence for person in level if person is not None)
                for level, weight in zip(self.levels, WEIGHT)
            )
            / 5.95
        )


def simulate(n: int, years: int, rule: str, seed: int) -> float:
    total, counted = 0.0, 0
    for one in range(n):
        model = Pyramid(rule, seed * 1000 + one)
        for year in range(1, years + 1):
            model.step()
            if year > years * 3 // 5:
                total += model.efficiency()
                counted += 1
    return total / counted


if __name__ == "__main__":
    import time

    years = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    for rule in ("best", "random"):
        start = time.process_time()
        mean = simulate(1, years, rule, 1)
        speed = years * 160 / (time.process_time() - start) / 1e6
        print(f"PH {rule:6}  {speed:7.2f} M person-years a CPU second   mean efficiency {mean:.2f}")
