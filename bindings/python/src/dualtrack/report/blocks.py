"""What a section is made of. Text is plain text: the template escapes all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Union


@dataclass
class Text:
    """A paragraph."""

    text: str


@dataclass
class Figures:
    """Large numbers with a line each: (number, what it is)."""

    items: list[tuple[str, str]]


@dataclass
class Table:
    """Rows of text under a caption; columns whose name starts with '#' hold numbers and stand to the right."""

    caption: str
    columns: list[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass
class Picture:
    """An SVG with one line on what it shows and how sure that is, and its content in words for who cannot see it."""

    svg: str
    shows: str
    sure: str
    alt: str
    table: Table | None = None


@dataclass
class Code:
    """Text as it is, in a fold."""

    title: str
    text: str


Block = Union[Text, Figures, Table, Picture, Code]


@dataclass
class Section:
    id: str
    title: str
    blocks: list[Block] = field(default_factory=list)
    urgent: bool = False

    @staticmethod
    def kind(block: Block) -> str:
        """Name of the template part that shows the block."""
        return type(block).__name__.lower()
