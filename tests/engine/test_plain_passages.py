"""What is read at one go is read as it is line by line: the same cells, row numbers and issues, whatever stands where."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import FileFormat
from workers.engine.frames import Dialect, ReaderLimits
from workers.engine.readers import read_chunks, text
from workers.engine.readers.delimited import passages
from workers.engine.readers.delimited.plain import PlainSplitter
from workers.engine.readers.delimited.separators import Separators
from workers.engine.readers.delimited.splitting import Splitter

NAMES = ("first_name", "email", "phone", "city", "amount")
LINE = "{first},p{number}@example.com,+1 202 555 {number:04d},{city},{number}"
FIRST = ("Ada", "Zoé", "Łukasz", "O'Brien", "'t Hooft", "Nora'", "", "王小明", "Ann")
CITIES = ("Paris", "Köln", "", " Rome", "N/A", "'s-Hertogenbosch", "5' 10")
# What may stand in a file instead of a line, with its fields joined by commas; `{…}` as above.
ODD = (
    '"{first}","p{number}@example.com","+1 202 555 0100","Paris, France",7',
    '{first},p{number}@example.com,,"say ""hi""",7',
    '{first},p{number}@example.com,,5" nail,7',
    '{first},p{number}@example.com,,"open,7',
    '"two\nlines",p{number}@example.com,,x,7',
    '"{first}",p{number}@example.com,"x"y,Rome,7',
    "'{first}','p{number}@example.com','+1 202 555 0100','Paris','7'",
    "{first},'p{number}@example.com',,x,7",
    "{first},p{number}@example.com,,x",
    "{first},p{number}@example.com,,x,7,",
    "{first},p{number}@example.com,,x,7,,8",
    "{first},,p{number}@example.com,,7",
    "{first},person at example,+1 202 555 0100,x,7",
    ",,,,",
    "",
    " ",
    "only",
    "first_name,email,phone,city,amount",
    "Total,,,,123",
    "#note,p{number}@example.com,,x,7",
    "#note",
    "{first}\\,x,p{number}@example.com,,x,7",
    "{first}\0,p{number}@example.com,,x,7",
    "\ufeff{first},p{number}@example.com,,x,7",
    "{first}\ufffd\ufdd0,p{number}@example.com,,#REF!,1.2E+10",
    '="00123",p{number}@example.com,,\'0012,7',
    "FranÃ§ois,p{number}@example.com,,x,7",
    "x^\x1f,p{number}@example.com,,x,7",
    "{first}\x85\u2028\x0b,p{number}@example.com,,x,7",
    "{first}\rx,p{number}@example.com,,x,7",
)


@contextmanager
def blocks_of(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_BLOCK_BYTES", size)
        patch.setattr(passages, "_MOST_BYTES", 4 * size)
        patch.setattr(passages, "_LINEWISE_BYTES", size)
        yield


def read(data: bytes, dialect: Dialect, chunk_rows: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    chunks = list(read_chunks(io.BytesIO(data), dialect, NAMES, ReaderLimits(chunk_rows=chunk_rows)))
    return [row for chunk in chunks for row in chunk.frame.rows()], [issue for chunk in chunks for issue in chunk.issues.rows()]


def read_linewise(data: bytes, dialect: Dialect, chunk_rows: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Splitter, "split_plain", lambda *_: None)
        return read(data, dialect, chunk_rows)


def make_file(random: Random, *, rows: int, odd_share: float, odd: tuple[str, ...], delimiter: str, ends: tuple[str, ...]) -> str:
    lines = [",".join(NAMES)]
    for number in range(rows):
        # What the columns hold is learnt from the first lines.
        template = random.choice(odd) if number > 450 and random.random() < odd_share else LINE
        line = template.format(first=random.choice(FIRST), city=random.choice(CITIES), number=number)
        lines.append(line)
    return "".join(line.replace(",", delimiter) + random.choice(ends) for line in lines)


@pytest.fixture
def plain_passages(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Which passages were read at one go, in order."""
    seen: list[bool] = []
    split = PlainSplitter.split

    def split_and_note(self: PlainSplitter, data: bytes) -> object:
        found = split(self, data)
        seen.append(found is not None)
        return found

    monkeypatch.setattr(PlainSplitter, "split", split_and_note)
    return seen


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(400, 8_000),
    chunk_rows=st.sampled_from([30, 100, 10_000]),
    odd_share=st.sampled_from([0.0, 0.003, 0.02, 0.2]),
    odd=st.one_of(st.just(ODD), st.sampled_from(list(pairwise(ODD)))),
    delimiter=st.sampled_from([",", ",", ";", "\t", "|", "||", "¦", "§"]),
    ends=st.sampled_from([("\n",), ("\r\n",), ("\n", "\r\n"), ("\r",), ("\n", "\r"), ("\r\r\n",)]),
    quote=st.sampled_from(['"', '"', "'", ""]),
    signs=st.sampled_from([(None, None, False)] * 3 + [("\\", None, False), (None, "#", False), (None, None, True)]),
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-16", "gb18030"]),
)
def test_at_one_go_or_line_by_line_is_the_same(
    seed: int,
    size: int,
    chunk_rows: int,
    odd_share: float,
    odd: tuple[str, ...],
    delimiter: str,
    ends: tuple[str, ...],
    quote: str,
    signs: tuple[str | None, str | None, bool],
    encoding: str,
) -> None:
    random = Random(seed)
    data = make_file(random, rows=800, odd_share=odd_share, odd=odd, delimiter=delimiter, ends=ends).encode(encoding)
    escape, comment, skip_space = signs
    dialect = Dialect(FileFormat.CSV, encoding, delimiter, quote, escape, comment, skip_space)
    if encoding == "utf-8" and random.random() < 0.3:
        place = random.randrange(len(data))
        data = data[:place] + random.choice([b"\xff", b"\xe9", b"\0", b"\xc3"]) + data[place:]
    with blocks_of(size):
        assert read(data, dialect, chunk_rows) == read_linewise(data, dialect, chunk_rows)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", "\t", "||", "¦"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_most_of_a_sound_file_is_read_at_one_go(plain_passages: list[bool], end: str, delimiter: str, encoding: str) -> None:
    odd = ODD[:1] if delimiter != "||" else ()
    made = make_file(Random(1), rows=5_000, odd_share=0.1 if odd else 0.0, odd=odd, delimiter=delimiter, ends=(end,))
    with blocks_of(8_000):
        rows, issues = read(made.encode(encoding), Dialect(FileFormat.CSV, encoding, delimiter, '"'), 1_000)
    assert len(rows) == 5_000
    assert not [issue for issue in issues if issue[5] == "error"]
    assert plain_passages
    assert all(plain_passages)


def test_damage_costs_its_neighbourhood_only(plain_passages: list[bool]) -> None:
    made = make_file(Random(2), rows=5_000, odd_share=0.0, odd=(), delimiter=",", ends=("\n",))
    lines = made.splitlines(keepends=True)
    lines[4_000] = 'Ann,"open,x,7\n'
    with blocks_of(8_000):
        read("".join(lines).encode(), Dialect(FileFormat.CSV, "utf-8", ",", '"'), 1_000)
    assert plain_passages.count(False) == 2


def test_what_polars_would_take_for_something_else_is_not_split() -> None:
    splitter = PlainSplitter(Separators(), 3)
    assert splitter.split(b"a,b,c\nd,e,f\n") is not None
    for data in (
        b"a,b,c\nd,e\n",
        b"a,b,c\nd,e,f,g\n",
        b"a,b,c,\nd,e\n",
        b"a,b,c,d\ne,f,g,h\n",
        b"a,b\nc,d\n",
        b"\na,b,c\n",
        b"a,b,c\n\nd,e,f\n",
        b"a,b,c\r\n\r\nd,e,f\r\n",
        b"a,b,c\rd,e,f\r\n",
        b"a,b\r,c\nd,e,f\r\n",
        b'a,b\r,c\r\n"d",e,f\n',
        b"a,b,c\r\r\n",
        b"\xef\xbb\xbfa,b,c\n",
        b"a,\xff,c\n",
        b'a,"\xff",c\n',
        b'a,"b,c\n',
        b'a,"b\n",c\n',
        b'a,"b"x,c\n',
        b'a,"b"\n',
        b"'a',b,c\n",
        b"a,b, 'c' \n",
    ):
        assert splitter.split(data) is None, data
