"""`dualtrack report`: every analysis the data allow on one self-contained page. Needs `pip install "dualtrack[cli]"`.

A section is a module of `report/sections` with a function `build(overview) -> Section | None`; the registry below is
the order on the page. The page fetches nothing: pictures are inline SVG, the style is in the head, there is no script.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .. import __version__
from ..overview import Overview
from ..sources import need
from .blocks import Section
from .sections import (
    about,
    backtest,
    findings,
    limits,
    managers,
    numbers,
    paths,
    pay,
    policy,
    promotion,
    readiness,
    record,
    relief,
    retention,
    sellers,
    simulation,
    teams,
    value_added,
    win_rates,
)

Build = Callable[[Overview], "Section | None"]

SECTIONS: tuple[Build, ...] = (
    about.build,
    findings.build_urgent,
    numbers.build,
    sellers.build,
    win_rates.build,
    teams.build,
    value_added.build,
    backtest.build,
    pay.build,
    managers.build,
    readiness.build,
    promotion.build,
    paths.build,
    retention.build,
    relief.build,
    simulation.build,
    limits.build,
    findings.build_rest,
    policy.build,
    record.build,
)


def sections(overview: Overview) -> list[Section]:
    return [section for build in SECTIONS if (section := build(overview)) is not None]


def html(overview: Overview) -> str:
    """The page."""
    return page(sections(overview), overview.tables.origin)


def page(shown: Sequence[Section], origin: str) -> str:
    """A page of sections."""
    jinja = need("jinja2")
    environment = jinja.Environment(
        loader=jinja.PackageLoader("dualtrack.report", "templates"),
        autoescape=True,
        undefined=jinja.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(sections=shown, version=__version__, origin=origin)
