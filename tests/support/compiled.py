"""What SQLAlchemy compiles a statement to, kept from one engine to the next: tests make thousands, and a program one or two."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, create_engine, event
from sqlalchemy.engine.interfaces import CompiledCacheType

from models import database

_dialects: dict[str, Dialect] = {}
_compiled: CompiledCacheType = {}


@contextmanager
def statements_compiled_once() -> Iterator[None]:
    """In the block the program's engines share what they compile, as one engine shares it among its connections."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", _create_engine)
        yield


def _create_engine(url: Any, **options: Any) -> Engine:
    engine = create_engine(url, **options)
    engine.update_execution_options(compiled_cache=_compiled)
    # What is compiled is found again by the dialect that it was compiled for, and that learns from its first connection what it is of.
    kind = f"{engine.name}+{engine.driver}"
    if kind in _dialects:
        engine.dialect = _dialects[kind]
    else:
        event.listen(engine, "connect", lambda *_: _dialects.setdefault(kind, engine.dialect))
    return engine
