"""Reads a whole sheet at once through calamine (.xlsx, .xlsb, .ods), while a second thread looks for what the values do not tell."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import cast

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from models.errors import LimitExceeded, UnreadableFile
from workers.engine.workbooks.ods_facts import check_ods, find_ods_facts
from workers.engine.workbooks.package import DAMAGED, PROTECTED, Package, check_prolog
from workers.engine.workbooks.sheets import Request, RowFacts, SheetCells, SheetContent, SheetName, SheetRow
from workers.engine.workbooks.texts import make_cells
from workers.engine.workbooks.xlsb_facts import find_xlsb_facts, read_xlsb_parts
from workers.engine.workbooks.xlsx_facts import SheetFacts, find_facts
from workers.engine.workbooks.xlsx_parts import read_styles, read_xlsx_parts, require_sheet

ODS_CONTENT = "content.xml"
_TEXT = frozenset({str})


class FastWorkbook:
    """A workbook that calamine parses; what is odd in a sheet is found by `find_facts`, given the sheet."""

    def __init__(self, package: Package, find_facts: Callable[[SheetName], SheetFacts], sheets: tuple[SheetName, ...] | None) -> None:
        self._package = package
        self._find_facts = find_facts
        with _reporting_damage():
            self._workbook = CalamineWorkbook.from_path(package.path)
        self.sheets = _list_sheets(self._workbook) if sheets is None else sheets

    def read(self, name: str) -> SheetContent:
        """The rows of a sheet, parsed before the first of them is yielded."""
        sheet = require_sheet(self.sheets, name)
        with ThreadPoolExecutor(1) as threads:
            search = threads.submit(self._find_facts, sheet)
            try:
                # calamine lets other threads run meanwhile.
                with _reporting_damage():
                    values = self._workbook.get_sheet_by_name(name)
            finally:
                # Where both fail, the search knows better what is wrong.
                facts = search.result()
        if facts.has_double_rows and self._package.find(sheet.part) is not None:
            # calamine keeps the last of two rows with one number. The other reader takes long to import, and this hardly ever happens.
            from workers.engine.workbooks.streaming import StreamedWorkbook

            return StreamedWorkbook(self._package).read(name)
        # calamine gives the rows above the first filled one, but not the columns left of it.
        first_cell = values.start[1] if values.start else 0
        rows = cast("Iterator[list[object]]", values.iter_rows())
        return SheetContent(_iter_rows(rows, first_cell, facts), facts.merges)


def open_xlsx(package: Package) -> FastWorkbook:
    """An .xlsx package, read whole."""
    parts = read_xlsx_parts(package)
    styles = read_styles(package, parts.styles_part)
    check_prolog(package.iter_part(parts.strings_part))
    return FastWorkbook(package, lambda sheet: find_facts(package, sheet.part, styles), parts.sheets)


def open_xlsb(package: Package, request: Request) -> FastWorkbook:
    """An .xlsb package, read whole."""
    parts = read_xlsb_parts(package)
    for sheet in parts.sheets:
        _require_small(package.size_of(sheet.part), request)
    return FastWorkbook(package, lambda sheet: find_xlsb_facts(package, sheet.part, parts.digits), parts.sheets)


def open_ods(package: Package, request: Request) -> FastWorkbook:
    """An .ods package, read whole."""
    _require_small(package.size_of(ODS_CONTENT), request)
    check_ods(package, ODS_CONTENT)
    return FastWorkbook(package, lambda sheet: find_ods_facts(package, ODS_CONTENT, sheet.name), None)


def _require_small(size: int, request: Request) -> None:
    if size > request.fast_bytes:
        raise LimitExceeded(
            f"The sheet is {size:,} bytes when unpacked; of this format at most {request.fast_bytes:,} are read "
            "(ROLODOCK_FAST_WORKBOOK_BYTES). Save it as .xlsx, which is read in any size.",
            code="workbook_too_large",
        )


@contextmanager
def _reporting_damage() -> Iterator[None]:
    try:
        yield
    except PasswordError as error:
        raise UnreadableFile(PROTECTED, code="encrypted_file") from error
    except CalamineError as error:
        raise UnreadableFile(DAMAGED) from error


def _list_sheets(workbook: CalamineWorkbook) -> tuple[SheetName, ...]:
    return tuple(
        SheetName(sheet.name, sheet.visible == SheetVisibleEnum.Visible)
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    )


def _iter_rows(rows: Iterator[list[object]], first_cell: int, facts: SheetFacts) -> Iterator[SheetRow]:
    """The rows with their facts; also those in which nothing stands but what the facts tell."""
    left: list[object] = [""] * first_cell
    odd = deque(sorted(facts.rows.items()))
    for number, values in enumerate(rows, start=1):
        while odd and odd[0][0] < number:
            yield _bare(*odd.popleft())
        found = odd.popleft()[1] if odd and odd[0][0] == number else None
        # Most rows of most files are texts and nothing else.
        if set(map(type, values)) <= _TEXT:
            yield SheetRow(number, cast("SheetCells", left + values), found)
        else:
            yield SheetRow(number, *make_cells(left + values, found))
    while odd:
        yield _bare(*odd.popleft())


def _bare(number: int, facts: RowFacts) -> SheetRow:
    return SheetRow(number, [], facts)
