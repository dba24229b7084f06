"""Damaged workbooks, from whole ones by seeded mutations of their parts: records or a typed error come out, and nothing else."""

import io
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from models.errors import ServiceError
from models.vocabulary import FileFormat
from workers.engine.frames import ReaderLimits
from workers.engine.readers.workbook import open_workbook

CORPUS = Path(__file__).parents[2] / "corpus"
SEEDS = 4
INPUTS = sorted(path for path in CORPUS.glob("workbook_*/input.*") if path.suffix != ".xlsm")


def mutate(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few changed, lost, doubled or moved."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) or 1)
        length = chance.randint(1, 8)
        match chance.randrange(4):
            case 0:
                changed[at : at + 1] = bytes((chance.randrange(256),))
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length]
            case _:
                changed[at:at] = chance.choice((b"<", b">", b"&", b'"', b"0", b"9" * 9, b"\0", b"-", b"/>"))
    return bytes(changed)


def mutate_package(data: bytes, chance: random.Random) -> bytes:
    """The package with one part mutated."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        names = source.namelist()
        odd = chance.choice(names)
        for name in names:
            content = source.read(name)
            target.writestr(name, mutate(content, chance) if name == odd else content)
    return stream.getvalue()


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.parent.name)
def test_a_damaged_workbook_is_read_or_refused(path: Path) -> None:
    data = path.read_bytes()
    format = FileFormat(path.suffix.removeprefix("."))
    for seed in range(SEEDS):
        chance = random.Random(seed)
        damaged = mutate_package(data, chance) if format is not FileFormat.XLS and seed % 3 else mutate(data, chance)
        for fast_bytes in (0, 1 << 28) if format is FileFormat.XLSX else (1 << 28,):
            limits = ReaderLimits(fast_workbook_bytes=fast_bytes, workbook_memory_bytes=1 << 28, workbook_seconds=30)
            # Also an error that was not foreseen ends the child alone; what is said of it is a typed error.
            with suppress(ServiceError), open_workbook(io.BytesIO(damaged), format, limits) as workbook:
                for sheet in workbook.names:
                    assert all(block.cells for block in workbook.iter_records(sheet.name))
