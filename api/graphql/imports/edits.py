"""Fixing in place: corrected cells, rows left out, and one rule for all rows of a group of issues."""

import re
from dataclasses import fields

import strawberry
from phonenumbers import SUPPORTED_REGIONS

from api.commands import edit_rows, fix_issues
from api.commands.options import camel
from api.graphql.enums import DateOrder
from api.graphql.imports.account import ImportIssue
from api.graphql.scalars import BigInt
from models.errors import InvalidRequest
from workers.engine import fixes

PATH = ("input", "rule")
_DOMAIN = re.compile(r"(?!-)[\w-]+(?:\.[\w-]+)+")
# In characters (RFC 1035, 2.3.4: 255 octets, two of which are not text).
_LONGEST_DOMAIN = 253


@strawberry.input
class RowEditInput:
    row: BigInt
    column: str = strawberry.field(description="By its header.")
    value: str | None = strawberry.field(
        default=strawberry.UNSET, description='What the cell is to say, "" for a blank one; null: what the file says, again.'
    )


@strawberry.input(description="Corrects cells and leaves rows out, or takes either back; plans again where there is a plan.")
class EditImportRowsInput:
    id: strawberry.ID
    version: int | None = strawberry.UNSET
    edits: list[RowEditInput] | None = strawberry.UNSET
    exclude_rows: list[BigInt] | None = strawberry.UNSET
    include_rows: list[BigInt] | None = strawberry.field(default=strawberry.UNSET, description="Rows that were left out.")

    def read_edits(self) -> list[edit_rows.CellEdit]:
        """As the command takes them."""
        return [
            edit_rows.CellEdit(each.row, each.column, each.value if each.value is not strawberry.UNSET else None)
            for each in self.edits or ()
        ]


@strawberry.input(description="Of addresses with one domain, another one.")
class ReplaceDomainInput:
    domain: str
    by: str


@strawberry.input(description="Another text for a whole cell.")
class ReplaceValueInput:
    value: str | None = strawberry.field(
        default=strawberry.UNSET, description="Only cells that say this, whatever their case; null: every cell of the group."
    )
    by: str


@strawberry.input(one_of=True, description="What is done in each row of a group of issues.")
class FixRuleInput:
    use_suggestion: bool | None = strawberry.field(default=strawberry.UNSET, description="Each cell becomes what its issue suggests.")
    default_country: str | None = strawberry.field(
        default=strawberry.UNSET, description="Phone numbers are read in this country (ISO 3166-1 alpha-2), whatever the row says."
    )
    date_order: DateOrder | None = strawberry.field(default=strawberry.UNSET, description="Dates are read in this order.")
    replace_domain: ReplaceDomainInput | None = strawberry.UNSET
    replace_value: ReplaceValueInput | None = strawberry.UNSET
    leave_out: bool | None = strawberry.field(default=strawberry.UNSET, description="The cells say nothing; the rows go in without them.")
    exclude_rows: bool | None = strawberry.field(default=strawberry.UNSET, description="The rows are left out.")

    def read(self) -> fixes.Rule:
        """As the engine takes it. Raises InvalidRequest (invalid_rule)."""
        (name,) = [each.name for each in fields(self) if getattr(self, each.name) is not strawberry.UNSET]
        value = getattr(self, name)
        simple: dict[str, fixes.Rule] = {
            "use_suggestion": fixes.UseSuggestion(),
            "leave_out": fixes.LeaveOut(),
            "exclude_rows": fixes.ExcludeRows(),
        }
        if name in simple:
            if value is not True:
                raise _refuse("A rule that is chosen is true.", name)
            return simple[name]
        if isinstance(value, ReplaceDomainInput):
            for part in ("domain", "by"):
                domain = getattr(value, part).strip()
                if len(domain) > _LONGEST_DOMAIN or not _DOMAIN.fullmatch(domain):
                    raise _refuse("This is not a domain, such as example.com.", name, part)
            return fixes.ReplaceDomain(value.domain.strip(), value.by.strip())
        if isinstance(value, ReplaceValueInput):
            return fixes.ReplaceValue(value.value if value.value is not strawberry.UNSET else None, value.by)
        if isinstance(value, DateOrder):
            return fixes.ReadInOrder(value)
        country = str(value).strip().upper()
        if country not in SUPPORTED_REGIONS:
            raise _refuse("defaultCountry is a code of two letters, such as US or FR.", name)
        return fixes.ReadInCountry(country)


def _refuse(message: str, name: str, *path: str) -> InvalidRequest:
    return InvalidRequest(message, code="invalid_rule", path=(*PATH, camel(name), *path))


@strawberry.input
class ApplyFixInput:
    id: strawberry.ID
    version: int | None = strawberry.UNSET
    code: str
    field: str | None = strawberry.field(default=strawberry.UNSET, description="As the group names it.")
    rule: FixRuleInput

    @property
    def kind(self) -> fix_issues.IssueKind:
        return fix_issues.IssueKind(self.code.lower(), self.field or None)


@strawberry.type(description="A cell before and after, and what is found in its row then. Of a row that is left out there is no cell.")
class FixSample:
    row: BigInt
    column: str | None
    before: str | None
    after: str | None
    issues: list[ImportIssue]

    @classmethod
    def of(cls, sample: fix_issues.FixSample) -> "FixSample":
        issues = [ImportIssue.of(issue) for issue in sample.issues]
        return cls(row=BigInt(sample.row), column=sample.column, before=sample.before, after=sample.after, issues=issues)


@strawberry.type(description="What a rule comes to.")
class FixEffect:
    rows: BigInt = strawberry.field(description="Rows of the group that can be corrected.")
    changed: BigInt = strawberry.field(description="Those of them that the rule changes.")
    resolved: BigInt | None = strawberry.field(
        description="Those of them that are then without such an issue; null where only planning can tell."
    )
    samples: list[FixSample]

    @classmethod
    def of(cls, effect: fix_issues.FixEffect) -> "FixEffect":
        return cls(
            rows=BigInt(effect.rows),
            changed=BigInt(effect.changed),
            resolved=None if effect.resolved is None else BigInt(effect.resolved),
            samples=[FixSample.of(sample) for sample in effect.samples],
        )


@strawberry.type(description="How much of the file was corrected.")
class ImportEdits:
    cells: BigInt
    excluded_rows: BigInt
