"""The judge: from the text of a chunk's columns to the values of contact fields, and an issue for whatever is wrong with them.

Inspecting, planning and applying all ask here, so that a preview cannot promise what a run will not do. Every row is judged by itself: how
a file was cut into chunks cannot change the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from models.vocabulary import (
    NAME_FIELDS,
    Consent,
    ContactField,
    DuplicateStrategy,
    FieldPolicy,
    InvalidValuePolicy,
    IssueCode,
    IssueSeverity,
)
from workers.engine.frames import FAILED, IN_ONE_CASE, ISSUE_SCHEMA, ROW, Chunk, EngineOptions, Judged
from workers.engine.judging.assignment import assign_owners
from workers.engine.judging.consent_columns import Asks, what_is_asked
from workers.engine.judging.fields import Surroundings, clean_fields, judge_field, length_limit
from workers.engine.judging.identity import KEY_FIELDS, Identity, KeyColumns, decide_identity
from workers.engine.judging.issues import Found, Place, find_unusable, make_issues
from workers.engine.judging.name_parts import split_names
from workers.engine.judging.names import is_in_one_case

ASSIGNED_OWNER = "assigned_owner"

# To be raised with any change after which rows are judged otherwise, or after which what is kept of a judged chunk (its columns, keys,
# ties, names) has another form: chunks that were judged before are then judged anew.
JUDGE_VERSION = 12

# Issues of the row as a whole come before those of its columns.
_BEFORE_COLUMNS = -1
_FALSE = pl.Series([False])


@dataclass(frozen=True, slots=True)
class _Column:
    """A mapped column with its verdict."""

    place: Place
    field: str
    cells: pl.Series
    verdict: pl.DataFrame
    had_controls: pl.Series | None
    # Where the value cannot be used; None where there is nothing to say of the whole column.
    is_unusable: pl.Series | None = None


def judge(chunk: Chunk, headers: Sequence[str], options: EngineOptions) -> Judged:
    """Every row of the chunk, judged by the options' mapping."""
    columns = _judge_columns(chunk.frame, headers, options)
    written = _merge(columns)
    values = _split_names(written, options)
    identity = decide_identity(
        _find_keys({field: values[field] for names in KEY_FIELDS.values() for field in names if field in values}, columns),
        options.match_fields,
        options.match_mode,
        len(chunk.frame),
    )
    owners = assign_owners(chunk.frame, headers, options.assignment, options.first_row)
    issues = _collect_issues(chunk, headers, options, columns, identity, owners)
    failing = issues.filter(pl.col("severity") == IssueSeverity.ERROR.value).select(pl.col("row").unique().implode()).to_series()
    has_failed = chunk.frame.select(pl.col(ROW).is_in(failing).alias(FAILED)).to_series()
    rows = pl.DataFrame(
        [
            chunk.frame[ROW],
            has_failed,
            *(series.alias(field) for field, series in values.items()),
            *([] if owners is None else [owners["value"].alias(ASSIGNED_OWNER)]),
            *_find_in_one_case(columns, written, values, options),
        ]
    )
    return Judged(rows=rows, issues=issues)


def judge_rows(rows: Sequence[tuple[int, Sequence[str | None]]], headers: Sequence[str], options: EngineOptions) -> Judged:
    """A few rows (row number, cells), judged as a chunk of them would be."""
    return judge(make_chunk(rows, headers), headers, options)


def make_chunk(rows: Sequence[tuple[int, Sequence[str | None]]], headers: Sequence[str]) -> Chunk:
    """A chunk of a few rows. A short row has no cells at its end."""
    cells = {
        f"c{index}": pl.Series([row_cells[index] if index < len(row_cells) else None for _, row_cells in rows], dtype=pl.String)
        for index in range(len(headers))
    }
    frame = pl.DataFrame({ROW: pl.Series([row for row, _ in rows], dtype=pl.Int64), **cells})
    return Chunk(frame=frame, issues=pl.DataFrame(schema=ISSUE_SCHEMA))


def _judge_columns(frame: pl.DataFrame, headers: Sequence[str], options: EngineOptions) -> list[_Column]:
    """The verdicts in the order of the columns. Countries are judged first: a national phone number depends on them."""
    mapped = [(index, header, options.mapping[header]) for index, header in enumerate(headers) if options.mapping.get(header)]
    mapped.sort(key=lambda column: column[2] != ContactField.COUNTRY)
    cleaned = clean_fields(frame, {f"c{index}": field for index, _, field in mapped})
    columns: list[_Column] = []
    for index, header, field in mapped:
        countries = _merge([column for column in columns if column.field == ContactField.COUNTRY]).get(ContactField.COUNTRY)
        surroundings = Surroundings(
            options.date_orders.get(header),
            countries,
            options.default_country,
            options.today,
            options.recase_names,
            what_is_asked(header) if field == ContactField.CONSENT else Asks.WHO_AGREED,
        )
        name = f"c{index}"
        verdict = judge_field(field, cleaned[name], surroundings)
        columns.append(_Column(Place(header, field, index), field, frame[name], verdict, cleaned[name].had_controls))
    told = {number: codes for number, column in enumerate(columns) if (codes := column.verdict["code"]).null_count() < len(codes)}
    unusable = find_unusable(told)
    judged = [replace(column, is_unusable=unusable.get(number)) for number, column in enumerate(columns)]
    return sorted(judged, key=lambda column: column.place.position)


def _merge(columns: Sequence[_Column]) -> dict[str, pl.Series]:
    """The values by field. Where two columns are mapped to one field, the first that says something counts, and of consent a refusal.

    Where what one of them says of consent is not understood it may be a refusal, so that nobody is subscribed by the other.
    """
    values: dict[str, pl.Series] = {}
    for column in columns:
        value = column.verdict["value"]
        earlier = values.get(column.field)
        if earlier is not None:
            says_nothing = earlier.list.len() == 0 if column.field == ContactField.TAGS else earlier == ""
            counts = earlier.is_null() | (says_nothing & value.is_not_null())
            if column.field == ContactField.CONSENT:
                counts |= (value == Consent.UNSUBSCRIBED.value).fill_null(False)
            value = pl.select(pl.when(counts).then(value).otherwise(earlier)).to_series()
        values[column.field] = value
    consents = [column.verdict["code"] for column in columns if column.field == ContactField.CONSENT]
    if len(consents) > 1:
        agreed = values[ContactField.CONSENT] == Consent.SUBSCRIBED.value
        is_unclear = pl.any_horizontal(code.is_not_null() for code in consents)
        withheld = pl.when(is_unclear & agreed).then(pl.lit("")).otherwise(values[ContactField.CONSENT])
        values[ContactField.CONSENT] = pl.select(withheld.alias(ContactField.CONSENT)).to_series()
    return values


def _split_names(values: dict[str, pl.Series], options: EngineOptions) -> dict[str, pl.Series]:
    """The values with first and last names out of the full ones, where no column holds either. What is not safe says nothing."""
    fields = (ContactField.FIRST_NAME, ContactField.LAST_NAME)
    full = values.get(ContactField.FULL_NAME)
    if not options.split_names or full is None or any(field in values for field in fields):
        return values
    return values | dict(zip(fields, split_names(full), strict=True))


def _find_in_one_case(
    columns: Sequence[_Column], written: Mapping[str, pl.Series], values: Mapping[str, pl.Series], options: EngineOptions
) -> list[pl.Series]:
    """The column IN_ONE_CASE, where a name could replace another. What was recased was in one case, with both halves of a full name."""
    names = [field for field in NAME_FIELDS if field in values]
    if not options.recase_names or not any(_may_replace(field, options) for field in names):
        return []
    told = []
    for field in names:
        source = field if field in written else ContactField.FULL_NAME
        is_recased = _nowhere(values[field])
        # Of two columns the first that has the value gave it.
        for column in reversed([column for column in columns if column.field == source]):
            has_given = (column.verdict["value"] == written[source]).fill_null(False)
            is_recased = (has_given & (column.verdict["code"] == IssueCode.NAME_RECASED.value).fill_null(False)) | (~has_given & is_recased)
        is_told = (is_in_one_case(pl.lit(values[field])) | is_recased).fill_null(False)
        told.append(pl.when(is_told).then(pl.lit(field.value)))
    return [pl.select(pl.concat_str(told, separator=" ", ignore_nulls=True).alias(IN_ONE_CASE)).to_series()]


def _may_replace(field: str, options: EngineOptions) -> bool:
    chosen = options.field_policies.get(field)
    return chosen is FieldPolicy.OVERWRITE if chosen else options.duplicate_strategy is DuplicateStrategy.UPDATE


def _find_keys(values: Mapping[str, pl.Series], columns: Sequence[_Column]) -> dict[str, KeyColumns]:
    """What the columns of key fields come to, given their values."""
    if not values:
        return {}
    frame = pl.DataFrame([series.alias(field) for field, series in values.items()])
    usable = frame.select((pl.all() != "").fill_null(False))
    unusable = {field: _nowhere(usable[field]) for field in values}
    for column in columns:
        if column.field in values and column.is_unusable is not None:
            unusable[column.field] = unusable[column.field] | column.is_unusable
    return {field: KeyColumns(is_usable=usable[field], is_unusable=unusable[field]) for field in values}


def _collect_issues(
    chunk: Chunk,
    headers: Sequence[str],
    options: EngineOptions,
    columns: Sequence[_Column],
    identity: Identity,
    owners: pl.DataFrame | None,
) -> pl.DataFrame:
    """The issues of reading, of the values, and of the rows as wholes; by row, then by column."""
    rows = chunk.frame[ROW]
    never = _nowhere(rows)
    positions = {header: index for index, header in enumerate(headers)}
    read = chunk.issues.with_columns(
        pl.col("column")
        .replace_strict(positions, default=_BEFORE_COLUMNS, return_dtype=pl.Int32)
        .fill_null(_BEFORE_COLUMNS)
        .alias("position")
    )
    unusable_fails = options.invalid_values is InvalidValuePolicy.FAIL_ROW
    found: list[Found] = []
    for column in columns:
        codes, limit = column.verdict["code"], length_limit(column.field)
        if column.had_controls is not None:
            controls = _codes_where(column.had_controls, IssueCode.CONTROL_CHARACTERS)
            found.append(Found(column.place, controls, never, limit, column.cells))
        if column.is_unusable is not None:
            fails = column.is_unusable if unusable_fails else identity.deciding.get(column.field, never)
            found.append(Found(column.place, codes, fails, limit, column.cells, column.verdict["suggestion"]))
    if identity.has_no_key.any():
        codes = _codes_where(identity.has_no_key, IssueCode.NO_MATCH_KEY)
        found.append(Found(Place(None, None, _BEFORE_COLUMNS), codes, identity.has_no_key))
    if owners is not None and owners["code"].null_count() < len(owners):
        place = Place(options.assignment.column, ContactField.OWNER, positions.get(options.assignment.column or "", _BEFORE_COLUMNS))
        fails = find_unusable({0: owners["code"]})[0] if unusable_fails else never
        found.append(Found(place, owners["code"], fails, length_limit(ContactField.OWNER)))
    issues = pl.concat([read.select(*ISSUE_SCHEMA, "position"), make_issues(rows, found)])
    return issues.sort("row", "position", maintain_order=True).drop("position")


def _nowhere(rows: pl.Series) -> pl.Series:
    return _FALSE.new_from_index(0, len(rows))


def _codes_where(mask: pl.Series, code: IssueCode) -> pl.Series:
    return pl.select(pl.when(mask).then(pl.lit(code.value))).to_series()
