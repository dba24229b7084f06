"""Columns that tables have in common, as field factories."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, TextClause
from sqlmodel import Field

from models.clock import new_id
from models.dialects import Id, Json, UtcDateTime

# What an index says of itself that only one kind of database has: its name as SQLAlchemy calls it.
DIALECT = "dialect"


def id_field() -> Any:
    """A primary key that sorts by time."""
    return Field(default_factory=new_id, sa_column=Column(Id(), primary_key=True))


def id_column(*, nullable: bool = False, index: bool = False, primary_key: bool = False, foreign_key: str = "") -> Any:
    """An id of something else; no foreign key where history must outlive what it speaks of."""
    keys = [ForeignKey(foreign_key)] if foreign_key else []
    return Field(default=None, sa_column=Column(Id(), *keys, nullable=nullable, index=index, primary_key=primary_key))


def moment(*, nullable: bool = True, index: bool = False, server_default: TextClause | None = None) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime(), nullable=nullable, index=index, server_default=server_default))


def json_field(default: Any = dict, server_default: TextClause | None = None) -> Any:
    return Field(default_factory=default, sa_column=Column(Json, nullable=False, server_default=server_default))


def optional_json() -> Any:
    return Field(default=None, sa_column=Column(Json, nullable=True))


__all__ = ["DIALECT", "UUID", "datetime", "id_column", "id_field", "json_field", "moment", "optional_json"]
