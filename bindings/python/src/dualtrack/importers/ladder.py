"""A published career ladder becomes the ladder of a policy.

    from dualtrack.importers import ladder
    policy = ladder.policy_of("ft_engineering.yml")     # {"version": 1, "paths": {"ladder": {...}}}
    dt.run(data, "paths", policy)

Read is the format of Financial-Times/engineering-progression (data/job-families/*.yml): `levels` in order, `themes`,
and `competencies` that put a proficiency to a level and a theme. The mapping:

* A level whose id ends in -ic (individual contributor) is on the expert track, one in -pm (people manager) on the
  management track; the two of one name are the same step and get the same points.
* Levels before the first such pair are the entry: the last of them gives its title, the others are its roles.
  A ladder without pairs is one track of experts above its first level.
* A single level above the pairs leads people unless `experts` names its id, so it is on the management track alone.
* Points are 100 a step. The source has no pay, so there are no bands.
* A theme asks for the measure in THEMES, a proficiency for the value in PROFICIENCIES (standard deviations of the
  construct, 0 = average; judgement of this project); of several competencies of one measure the highest counts.
  Themes without a measure (technical skill) are left out, and `left_out` names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union

from ._export import ImportFault

THEMES: dict[str, str] = {
    "planning-organising": "organised",
    "delivery": "organised",
    "problem-solving-decision-making": "thinks_in_systems",
    "business-impact": "thinks_in_systems",
    "communication": "influences",
    "team-work": "collaborates",
    "curiosity-learning": "curious",
    "leadership": "develops_others",
}
PROFICIENCIES: dict[str, float] = {
    "Awareness": -0.5,
    "Foundational": -0.25,
    "Working knowledge": 0.0,
    "Practitioner": 0.5,
    "Expert": 1.0,
}
STEP = 100

Node = Union[str, list[Any], dict[str, Any]]


class _Lines:
    """The part of YAML that such files use: nested mappings and lists, plain and quoted text, blocks after | and >."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.rows = [
            (number, line)
            for number, line in enumerate(text.splitlines(), start=1)
            if not line.lstrip().startswith("#")
        ]
        self.at = 0

    def fault(self, what: str) -> ImportFault:
        number = self.rows[min(self.at, len(self.rows) - 1)][0] if self.rows else 0
        return ImportFault(f"{self.name}: line {number}: {what}")

    def skip_empty(self) -> None:
        while self.at < len(self.rows) and not self.rows[self.at][1].strip():
            self.at += 1

    def indent(self) -> int:
        """Spaces before the next row that says something; -1 at the end."""
        self.skip_empty()
        if self.at == len(self.rows):
            return -1
        line = self.rows[self.at][1]
        return len(line) - len(line.lstrip(" "))

    def block(self, least: int) -> str:
        """Rows further in than `least`, as one text."""
        words = []
        while self.at < len(self.rows):
            line = self.rows[self.at][1]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= least:
                break
            words.append(line.strip())
            self.at += 1
        return " ".join(word for word in words if word)

    def scalar(self, text: str, indent: int) -> Node:
        text = text.strip()
        if text[:1] in ("|", ">"):
            return self.block(indent)
        if text == "[]":
            return []
        if text[:1] in ('"', "'"):
            if len(text) < 2 or text[-1] != text[0]:
                raise self.fault("expected a text that ends in the quote it begins with")
            return text[1:-1].replace(text[0] * 2, text[0]) if text[0] == "'" else text[1:-1].replace('\\"', '"')
        if text[:1] in ("{", "[", "&", "*", "!"):
            raise self.fault(f"expected plain text, found {text[:20]!r}")
        text = text.partition(" #")[0].rstrip()
        rest = self.block(indent)  # plain text may go on further in
        return f"{text} {rest}" if rest else text

    def node(self, least: int) -> Node:
        """What stands further in than `least`."""
        indent = self.indent()
        if indent <= least:
            return ""
        return self.list_at(indent) if self.rows[self.at][1].lstrip().startswith("- ") else self.mapping_at(indent)

    def mapping_at(self, indent: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        while self.indent() == indent:
            line = self.rows[self.at][1].strip()
            key, colon, value = line.partition(":")
            if not colon or (value and not value.startswith(" ")):
                raise self.fault(f"expected 'key: value', found {line[:40]!r}")
            self.at += 1
            if value.strip():
                out[key] = self.scalar(value, indent)
            elif self.indent() == indent and self.rows[self.at][1].lstrip().startswith("- "):
                out[key] = self.list_at(indent)  # a list may stand right below its key
            else:
                out[key] = self.node(indent)
        if self.indent() > indent:
            raise self.fault("expected a row no further in than the one before it")
        return out

    def list_at(self, indent: int) -> list[Any]:
        out: list[Any] = []
        while self.indent() == indent and self.rows[self.at][1].lstrip().startswith("- "):
            number, line = self.rows[self.at]
            inner = line.strip()[2:]
            if inner[:1] in ("{", "["):
                raise self.fault(f"expected plain text, found {inner[:20]!r}")
            key, colon, value = inner.partition(":")
            if colon and (not value or value.startswith(" ")) and inner[:1] not in ('"', "'"):
                self.rows[self.at] = (number, " " * (indent + 2) + inner)
                out.append(self.mapping_at(indent + 2))
            else:
                self.at += 1
                out.append(self.scalar(inner, indent))
        return out


def read(path: str | Path) -> dict[str, Any]:
    """The file as nested dicts and lists, every scalar as text."""
    source = Path(path)
    return _Lines(source.read_text(encoding="utf-8"), source.name).mapping_at(0)


def _asked(
    family: Mapping[str, Any], level: str, themes: Mapping[str, str], proficiencies: Mapping[str, float]
) -> list:
    need: dict[str, float] = {}
    for one in family.get("competencies", []):
        if one.get("level") != level or one.get("theme") not in themes:
            continue
        proficiency = one.get("proficiency")
        if proficiency not in proficiencies:
            raise ImportFault(f"competency {one.get('id')}: unknown proficiency {proficiency!r}")
        measure = themes[one["theme"]]
        need[measure] = max(need.get(measure, -9.0), proficiencies[proficiency])
    return [{"measure": measure, "at_least": value} for measure, value in sorted(need.items())]


def ladder_of(
    family: Mapping[str, Any],
    themes: Mapping[str, str] = THEMES,
    proficiencies: Mapping[str, float] = PROFICIENCIES,
    experts: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The ladder of a family as read by `read`, for /paths/ladder of a policy."""
    levels = [(level["id"], level["name"]) for level in family.get("levels", [])]
    if len(levels) < 2:
        raise ImportFault("expected two levels or more")
    paired = [place for place, (key, _) in enumerate(levels) if key.endswith(("-ic", "-pm"))]
    first = paired[0] if paired else 1
    tracks: dict[str, list[dict[str, Any]]] = {"expert": [], "management": []}
    step = 0
    before = ""
    for key, name in levels[first:]:
        stem = key[:-3] if key.endswith(("-ic", "-pm")) else key
        step += stem != before
        before = stem
        manages = key.endswith("-pm") or (bool(paired) and not key.endswith("-ic") and key not in experts)
        tracks["management" if manages else "expert"].append(
            {"title": name, "points": STEP * step, "requirements": _asked(family, key, themes, proficiencies)}
        )
    entry = {"title": levels[first - 1][1], "points": 0, "roles": [name for _, name in levels[: first - 1]]}
    return {"name": str(family.get("name", "ladder")), "pay_unit": "entry", "entry": entry, "tracks": tracks}


def left_out(family: Mapping[str, Any], themes: Mapping[str, str] = THEMES) -> list[str]:
    """Names of the themes that no measure speaks for."""
    return [theme["name"] for theme in family.get("themes", []) if theme["id"] not in themes]


def policy_of(path: str | Path, **mapping: Any) -> dict[str, Any]:
    """A policy with the ladder of a file; `mapping` goes to `ladder_of`."""
    return {"version": 1, "paths": {"ladder": ladder_of(read(path), **mapping)}}
