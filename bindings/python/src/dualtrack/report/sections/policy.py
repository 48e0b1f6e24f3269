"""The policy used: every setting, where its default comes from and how good that evidence is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..._api import policy_schema
from ...overview import Overview
from ..blocks import Section, Table, Text

GRADES = (
    "A: peer-reviewed, full text checked. B: peer-reviewed, abstract or secondary. C: practitioner. J: "
    "judgement of this "
    "project. standard: a rule of an outside standard."
)


def _fields(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        place = f"{path}/{name}"
        if "properties" in part:
            yield from _fields(part, place)
        else:
            yield place, part


def _value(policy: dict[str, Any], path: str) -> Any:
    value: Any = policy
    for name in path[1:].split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "not given" if value is None else text if len(text) <= 80 else text[:79] + "\u2026"


def build(overview: Overview) -> Section:
    policy = overview.policy.to_dict()
    rows: dict[str, list[list[str]]] = {}  # by section of the policy, in its order
    changed = 0
    for path, part in _fields(policy_schema()):
        value = _value(policy, path)
        differs = "default" in part and value != part["default"]
        changed += differs
        section = path[1:].split("/")[0] if path.count("/") > 1 else "the run"
        rows.setdefault(section, []).append(
            [
                path,
                _shown(value),
                _shown(part["default"]) if differs else "the default",
                part.get("description", ""),
                part.get("x-grade", ""),
                part.get("x-source", ""),
            ]
        )
    count = sum(len(part) for part in rows.values())
    text = (
        "Every setting is the default." if not changed else f"{changed} of {count} settings differ from their default."
    )
    columns = ["setting", "value", "default", "what it means", "grade", "source of the default"]
    return Section(
        "policy",
        "The policy used",
        [
            Text(f"{text} Digest {overview.policy.digest}. {GRADES}"),
            *(Table(f"Settings: {section}", columns, part) for section, part in rows.items()),
        ],
    )
