"""The JSON of journal entries within statements, where SQLite and Postgres differ: both variants side by side.

`changes` is an entry's JSON object of field -> {"before": …, "after": …}.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, TableValuedAlias, func, literal, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB

from models.dialects import SQLITE


def has_member(dialect_name: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a JSON object has a member of this plain name."""
    if dialect_name == SQLITE:
        return func.json_type(column, f"$.{name}").is_not(None)
    return column.bool_op("?")(literal(name, String))


def former_text(dialect_name: str, changes: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """What a field was before the changes of a journal entry."""
    if dialect_name == SQLITE:
        return func.json_extract(changes, f"$.{name}.before")
    return func.jsonb_extract_path_text(changes, name, "before")


def former_json(dialect_name: str, changes: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """The same of a field that holds JSON."""
    if dialect_name == SQLITE:
        return func.json_extract(changes, f"$.{name}.before")
    return func.jsonb_extract_path(changes, name, "before")


def without_elements(dialect_name: str, array: ColumnElement[Any], gone: ColumnElement[Any]) -> ColumnElement[Any]:
    """A JSON array of texts without those of another, in its order."""
    if dialect_name == SQLITE:
        kept, taken = func.json_each(array).table_valued("value", name="kept"), func.json_each(gone).table_valued("value", name="taken")
        texts = select(func.json_group_array(kept.c.value)).where(kept.c.value.not_in(select(taken.c.value).correlate_except(taken)))
        return texts.correlate_except(kept).scalar_subquery()
    taken = func.jsonb_array_elements_text(gone).table_valued("value", name="taken")
    return array.op("-")(func.array(select(taken.c.value).correlate_except(taken).scalar_subquery()))


def with_former_members(dialect_name: str, object_: ColumnElement[Any], changes: ColumnElement[Any], prefix: str) -> ColumnElement[Any]:
    """A JSON object of texts, with those of its members that a journal entry names behind a prefix as they were before; null: not there."""
    if dialect_name == SQLITE:
        each = func.json_each(changes).table_valued("key", "value", name="changed")
        pair = func.json_group_object(func.substr(each.c.key, len(prefix) + 1), func.json_extract(each.c.value, "$.before"))
    else:
        each = func.jsonb_each(changes).table_valued("key", "value", name="changed")
        pair = func.jsonb_object_agg(func.substr(each.c.key, len(prefix) + 1), func.jsonb_extract_path(each.c.value, "before"))
    former = select(pair).where(each.c.key.startswith(prefix, autoescape=True)).correlate_except(each).scalar_subquery()
    if dialect_name == SQLITE:
        return func.json_patch(object_, former)
    return func.jsonb_strip_nulls(object_.op("||")(former))


def taken_back(dialect_name: str, changes: ColumnElement[Any], but: str) -> ColumnElement[Any]:
    """The changes of a journal entry the other way round, without those of one field."""
    if dialect_name == SQLITE:
        each = func.json_each(changes).table_valued("key", "value", name="changed")
        before, after = (func.json_extract(each.c.value, f"$.{side}") for side in ("before", "after"))
        turned = func.json_group_object(each.c.key, func.json_object("before", after, "after", before))
        return select(turned).where(each.c.key != but).correlate_except(each).scalar_subquery()
    each = func.jsonb_each(changes).table_valued("key", "value", name="changed")
    before, after = (func.jsonb_extract_path(each.c.value, side) for side in ("before", "after"))
    turned = func.jsonb_object_agg(each.c.key, func.jsonb_build_object("before", after, "after", before))
    return func.coalesce(select(turned).where(each.c.key != but).correlate_except(each).scalar_subquery(), sql_cast("{}", JSONB))


def members_of(dialect_name: str, column: ColumnElement[Any]) -> TableValuedAlias:
    """The members of JSON objects, by their `key`, to be joined to the table with the column."""
    if dialect_name == SQLITE:
        return func.json_each(column).table_valued("key", name="member")
    return func.jsonb_each(column).table_valued("key", "value", name="member")
