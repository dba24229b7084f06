"""The parts of an .xlsx package besides its sheets: which sheets there are, what the number formats prove, the shared texts."""

from dataclasses import dataclass

from models.errors import UnreadableFile
from workers.engine.workbooks.number_formats import (
    BUILT_IN_DATES,
    BUILT_IN_DURATION,
    DigitSection,
    Kind,
    find_digit_sections,
    kind_of_format,
)
from workers.engine.workbooks.package import Package, local, parse
from workers.engine.workbooks.sheets import SheetName
from workers.engine.workbooks.texts import decode_escapes, trim


@dataclass(frozen=True, slots=True)
class Styles:
    """What the styles of cells say, by the number of the style."""

    kinds: dict[int, Kind]
    digits: dict[int, tuple[DigitSection, ...]]


@dataclass(frozen=True, slots=True)
class XlsxParts:
    """The workbook part: its sheets in order, its system of dates, and where the other parts are."""

    sheets: tuple[SheetName, ...]
    has_1904_dates: bool
    strings_part: str
    styles_part: str


def read_xlsx_parts(package: Package) -> XlsxParts:
    """Which sheets of cells there are (charts are none), and what they share."""
    part = package.find_workbook()
    related = package.relationships(part)
    sheets: list[SheetName] = []
    has_1904_dates = False

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal has_1904_dates
        name = local(tag)
        if name == "workbookPr":
            has_1904_dates = attributes.get("date1904") in ("1", "true", "on")
        elif name == "sheet":
            reference = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            target, kind = related.get(reference, ("", ""))
            if kind == "worksheet":
                sheets.append(SheetName(attributes.get("name", ""), attributes.get("state", "visible") == "visible", target))

    parse(package.iter_part(part), begin)
    by_kind = {kind: target for target, kind in related.values()}
    return XlsxParts(tuple(sheets), has_1904_dates, by_kind.get("sharedStrings", ""), by_kind.get("styles", ""))


def read_styles(package: Package, part: str) -> Styles:
    """The number formats of the cells' styles, as far as they say anything."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    is_inside = False

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_inside
        name = local(tag)
        if name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            codes.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", ""))
        elif name == "cellXfs":
            is_inside = True
        elif name == "xf" and is_inside:
            number = attributes.get("numFmtId", "0")
            styles.append(int(number) if number.isdecimal() else 0)

    def end(tag: str) -> None:
        nonlocal is_inside
        if local(tag) == "cellXfs":
            is_inside = False

    parse(package.iter_part(part), begin, end)
    return make_styles(codes, styles)


def make_styles(codes: dict[int, str], styles: list[int]) -> Styles:
    """What each style says, from the codes of formats and the number of the format of each style."""
    every: dict[int, Kind] = {index: _kind(number, codes) for index, number in enumerate(styles)}
    kinds: dict[int, Kind] = {index: kind for index, kind in every.items() if kind is not Kind.NUMBER}
    digits = {index: found for index, number in enumerate(styles) if (found := find_digit_sections(codes.get(number, "")))}
    return Styles(kinds, digits)


def read_strings(package: Package, part: str) -> list[str]:
    """The texts that cells refer to by number; readings in another script beside them (rPh) are left out."""
    strings: list[str] = []
    pieces: list[str] = []
    run: list[str] = []
    space: str | None = None
    is_text = False
    reading_depth = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_text, reading_depth, space
        name = local(tag)
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            reading_depth += 1
        elif name == "t":
            is_text, space = not reading_depth, attributes.get("xml:space")
            run.clear()

    def end(tag: str) -> None:
        nonlocal is_text, reading_depth
        name = local(tag)
        if name == "si":
            strings.append(decode_escapes("".join(pieces)))
        elif name == "rPh":
            reading_depth -= 1
        elif name == "t" and is_text:
            is_text = False
            pieces.append(trim("".join(run), space))

    def text(data: str) -> None:
        if is_text:
            run.append(data)

    parse(package.iter_part(part), begin, end, text)
    return strings


def require_sheet(sheets: tuple[SheetName, ...], name: str) -> SheetName:
    """The sheet of this name."""
    for sheet in sheets:
        if sheet.name == name:
            return sheet
    raise UnreadableFile(f"There is no sheet “{name}” in the workbook.", code="sheet_not_found")


def _kind(number: int, codes: dict[int, str]) -> Kind:
    # Programs in some languages give a code of their own to a number that is built in.
    if number in codes:
        return kind_of_format(codes[number])
    if number == BUILT_IN_DURATION:
        return Kind.DURATION
    return Kind.DATE if number in BUILT_IN_DATES else Kind.NUMBER
