"""A tenant: whose everything is, and the counter of its events."""

from datetime import datetime
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel

from models.tables.base import id_field, moment


class Tenant(SQLModel, table=True):
    id: UUID = id_field()
    name: str = Field(max_length=100, unique=True)
    event_sequence: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    created_at: datetime = moment(nullable=False)
