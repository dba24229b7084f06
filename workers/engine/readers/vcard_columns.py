"""Gives the properties of a card their columns: readable names, the same in every file, and one for everything that a card says.

Of several e-mails, phones or addresses the preferred one (else the first) has the plain name, and its type a column beside it; the
others are named by their types ("Email (work)") or numbered. What we do not know keeps the name that the file gives it.
"""

import re
from collections.abc import Iterable, Sequence
from operator import attrgetter

from workers.engine.readers.vcard_properties import Property

_NAMES = {
    "FN": "Full name",
    "NICKNAME": "Nickname",
    "EMAIL": "Email",
    "TITLE": "Job title",
    "ROLE": "Role",
    "BDAY": "Birthday",
    "ANNIVERSARY": "Anniversary",
    "GENDER": "Gender",
    "URL": "Website",
    "LABEL": "Address label",
    "NOTE": "Notes",
    "UID": "vCard UID",
}
_NAME_PARTS = ("Last name", "First name", "Middle name", "Prefix", "Suffix")
_ADDRESS_PARTS = ("PO box", "Address line 2", "Address", "City", "State", "Postal code", "Country")
_PHONES = (("Mobile phone", frozenset({"cell", "mobile"})), ("Fax", frozenset({"fax"})), ("Pager", frozenset({"pager"})))
_ORDER = (
    *("Full name", "Prefix", "First name", "Middle name", "Last name", "Suffix", "Nickname", "Email", "Phone", "Mobile phone"),
    *("Company", "Department", "Job title", "Role", "Address", "Address line 2", "PO box", "City", "State", "Postal code", "Country"),
    *("Address type", "Birthday", "Anniversary", "Gender", "Website", "Notes", "Tags", "Fax", "Pager", "vCard UID"),
)
_PLACES = {name: place for place, name in enumerate(_ORDER)}
_FURTHER = re.compile(r"(.+?)(?: type| \(.*\)(?: \d+)?| \d+)", re.DOTALL)
# Apple writes _$!<Home>!$_ for its own labels, and a label of one's own as it is.
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T00:?00(?::?00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_YEARLESS = re.compile(r"--(\d\d)-?(\d\d)")
_EXTENSION = re.compile(r";ext=([\d-]+).*")
_SYNTAX = frozenset({"VERSION"})


class _Cells(dict[str, str]):
    """The cells of a card, which knows the names that are still free; it remembers how far it counted, so that many take no longer."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, int] = {}

    def find_free_name(self, base: str, kind: str = "") -> str:
        """The name with the type, numbered where it is taken."""
        stem = f"{base} ({kind})" if kind else base
        if stem not in self:
            return stem
        count = self._counts.get(stem, 2)
        while (name := f"{stem} {count}") in self:
            count += 1
        self._counts[stem] = count + 1
        return name


def make_cells(properties: Sequence[Property]) -> dict[str, str]:
    """The cells of a card by the names of their columns; what is blank has none."""
    cells = _Cells()
    entries: dict[str, list[tuple[str, str]]] = {}
    labels = _find_labels(properties)
    tags: list[str] = []
    for found in sorted(properties, key=attrgetter("head.rank")):
        group, name, kinds, *_ = found.head
        if group in labels:
            if name == "X-ABLABEL":
                continue
            kinds = (*kinds, labels[group])
        match name:
            case "N":
                _add_components(cells, _NAME_PARTS, found.components)
            case "ORG":
                _add_organization(cells, found)
            case "ADR":
                _add_address(cells, found, kinds)
            case "TEL":
                base, kind = _class_phone(kinds)
                entries.setdefault(base, []).append((_strip_scheme(found.text, "tel:"), kind))
            case "CATEGORIES":
                tags += filter(None, map(str.strip, found.parts))
            case _ if name not in _SYNTAX:
                entries.setdefault(_NAMES.get(name, name), []).append((_text_of(found), ", ".join(kinds)))
    if tags:
        cells["Tags"] = "; ".join(dict.fromkeys(tags))
    for base, values in entries.items():
        _place(cells, base, values)
    return cells


def order_columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns as people read them: who it is, how to reach them, where, and what else there is in the order of the file."""
    return tuple(sorted(names, key=_find_place))


def _find_place(name: str) -> tuple[int, int]:
    if name in _PLACES:
        return _PLACES[name], 0
    further = _FURTHER.fullmatch(name)
    if further and further[1] in _PLACES:
        return _PLACES[further[1]], 1 if name.endswith(" type") else 2
    return len(_PLACES), 0


def _place(cells: _Cells, base: str, values: Sequence[tuple[str, str]]) -> None:
    filled = [(value, kind) for value, kind in values if value.strip()]
    for index, (value, kind) in enumerate(filled):
        cells[cells.find_free_name(base, "" if index == 0 else kind)] = value
        if index == 0 and kind:
            cells[f"{base} type"] = kind


def _add_components(cells: _Cells, names: Sequence[str], parts: Sequence[str]) -> None:
    # More parts than there are names for belong to the last one: nothing is lost.
    parts = [*parts[: len(names) - 1], ";".join(parts[len(names) - 1 :])]
    for name, part in zip(names, parts, strict=False):
        if part.strip():
            cells[cells.find_free_name(name)] = part


def _add_organization(cells: _Cells, found: Property) -> None:
    company, *units = found.components
    if company.strip():
        cells[cells.find_free_name("Company")] = company
    if department := ", ".join(filter(str.strip, units)):
        cells[cells.find_free_name("Department")] = department


def _add_address(cells: _Cells, found: Property, kinds: Sequence[str]) -> None:
    """The parts of the first address in columns of their own; a contact has one, so that a further one is a single text."""
    filled = [part for part in found.components if part.strip()]
    if not filled:
        return
    kind = ", ".join(kinds)
    if any(part in cells for part in _ADDRESS_PARTS):
        name = cells.find_free_name("Address", kind or "other")
        cells[name] = ", ".join(filled)
    else:
        name = "Address"
        _add_components(cells, _ADDRESS_PARTS, found.components)
        if kind:
            cells["Address type"] = kind
    if label := found.head.parameters.get("LABEL"):
        cells[f"{name} label"] = label.replace("\\n", "\n")


def _class_phone(kinds: Sequence[str]) -> tuple[str, str]:
    for name, words in _PHONES:
        if any(kind in words for kind in kinds):
            return name, ", ".join(kind for kind in kinds if kind not in words)
    return "Phone", ", ".join(kinds)


def _text_of(found: Property) -> str:
    match found.head.name:
        case "BDAY" | "ANNIVERSARY":
            return _normalize_date(found.text, found.head.parameters.get("X-APPLE-OMIT-YEAR"))
        case "EMAIL":
            return _strip_scheme(found.text, "mailto:")
    return found.text


def _normalize_date(text: str, omitted_year: str | None) -> str:
    """The date as ISO 8601 writes it; without its year, where it has none, as --MM-DD."""
    text = text.strip()
    if match := _DATE.fullmatch(text):
        year = "-" if match[1] == omitted_year else match[1]
        return f"{year}-{match[2]}-{match[3]}"
    if match := _YEARLESS.fullmatch(text):
        return f"--{match[1]}-{match[2]}"
    return text


def _strip_scheme(text: str, scheme: str) -> str:
    text = text.strip()
    if text[: len(scheme)].lower() != scheme:
        return text
    return _EXTENSION.sub(r" ext. \1", text[len(scheme) :])


def _find_labels(properties: Sequence[Property]) -> dict[str, str]:
    """The label of each group that has one, and something to be labelled."""
    labelled = {found.head.group for found in properties if found.head.name != "X-ABLABEL"}
    labels: dict[str, str] = {}
    for found in properties:
        group, name, *_ = found.head
        if name == "X-ABLABEL" and group and group in labelled and (text := found.text.strip()):
            match = _APPLE_LABEL.fullmatch(text)
            labels[group] = match[1].lower() if match else text
    return labels
