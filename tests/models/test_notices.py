"""On SQLite who has little to write goes first, who has much has its turn in time, and a cancel lets what is being written break off."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from models import load
from models import notices as notice_page
from models.clock import new_id, utc_now
from models.database import Database, make_database, reading, writing, writing_end, writing_load
from models.errors import DatabaseBusy
from models.load import FEW_ROWS, Load
from models.notices import LONGEST_SECONDS, PATIENCE_SECONDS, Notices
from models.revisions import upgrade
from models.tables import Tenant

MANY = FEW_ROWS + 1
# A transaction begins with its first statement.
BEGUN = text("SELECT 1")
# Many times what SQLite does in a minute.
ENDLESS = text("WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 10000000000) SELECT count(*) FROM n")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/one.db"
    upgrade(url)
    made = make_database(url)
    yield made
    made.close()


@contextmanager
def _beside(*works: Callable[[], None]) -> Iterator[None]:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def _add(database: Database, name: str) -> None:
    with writing(database) as tx:
        tx.add(Tenant(name=name, created_at=utc_now()))


def _names(database: Database) -> list[str]:
    with reading(database) as tx:
        return list(tx.execute(select(Tenant.name)).scalars())


def test_who_has_little_to_write_goes_first(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Longer than a thread that asks is kept from it on a busy machine; and who has much to write has patience for as long.
    monkeypatch.setattr(load, "CALM_SECONDS", 1.0)
    monkeypatch.setattr(notice_page, "PATIENCE_SECONDS", 60.0)
    order: list[str] = []

    def write_much() -> None:
        with writing_load(sqlite, Load(new_id(), MANY)) as tx:
            tx.execute(BEGUN)
            order.append("much")

    def write_little() -> None:
        with writing(sqlite) as tx:
            tx.execute(BEGUN)
            order.append("little")

    def write_few() -> None:
        with writing_load(sqlite, Load(new_id(), 1)) as tx:
            tx.execute(BEGUN)
            order.append("little")

    for _ in range(3):
        with writing(sqlite) as tx:
            tx.execute(BEGUN)
            others = _beside(write_much, write_much, write_little, write_few)
            others.__enter__()
            time.sleep(0.2)
        others.__exit__(None, None, None)
    assert order == ["little", "little", "much", "much"] * 3


def test_who_has_much_to_write_has_its_turn_in_time(sqlite: Database) -> None:
    ended = threading.Event()

    def ask_without_end() -> None:
        for number in itertools.count():
            if ended.is_set():
                return
            _add(sqlite, f"{threading.get_ident()} {number}")
            time.sleep(0.005)

    with _beside(ask_without_end, ask_without_end):
        began = time.monotonic()
        for _ in range(2):
            with writing_load(sqlite, Load(new_id(), MANY, is_beside_small=True)) as tx:
                tx.execute(BEGUN)
                waited = time.monotonic() - began
            began = time.monotonic()
        ended.set()
    assert waited < PATIENCE_SECONDS + 10


def test_a_cancel_lets_what_is_being_written_break_off(sqlite: Database) -> None:
    import_id, began = new_id(), threading.Event()
    outcome: list[object] = []

    def write_much() -> None:
        try:
            with writing_load(sqlite, Load(import_id, MANY)) as tx:
                tx.add(Tenant(name="half-written", created_at=utc_now()))
                tx.flush()
                began.set()
                tx.execute(ENDLESS)
        except DatabaseBusy as error:
            outcome.append(error)

    with _beside(write_much):
        assert began.wait(60)
        asked = time.monotonic()
        with writing_end(sqlite, import_id) as tx:
            assert time.monotonic() - asked < 20
            assert tx.execute(select(Tenant.name)).scalars().all() == []
    assert isinstance(outcome[0], DatabaseBusy)
    # What is written for it after the cancel is written.
    with writing_load(sqlite, Load(import_id, MANY)) as tx:
        tx.add(Tenant(name="after", created_at=utc_now()))
        tx.execute(text("WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT count(*) FROM n"))
    assert _names(sqlite) == ["after"]


def test_a_cancel_of_one_import_ends_nothing_of_another(tmp_path: Path) -> None:
    notices = Notices(tmp_path / "notices")
    one, other = new_id(), new_id()
    notices.wish_end(one)
    assert notices.is_end_wished(one)
    assert not notices.is_end_wished(other)
    assert Notices(tmp_path / "notices").is_end_wished(one)
    notices.withdraw_wish(one)
    assert not notices.is_end_wished(one)


def test_who_died_holds_up_nobody_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notices = Notices(tmp_path / "notices")
    now = 10**12
    monkeypatch.setattr(time, "monotonic_ns", lambda: now)
    notices.ask()
    notices.begin_long()
    notices.wish_end(import_id := new_id())
    assert not notices.is_calm(began=0)
    now += int(1.1e9)
    assert notices.is_calm(began=0)
    assert not notices.is_end_wished(import_id)
    now += int((LONGEST_SECONDS + PATIENCE_SECONDS) * 1e9)
    notices.ask()
    assert not notices.is_calm(began=now / 1e9 - 0.5)
    assert notices.is_calm(began=0)
    # The machine was started anew, and its clock with it.
    now = 10**9
    assert notices.is_calm(began=0.5)
    notices.ask()
    assert notices.is_calm(began=-1)
    assert not notices.is_end_wished(import_id)


def test_without_room_for_a_page_everybody_writes_all_the_same(sqlite: Database, tmp_path: Path) -> None:
    (tmp_path / "one.db-notices").unlink(missing_ok=True)
    (tmp_path / "one.db-notices").mkdir()
    again = make_database(f"sqlite:///{tmp_path}/one.db")
    _add(again, "one")
    with writing_load(again, Load(new_id(), MANY)) as tx:
        tx.add(Tenant(name="two", created_at=utc_now()))
    with writing_end(again, new_id()) as tx:
        tx.add(Tenant(name="three", created_at=utc_now()))
    assert sorted(_names(again)) == ["one", "three", "two"]
    again.close()


def test_on_both_databases_each_way_of_writing_writes(database: Database) -> None:
    for number, way in enumerate((writing_load(database, Load(new_id(), MANY)), writing_end(database, new_id()))):
        with way as tx:
            tx.add(Tenant(name=str(number), created_at=utc_now()))
    with reading(database) as tx:
        assert tx.execute(select(Tenant.name).where(col(Tenant.name).in_(("0", "1")))).scalars().all() == ["0", "1"]
