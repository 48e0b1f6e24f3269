"""The page: complete, escaped, self-contained, accessible, and the same figures as the tables."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import dualtrack as dt
import pytest
from conftest import command, need, small_tables

for _package in ("pyarrow", "duckdb", "jinja2", "altair", "vl_convert"):
    need(_package)

from dualtrack import overview, report, sources  # noqa: E402

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Every element with its attributes, the text, and whether the tags are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.problems: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page_of(tables: dict[str, Any], policy: Any = None) -> str:
    made = overview.make(
        sources.Tables("here", {k: need("pyarrow").table(v) for k, v in tables.items()}, []), dt.Policy(policy)
    )
    return report.html(made)


@pytest.fixture(scope="module")
def html(made: Path) -> str:
    return report.html(overview.make(sources.read(str(made)), dt.Policy()))


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_has_every_section(page: Page) -> None:
    ids = [attributes["id"] for tag, attributes in page.elements if tag == "section"]
    assert ids[0] == "about"
    assert {"about", "numbers", "sellers", "win-rates", "teams", "limits", "policy", "record"} <= set(ids)
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links == [f"#{name}" for name in ids]


def test_tags_are_balanced(page: Page) -> None:
    assert not page.problems and not page.open


def test_the_page_fetches_nothing(html: str, page: Page) -> None:
    assert not [
        tag for tag, _ in page.elements if tag in ("script", "link", "img", "iframe", "object", "embed", "base")
    ]
    for tag, attributes in page.elements:
        for name, value in attributes.items():
            if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster"):
                assert value and value.startswith("#"), (tag, name, value)
    assert "url(http" not in html and "@import" not in html and "@font-face" not in html
    assert "default-src 'none'" in html


def test_every_picture_has_words_and_one_line_on_how_sure_it_is(page: Page, html: str) -> None:
    pictures = [attributes for tag, attributes in page.elements if attributes.get("role") == "img"]
    assert len(pictures) >= 4
    assert all(len(attributes.get("aria-label") or "") > 20 for attributes in pictures)
    assert html.count("<figure") == html.count("<figcaption>") == html.count('class="sure"')
    assert html.count("<svg") == html.count("<figure")


def test_every_table_has_a_caption_and_column_heads(html: str) -> None:
    tables = re.findall(r"<table>.*?</table>", html, flags=re.S)
    assert len(tables) >= 4
    for table in tables:
        assert "<caption>" in table and 'scope="col"' in table
        heads = table.count('scope="col"')
        for row in re.findall(r"<tbody>(.*?)</tbody>", table, flags=re.S)[0].split("</tr>")[:-1]:
            assert row.count("<td") == heads


def test_the_page_is_light_and_made_for_paper_and_phone(html: str) -> None:
    assert len(html.encode()) < 1_500_000
    assert 'name="viewport"' in html and "@media print" in html and '<html lang="en">' in html


def test_the_same_input_gives_the_same_page(made: Path, html: str) -> None:
    again = report.html(overview.make(sources.read(str(made)), dt.Policy(), threads=2))
    assert again == html


def test_figures_are_those_of_the_tables() -> None:
    text = Page(page_of(small_tables())).text
    assert "people 8" in text and "sellers 6" in text and "teams 2" in text
    rows = {row["person_id"]: row for row in dt.run(small_tables(), "measures")["sellers"].to_dicts()}
    for row in (rows["s1"], rows["s4"]):
        assert f"{row['performance_z']:+.2f} \u00b1 {row['performance_sd']:.2f}" in text
    assert "Sam" in text and "Max" in text


EVIL = "<script>alert(1)</script>\"'&<b>"


def test_everything_is_escaped() -> None:
    tables = small_tables()
    tables["people"]["name"] = [EVIL + str(i) for i in range(8)]
    tables["people"]["market"] = [EVIL] * 8
    html = page_of(tables, {"version": 1, "run_id": EVIL})
    page = Page(html)
    assert not page.problems
    assert not [tag for tag, _ in page.elements if tag in ("script", "b")]
    assert "alert(1)" in html


def test_people_of_one_name_are_told_apart() -> None:
    tables = small_tables()
    tables["people"]["name"] = ["Ann"] * 8
    text = Page(page_of(tables)).text
    assert "Ann (s1)" in text and "Ann (s4)" in text


def test_findings_come_first_when_they_are_grave() -> None:
    tables = small_tables()
    tables["people"]["manager_id"][3] = "nobody-knows"
    html = page_of(tables)
    if any(row["severity"] != "note" for row in dt.run(tables, "measures").findings.to_dicts()):
        assert html.index('id="findings"') < html.index('id="numbers"')
    assert "nobody-knows" in html or "orphan" in html


def test_what_cannot_be_said_is_said() -> None:
    tables = small_tables()
    del tables["pay"], tables["quotas"]
    text = Page(page_of(tables)).text
    assert "have no quota, so their attainment is not known" in text
    assert "schema.missing_table" in text


def test_who_asked_nobody_yet_is_told_where_to_begin() -> None:
    tables = small_tables()
    assert not {"ratings", "answers", "activities"} & set(tables)
    text = Page(page_of(tables)).text
    assert "Of 8 people 0 are recommended as ready, 0 to develop, and 8 cannot be judged" in text
    assert "Where to begin: whom to ask what" in text and "Whom to ask what next" not in text


def test_the_policy_is_shown_with_its_sources_and_changes() -> None:
    text = Page(page_of(small_tables(), {"version": 1, "window_months": 24})).text
    assert "1 of " in text and "settings differ from their default" in text
    for path, part in _fields(dt.policy_schema()):
        assert path in text
        assert " ".join(part["x-source"].split()) in text


def _fields(schema: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    out = []
    for name, part in schema["properties"].items():
        out += _fields(part, f"{path}/{name}") if "properties" in part else [(f"{path}/{name}", part)]
    return out


class Rows:
    """A result table of which only the rows matter."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def to_dicts(self) -> list[dict[str, Any]]:
        return self._rows


class Fake(dict):
    record = {"core": {"as_of": "2024-12-31"}}

    @property
    def findings(self) -> Rows:
        return self["findings"]


def large(n: int) -> overview.Overview:
    """Results as a run on n sellers would give them."""
    template = dt.run(small_tables(), "measures")
    seller = next(row for row in template["sellers"].to_dicts() if row["person_id"] == "s1")
    team = template["teams"].to_dicts()[0]
    sellers = [
        {
            **seller,
            "person_id": f"p{i}",
            "manager_id": f"m{i // 8}",
            "won_amount": float(i * 7919 % 10007),
            "log_relative_sales": (i * 7919 % 10007) / 5000 - 1,
            "performance_z": (i * 104729 % 1009) / 250 - 2,
            "performance_sd": 0.3 + (i % 5) / 10,
            "win_rate": (i % 11) / 10,
            "win_rate_shrunk": 0.4 + (i % 11) / 100,
        }
        for i in range(n)
    ]
    teams = [
        {
            **team,
            "manager_id": f"m{j}",
            "attainment": 0.5 + (j % 10) / 10,
            "quota": 100.0,
            "amount": 50.0 + 10 * (j % 10),
            "attained_amount": 50.0 + 10 * (j % 10),
        }
        for j in range(n // 8)
    ]
    results = {"measures": Fake(sellers=Rows(sellers), teams=Rows(teams), findings=Rows([]))}
    return overview.Overview(sources.Tables("here", {}, []), dt.Policy(), results, {})  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [2, 60, 61, 3000, 20_000])
def test_the_page_takes_organisations_of_any_size(n: int) -> None:
    html = report.html(large(n))
    page = Page(html)
    assert not page.problems
    assert len(html) < 1_500_000
    assert f"{n:,}" in page.text
    rows = max(table.count("<tr>") for table in re.findall(r"<table>.*?</table>", html, flags=re.S))
    assert rows <= 60


def test_the_command_writes_the_page(tmp_path: Path, made: Path) -> None:
    out = tmp_path / "deep" / "report.html"
    done = command("report", "--data", made, "-o", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_browser_opens_the_page_without_complaint(tmp_path: Path, html: str) -> None:
    browser = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if browser is None:
        pytest.skip("no chromium here")
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    done = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0 and "What this is, and how sure" in done.stdout
    assert "Refused to" not in done.stderr
