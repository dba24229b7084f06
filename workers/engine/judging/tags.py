"""Tags: a cell holds several, parted by ; , | or line ends. Of two that differ in case only, the first stays."""

import re
from dataclasses import dataclass

import polars as pl

from models.vocabulary import MAX_TAG_LENGTH, IssueCode
from workers.engine.judging.text import LEFTOVERS, NEVER_AT_ENDS

_LEFTOVER = re.compile(LEFTOVERS)


def judge_tags(texts: pl.Series) -> pl.DataFrame:
    """The verdict on cleaned texts, its `value` a list: empty for blank, null where there was no cell. Tags too long are left out."""
    given = texts.alias("text")
    distinct = given.drop_nulls().unique()
    parted = [part_tags(text) for text in distinct]
    answers = pl.DataFrame(
        {
            "text": distinct,
            "value": pl.Series([tags.kept for tags in parted], dtype=pl.List(pl.String)),
            "code": pl.Series([IssueCode.VALUE_TOO_LONG if tags.has_long else None for tags in parted], dtype=pl.String),
        }
    )
    joined = given.to_frame().join(answers, on="text", how="left", maintain_order="left")
    return joined.select("value", "code", pl.lit(None, pl.String).alias("suggestion"))


@dataclass(frozen=True, slots=True)
class Tags:
    kept: list[str]
    has_long: bool


def part_tags(text: str) -> Tags:
    """The tags of one cell, in the cell's order."""
    for separator in ",|\n":
        text = text.replace(separator, ";")
    tags: dict[str, str] = {}
    for part in text.split(";"):
        tag = " ".join(part.split()).strip(NEVER_AT_ENDS)
        if tag and not _LEFTOVER.match(tag):
            tags.setdefault(tag.casefold(), tag)
    kept = [tag for tag in tags.values() if len(tag) <= MAX_TAG_LENGTH]
    return Tags(kept=kept, has_long=len(kept) < len(tags))
