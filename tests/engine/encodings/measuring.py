"""Measures detectors of encodings: a file counts where it decodes to the very text that was written."""

import io
from collections.abc import Callable, Iterable

import chardet
import charset_normalizer

from tests.engine.encodings.made_texts import Sample
from workers.engine.readers.encoding import detect_encoding

Detector = Callable[[bytes], str | None]


def detect_here(data: bytes) -> str | None:
    return detect_encoding(io.BytesIO(data)).value


def detect_by_chardet(data: bytes) -> str | None:
    return chardet.detect(data, prefer_superset=True, compat_names=False)["encoding"]


def detect_by_charset_normalizer(data: bytes) -> str | None:
    best = charset_normalizer.from_bytes(data).best()
    return best.encoding if best else None


DETECTORS: dict[str, Detector] = {
    "Rolodock": detect_here,
    "chardet alone": detect_by_chardet,
    "charset-normalizer alone": detect_by_charset_normalizer,
}


def list_misread(samples: Iterable[Sample], detect: Detector) -> list[tuple[Sample, str | None]]:
    """The samples that decode to another text, with the encoding that was found."""
    found = ((sample, detect(sample.data)) for sample in samples)
    return [(sample, encoding) for sample, encoding in found if not _is_same(sample, encoding)]


def _is_same(sample: Sample, encoding: str | None) -> bool:
    try:
        # A byte order mark is no part of the text.
        return encoding is not None and sample.data.decode(encoding).removeprefix("\ufeff") == sample.text.removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        return False
