"""What the fake API tells: a small file of ten people, its issues, its plan, and some history."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

HEADERS = ("First Name", "Last Name", "E-mail", "Phone number", "Company", "Country", "Source")
FIELDS = ("first_name", "last_name", "email", "phone", "company", "country", None)
PEOPLE = (
    ("Ada", "Keller", "ada.keller@example.com", "+49 30 1234567", "Keller & Sohn", "Germany", "fair"),
    ("Louis", "Moreau", "louis.moreau@example.fr", "01 42 68 53 00", "Atelier Moreau", "France", "web"),
    ("Grace", "O'Brien", "grace@obrien.example", "12", "O'Brien Ltd", "Ireland", "web"),
    ("Mateo", "García", "mateo(at)example.es", "+34 912 345 678", "García Hermanos", "Spain", "fair"),
    ("Ines", "Rossi", "ines.rossi@gmial.com", "+39 06 1234 5678", "Rossi S.p.A.", "Italy", ""),
    ("Emma", "Jansen", "emma@jansen.example", "+31 20 123 4567", "Jansen BV", "Netherlands", "mail"),
    ("Noah", "Smith", "noah.smith@example.com", "(202) 555-0143", "Smith Logistics", "United States", "web"),
    ("Mia", "Novák", "mia.novak@example.cz", "", "", "Czechia", "web"),
    ("Oskar", "Lind", "oskar.lind@example.se", "+46 8 123 456", "Lind AB", "Sweden", "fair"),
    ("Sofia", "Costa", "", "", "Costa Lda", "Portugal", "fair"),
)
INVALID_PHONE = {
    "row": 4,
    "column": "Phone number",
    "field": "phone",
    "value": "12",
    "code": "INVALID_PHONE",
    "severity": "WARNING",
    "message": "This is not a valid phone number of its country.",
    "suggestion": None,
    "batch": 1,
}
INVALID_EMAIL = {
    "row": 5,
    "column": "E-mail",
    "field": "email",
    "value": "mateo(at)example.es",
    "code": "INVALID_EMAIL",
    "severity": "ERROR",
    "message": "This is not a valid e-mail address.",
    "suggestion": "mateo@example.es",
    "batch": 1,
}
NO_MATCH_KEY = {
    "row": 11,
    "column": None,
    "field": None,
    "value": None,
    "code": "NO_MATCH_KEY",
    "severity": "ERROR",
    "message": "The row has no usable external id, e-mail or phone, so it cannot be told who it is.",
    "suggestion": None,
    "batch": 1,
}
DUPLICATE_ROW = {
    "row": 211,
    "column": None,
    "field": None,
    "value": None,
    "code": "DUPLICATE_ROW",
    "severity": "NOTE",
    "message": "The row is about the same person as row 17.",
    "suggestion": None,
    "batch": 1,
}
ISSUES = (INVALID_PHONE, INVALID_EMAIL, NO_MATCH_KEY, DUPLICATE_ROW)
ISSUE_COUNTS = (38, 9, 3, 21)
# Field changes that a plan shows: (outcome, row, changes).
PLANNED = (
    (
        "CREATED",
        2,
        (
            ("first_name", None, "Ada"),
            ("last_name", None, "Keller"),
            ("email", None, "ada.keller@example.com"),
            ("phone", None, "+49301234567"),
        ),
    ),
    ("CREATED", 3, (("first_name", None, "Louis"), ("last_name", None, "Moreau"), ("email", None, "louis.moreau@example.fr"))),
    ("UPDATED", 7, (("company", "Jansen", "Jansen BV"), ("phone", "+31201234560", "+31201234567"))),
    ("UPDATED", 10, (("city", None, "Stockholm"), ("tags", ["press"], ["press", "fair"]))),
)

READING = ("sheet", "headerRow", "headerRows", "encoding", "delimiter", "quote", "member")


def decision(aspect: str, value: str | None, confidence: float, reason: str, *alternatives: str) -> Json:
    is_question = confidence < 0.5
    return {
        "aspect": aspect,
        "value": value,
        "confidence": confidence,
        "reason": reason,
        "alternatives": alternatives,
        "isQuestion": is_question,
    }


DIALECT: Json = {
    "format": "CSV",
    "encoding": "utf-8",
    "delimiter": ",",
    "quote": '"',
    "headerRow": 1,
    "headerRows": 1,
    "sheet": None,
    "sheets": [],
    "archive": None,
    "member": None,
    "members": [],
    "decisions": [
        decision("encoding", "utf-8", 1.0, "Every byte of the file is valid UTF-8."),
        decision("delimiter", ",", 0.98, "Every record has seven cells.", ";"),
        decision("headerRow", "1", 0.95, "The first row names columns that are known.", "0"),
    ],
}


def options(chosen: Json) -> Json:
    defaults: Json = {
        "duplicateStrategy": "SKIP",
        "matchFields": ["EXTERNAL_ID", "EMAIL", "PHONE"],
        "matchMode": "IDENTITY",
        "errorPolicy": "KEEP_GOOD_ROWS",
        "maxErrorRate": None,
        "invalidValues": "LEAVE_OUT",
        "emptyCells": "KEEP",
        "fieldPolicies": [],
        "defaultCountry": None,
        "dateOrder": None,
        "splitNames": True,
        "recaseNames": True,
        "tags": [],
        "listIds": [],
        "companyPolicy": "AS_WRITTEN",
        "ownerPolicy": "AS_WRITTEN",
        "assignment": {"mode": "NONE", "owners": [], "column": None},
        **dict.fromkeys(READING),
    }
    return defaults | {key: value for key, value in chosen.items() if value is not None}


def counts(total: int, share: float) -> Json:
    failed, updated, unchanged, skipped = (
        int(total * 0.01 * share),
        int(total * 0.17 * share),
        int(total * 0.05 * share),
        int(total * 0.09 * share),
    )
    created = int(total * 0.68 * share) if share < 1 else total - failed - updated - unchanged - skipped
    unprocessed = total - created - updated - unchanged - skipped - failed
    return {
        "total": total,
        "created": created,
        "updated": updated,
        "unchanged": unchanged,
        "skipped": skipped,
        "failed": failed,
        # As text, as an API may send a BigInt.
        "unprocessed": str(unprocessed),
        "duplicates": updated + unchanged + skipped,
    }


def columns(mapping: list[Json]) -> list[Json]:
    fields = {pair["column"]: pair.get("field") for pair in mapping}
    confidences = (0.99, 0.99, 1.0, 0.92, 0.97, 0.95, None)
    return [
        {
            "index": index,
            "header": header,
            "samples": [person[index] for person in PEOPLE[:3]],
            "fillRate": 1 - 0.07 * index,
            "field": fields.get(header),
            "suggestions": [{"field": field, "confidence": confidence, "reason": f"The name is “{header}”."}] if field else [],
        }
        for index, (header, field, confidence) in enumerate(zip(HEADERS, FIELDS, confidences, strict=True))
    ]


def preview() -> list[Json]:
    rows = []
    for number, person in enumerate(PEOPLE, start=2):
        mapped = {field: value.strip() for field, value in zip(FIELDS, person, strict=True) if field}
        issues = [issue for issue in ISSUES if issue["row"] == number]
        rows.append({"row": number, "raw": list(person), "mapped": mapped, "issues": issues})
    return rows


def sample(_info: Any, outcome: str | None = None, first: int = 20) -> list[Json]:
    return [
        {
            "row": row,
            "values": dict(zip(HEADERS, PEOPLE[(row - 2) % len(PEOPLE)], strict=True)),
            "outcome": kind,
            "contactId": None,
            "changes": [{"field": field, "before": before, "after": after} for field, before, after in changes],
        }
        for kind, row, changes in PLANNED
        if outcome in (None, kind)
    ][:first]


def issue_groups() -> list[Json]:
    return [
        {
            "code": issue["code"],
            "field": issue["field"],
            "severity": issue["severity"],
            "count": count,
            "hasOpenRows": True,
            "example": issue,
        }
        for issue, count in zip(ISSUES, ISSUE_COUNTS, strict=True)
    ]


def issues(
    _info: Any, first: int = 20, after: str | None = None, code: str | None = None, field: str | None = None, severity: Any = None, **_: Any
) -> Json:
    counts = {issue["code"]: count for issue, count in zip(ISSUES, ISSUE_COUNTS, strict=True)}
    issue = next(issue for issue in ISSUES if issue["code"] == code)
    total = counts[issue["code"]] if severity in (None, issue["severity"]) else 0
    start = int(after or 0)
    end = min(start + first, total)
    nodes = [{**issue, "row": 4 + 7 * n} for n in range(start, end)]
    return {"totalCount": total, "nodes": nodes, "pageInfo": {"hasNextPage": end < total, "endCursor": str(end)}}


def fix_effect(_info: Any, code: str, rule: Json, field: str | None = None, first: int = 10) -> Json:
    """Of phones all but one can be read, of anything else nothing changes."""
    if "excludeRows" in rule:
        sample = {"row": 4, "column": None, "before": None, "after": None, "issues": []}
        return {"rows": 41, "changed": 41, "resolved": 41, "samples": [sample]}
    if code != "INVALID_PHONE":
        return {"rows": 3, "changed": 0, "resolved": 0, "samples": []}
    sample = {"row": 4, "column": "Phone number", "before": "12", "after": "+3312", "issues": [INVALID_EMAIL]}
    return {"rows": 41, "changed": 40, "resolved": 39, "samples": [sample][:first]}


def outcome_rows(counts: Json, outcome: str, first: int = 20, after: str | None = None, **_: Any) -> Json:
    """As many as are counted, each about one of the people."""
    total, start = int(counts[outcome.lower()]), int(after or 0)
    changes = next((changes for kind, _, changes in PLANNED if kind == outcome), ())
    nodes = [
        {
            "row": number + 2,
            "values": dict(zip(HEADERS, PEOPLE[number % len(PEOPLE)], strict=True)),
            "outcome": outcome,
            "changes": [{"field": field, "before": before, "after": after} for field, before, after in changes],
            "issues": [NO_MATCH_KEY] if outcome == "FAILED" else [],
        }
        for number in range(start, min(start + first, total))
    ]
    end = start + len(nodes)
    info = {"hasNextPage": end < total, "hasPreviousPage": start > 0, "endCursor": str(end)}
    return {"totalCount": total, "nodes": nodes, "pageInfo": info}


def rows_by_number(numbers: list[Any]) -> Json:
    """Each about one of the people."""
    people = ((int(row), PEOPLE[(int(row) - 2) % len(PEOPLE)]) for row in numbers)
    nodes = [{"row": row, "values": dict(zip(HEADERS, person, strict=True)), "isExcluded": False, "edited": []} for row, person in people]
    return {"totalCount": len(nodes), "nodes": nodes}


def edited_rows(edits: list[Json], excluded: list[int]) -> Json:
    cells: dict[int, list[Json]] = {row: [] for row in excluded}
    for edit in edits:
        cells.setdefault(edit["row"], []).append({"column": edit["column"], "original": "12", "value": edit["value"]})
    nodes = [
        {"row": row, "outcome": "CREATED", "isExcluded": row in excluded, "edited": edited, "issues": [], "changes": []}
        for row, edited in sorted(cells.items())
    ]
    return {"totalCount": len(nodes), "nodes": nodes}


def analytics(now: datetime) -> Json:
    def buckets(_info: Any, by: str = "DAY") -> list[Json]:
        days = 7 if by == "WEEK" else 1
        loads = (0, 1, 3, 2, 0, 5, 8, 6, 2, 1, 0, 4, 7, 9, 3, 2, 6, 5, 1, 0, 3, 8, 10, 4, 2, 7)
        return [
            {"start": now - timedelta(days=days * (len(loads) - n)), "imports": load, "counts": counts(load * 1200, 0.98 if load else 0)}
            for n, load in enumerate(loads)
        ]

    codes = ("INVALID_PHONE", "INVALID_EMAIL", "DUPLICATE_ROW", "NO_MATCH_KEY", "EMAIL_DOMAIN_TYPO", "INVALID_COUNTRY")
    fields = ("phone", "email", None, None, "email", "country")
    issues = [{"code": code, "field": field, "count": 3100 // (n + 1)} for n, (code, field) in enumerate(zip(codes, fields, strict=True))]
    return {
        "imports": 99,
        "refusedUploads": 4,
        "counts": counts(118_800, 1.0),
        "successRate": 0.973,
        "buckets": buckets,
        "issues": issues,
        "rowsPerSecondP50": 10_480.0,
        "durationSecondsP50": 8.4,
        "durationSecondsP95": 41.0,
    }


def contacts(_info: Any, filter: Json | None = None, first: int = 20, after: str | None = None) -> Json:
    people = [
        {
            "id": str(uuid.UUID(int=number)),
            "updatedAt": datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
            "firstName": person[0],
            "lastName": person[1],
            "email": person[2] or None,
            "phone": person[3] or None,
            "company": person[4] or None,
            "country": person[5],
        }
        for number, person in enumerate(PEOPLE * 4)
    ]
    wanted = (filter or {}).get("search", "").lower()
    found = [person for person in people if wanted in f"{person['firstName']} {person['lastName']} {person['email']}".lower()]
    start = int(after or 0)
    page = found[start : start + first]
    info = {"hasNextPage": len(found) > start + first, "hasPreviousPage": start > 0, "endCursor": str(start + len(page))}
    return {"nodes": page, "pageInfo": info, "totalCount": len(found)}


def audit_entries(_info: Any, filter: Json | None = None, first: int = 20, after: str | None = None) -> Json:
    entries = [
        {
            "at": datetime(2026, 11, 3, 9, 30, tzinfo=UTC) - timedelta(minutes=number),
            "actor": None if number % 3 else "ada",
            "action": "import.completed" if number % 3 else "contact.updated",
            "subjectId": str(uuid.UUID(int=number)),
            "detail": {"filename": "spring.csv", "was": "applying", "epoch": 2, "sha256": "c0ffee"}
            if number % 3
            else {"fields": ["company", "job_title"]},
        }
        for number in range(60)
    ]
    wanted = filter or {}
    found = [entry for entry in entries if entry["actor"] == wanted.get("actor", entry["actor"])]
    found = [entry for entry in found if str(entry["action"]).startswith(wanted.get("action", ""))]
    start = int(after or 0)
    page = found[start : start + first]
    info = {"hasNextPage": len(found) > start + first, "hasPreviousPage": start > 0, "endCursor": str(start + len(page))}
    return {"nodes": page, "pageInfo": info, "totalCount": len(found)}


def contact(contact_id: str, now: datetime, import_id: str) -> Json:
    history = [
        {
            "kind": "UPDATED",
            "at": now,
            "importId": None,
            "filename": None,
            "row": None,
            "actor": "ada",
            "isUndo": False,
            "changes": [{"field": "phone", "before": "+31201234560", "after": "+31201234567"}],
        },
        {
            "kind": "CREATED",
            "at": now - timedelta(days=4),
            "importId": import_id,
            "filename": "spring.csv",
            "row": 7,
            "actor": None,
            "isUndo": False,
            "changes": [
                {"field": "email", "before": None, "after": "emma@jansen.example"},
                {"field": "company", "before": None, "after": "Jansen"},
            ],
        },
    ]
    return {
        "id": contact_id,
        "updatedAt": now,
        "firstName": "Emma",
        "lastName": "Jansen",
        "email": "emma@jansen.example",
        "phone": "+31201234567",
        "company": "Jansen BV",
        "city": "Amsterdam",
        "country": "NL",
        "tags": ["fair", "press"],
        "consent": "UNKNOWN",
        "history": history,
    }
