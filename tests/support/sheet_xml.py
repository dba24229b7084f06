"""Makes .xlsx packages of the parts' own XML, for what no writing library writes."""

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def relationships(**targets: tuple[str, str]) -> str:
    """A relationships part: kind and target by id."""
    listed = "".join(f'<Relationship Id="{id}" Type="{RELATED}/{kind}" Target="{target}"/>' for id, (kind, target) in targets.items())
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def make_package(
    sheet: str | bytes, parts: Mapping[str, str | bytes] | None = None, *, strings: str = "", formats: Mapping[int, str] | None = None
) -> bytes:
    """A workbook with one sheet, whose XML is given whole; `formats` are the codes of styles 1, 2, …; `parts` replace or add."""
    codes = formats or {}
    number_formats = "".join(f'<numFmt numFmtId="{164 + style}" formatCode="{code}"/>' for style, code in codes.items())
    styles = "".join(f'<xf numFmtId="{164 + style if style in codes else 0}"/>' for style in range(max(codes, default=0) + 1))
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relationships(a=("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>'
        '<sheet name="People" sheetId="1" r:id="s1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(
            s1=("worksheet", "worksheets/sheet1.xml"), s2=("sharedStrings", "sharedStrings.xml"), s3=("styles", "styles.xml")
        ),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{number_formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>',
        **(parts or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in content.items():
            package.writestr(name, part)
    return stream.getvalue()


def make_sheet(rows: str, after: str = "", namespace: str = MAIN) -> str:
    """The XML of a sheet with these rows."""
    return f'<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData>{after}</worksheet>'
