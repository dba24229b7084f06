"""Something that only one process of all does at a time, such as publishing progress."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.tables.base import moment


class Lease(SQLModel, table=True):
    name: str = Field(max_length=60, primary_key=True)
    holder: str = Field(max_length=100)
    until: datetime = moment(nullable=False)
