"""The encodings that are detected and may be chosen, and how much rarer than Windows-1252 each is among the files that people send."""

import codecs
from collections.abc import Mapping
from types import MappingProxyType

from models.errors import InvalidRequest

# In natural units, judged and not measured: 2.3 means ten times rarer. Of encodings that give the same text the least rare is named,
# which therefore is the one that can write more (cp932 before shift_jis, gb18030 before gb2312).
_BY_RARITY = {
    0.0: "windows-1252",
    0.7: "cp1251",
    0.8: "gb18030 cp932",
    0.9: "cp949",
    1.0: "cp1250",
    1.1: "cp950",
    1.2: "big5hkscs",
    1.5: "cp1253 cp1254 cp1256 cp874 iso8859-1",
    1.6: "cp1255",
    1.7: "cp1257",
    1.8: "koi8-r",
    2.0: "euc_jp iso8859-2 iso8859-15",
    2.2: "iso8859-7 iso8859-9 koi8-u",
    2.5: "cp1258 iso8859-8 cp866",
    2.8: "cp850",
    3.0: "shift_jis big5 euc_kr gbk iso8859-5 iso8859-6 iso8859-13 iso8859-11 tis-620 mac-roman cp852 cp857 cp737",
    3.2: "cp437 cp862",
    3.5: "euc_jis_2004 gb2312 iso8859-4 mac-iceland kz1048 cp775 cp865",
    3.8: "cp860 cp861 cp869 cp720 cp1125",
    4.0: "shift_jis_2004 iso8859-10 iso8859-3 iso8859-14 iso8859-16 mac-latin2 mac-cyrillic mac-greek mac-turkish cp858 cp863",
    4.5: "johab mac-croatian mac-romanian ptcp154 cp855",
    5.0: "koi8-t cp864 cp856 hp-roman8",
    5.5: "cp1006",
}
RARITY: Mapping[str, float] = MappingProxyType({name: rarity for rarity, names in _BY_RARITY.items() for name in names.split()})
MULTIBYTE = frozenset(
    ("gb18030", "gbk", "gb2312", "cp932", "shift_jis", "shift_jis_2004", "euc_jp", "euc_jis_2004", "cp949", "euc_kr", "johab")
) | {"big5", "big5hkscs", "cp950"}
# In these ASCII bytes stand for other letters after a shift, so that a file of theirs looks like ASCII.
SHIFTED = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004", "iso2022_kr", "hz")
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")

# What a person may choose. Python knows more, some of which are no encodings of files (idna, unicode_escape).
_SUPPORTED = {codecs.lookup(name).name: name for name in ("ascii", *UNICODE, *SHIFTED, *RARITY)}


def require_encoding(name: str) -> str:
    """The encoding under the name that we keep; raises `unknown_encoding` where we know none by that name."""
    try:
        canonical = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        canonical = ""
    if canonical not in _SUPPORTED:
        raise InvalidRequest(f"The encoding “{name}” is not known; try utf-8, utf-16 or windows-1252.", code="unknown_encoding")
    return _SUPPORTED[canonical]
