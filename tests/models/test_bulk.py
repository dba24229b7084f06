"""Whole frames go into the database as they are, on SQLite and on Postgres."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from models.bulk import insert_frame, insert_new_frame, update_frame
from models.clock import new_id, utc_now
from models.database import Database, make_database, reading, writing
from models.dialects import SQLITE
from models.errors import DatabaseBusy
from models.load import FEW_ROWS, Load
from models.queries.contact_writes import MAKING_READY, insert_contacts, writing_contacts
from models.revisions import upgrade
from models.sqlite import SQLITE_PRAGMAS
from models.tables import Contact, ListMember
from models.tenancy import scoped

CONTACT = Contact.__table__  # type: ignore[attr-defined]
MEMBER = ListMember.__table__  # type: ignore[attr-defined]
AWKWARD = [
    "plain", "tab\tand\nline", "quote\" and ' and \\", "\\N", "", None, "\\.", "\\.\n\\.", "\n",
    "\r", "a\r\nb", '"', '""', "a,b;c|d", " spaces ",
    "ünïcödé 漢字 🙂", "NULL", "{}", "%s %(x)s ?", "\x01\x1f\x7f\u2028", "'; DROP TABLE contact; --", "long " * 4_000,
]  # fmt: skip


def _ids(count: int) -> list[str]:
    return sorted(str(new_id()) for _ in range(count))


def _insert(database: Database, tenant_id: UUID, ids: Sequence[str], **columns: Sequence[Any]) -> None:
    schema = {"id": pl.String(), **{name: pl.Int64() if name == "version" else pl.String() for name in columns}}
    with writing(database) as tx:
        frame = pl.DataFrame({"id": ids, **columns}, schema=schema)
        insert_frame(tx.connection(), CONTACT, frame, moments=("created_at", "updated_at"), tenant_id=tenant_id)


def _contacts(database: Database, tenant_id: UUID) -> list[Contact]:
    with reading(database) as tx:
        return list(tx.execute(scoped(Contact, tenant_id).order_by(col(Contact.id))).scalars())


def test_awkward_texts_go_in_unchanged(database: Database, tenant_id: UUID) -> None:
    ids = _ids(len(AWKWARD))
    _insert(database, tenant_id, ids, first_name=AWKWARD, notes=AWKWARD[::-1], city=["x", *[None] * (len(AWKWARD) - 1)])
    stored = [(contact.first_name, contact.notes, contact.city) for contact in _contacts(database, tenant_id)]
    assert stored == list(zip(AWKWARD, AWKWARD[::-1], ["x", *[None] * len(AWKWARD)], strict=False))


def test_rows_of_many_pieces_go_in_unchanged(database: Database, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.bulk._ROWS_OF_CSV", 7)
    ids = _ids(20)
    _insert(database, tenant_id, ids, first_name=[None] * 10 + ["Ada"] * 10, notes=[f"{number}" for number in range(20)])
    stored = [(str(contact.id), contact.first_name, contact.notes) for contact in _contacts(database, tenant_id)]
    assert stored == [(each, "Ada" if number >= 10 else None, f"{number}") for number, each in enumerate(ids)]


def test_what_is_left_out_is_as_the_tables_class_would_make_it(database: Database, tenant_id: UUID) -> None:
    _insert(database, tenant_id, _ids(1), first_name=["Ada"])
    with writing(database) as tx:
        tx.add(Contact(tenant_id=tenant_id, id=new_id(), first_name="Ada", created_at=utc_now(), updated_at=utc_now()))
    in_bulk, alone = (contact.model_dump(exclude={"id", "created_at", "updated_at"}) for contact in _contacts(database, tenant_id))
    assert in_bulk == alone
    moments = [moment for contact in _contacts(database, tenant_id) for moment in (contact.created_at, contact.updated_at)]
    assert max(moments) - min(moments) < (utc_now() - min(moments))
    assert abs((moments[0] - moments[2]).total_seconds()) < 5


def test_a_violation_is_an_integrity_error_and_nothing_stays(database: Database, tenant_id: UUID) -> None:
    with pytest.raises(IntegrityError):
        _insert(database, tenant_id, _ids(2), email_key=["a@example.com", "a@example.com"])
    _insert(database, tenant_id, [])
    assert _contacts(database, tenant_id) == []


def _update(database: Database, tenant_id: UUID, *frames: dict[str, Sequence[Any]]) -> list[int]:
    with writing(database) as tx:
        return [
            update_frame(
                tx.connection(),
                CONTACT,
                pl.DataFrame(frame),
                matching=("id", "version"),
                where={"tenant_id": tenant_id, "deleted_at": None},
                moments=("updated_at",),
                raised=("version",),
            )
            for frame in frames
        ]


def test_an_update_finds_live_rows_of_the_tenant_at_their_version(database: Database, tenant_id: UUID) -> None:
    ids = _ids(4)
    _insert(database, tenant_id, ids, notes=["old"] * 4, city=["here"] * 4, version=[1, 2, 1, 1])
    with writing(database) as tx:
        gone = tx.get_one(Contact, (tenant_id, UUID(ids[2])))
        gone.deleted_at = tx.now()
        tx.add(gone)
    before = _contacts(database, tenant_id)
    frame = {"id": [*ids, str(new_id())], "version": [1] * 5, "notes": ["new"] * 5}
    assert _update(database, new_id(), frame) == [0]
    assert _update(database, tenant_id, frame) == [2]
    after = _contacts(database, tenant_id)
    assert [(contact.notes, contact.version, contact.city) for contact in after] == [
        ("new", 2, "here"), ("old", 2, "here"), ("old", 1, "here"), ("new", 2, "here")
    ]  # fmt: skip
    assert [now.updated_at > was.updated_at for was, now in zip(before, after, strict=True)] == [True, False, False, True]
    assert [contact.created_at for contact in after] == [contact.created_at for contact in before]


def test_each_row_of_an_update_asks_the_index_though_the_statistics_know_nobody_of_the_tenant(database: Database, tenant_id: UUID) -> None:
    if database.dialect_name == SQLITE:
        return
    _insert(database, new_id(), _ids(5_000))
    with writing(database) as tx:
        tx.execute(text("ANALYZE contact"))
    ids = _ids(2_000)
    _insert(database, tenant_id, ids)
    with writing(database) as tx:
        frame = pl.DataFrame({"id": ids, "version": 1, "notes": "new"})
        where = {"tenant_id": tenant_id, "deleted_at": None}
        found = update_frame(tx.connection(), CONTACT, frame, matching=("id", "version"), where=where, raised=("version",))
        asked = tx.execute(text("SELECT idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'contact'")).scalar_one()
    assert found == asked == len(ids)


def test_awkward_texts_are_updated_unchanged_and_piece_by_piece(database: Database, tenant_id: UUID) -> None:
    """Two updates of one transaction do not see each other's rows."""
    ids = _ids(len(AWKWARD))
    _insert(database, tenant_id, ids, city=["here"] * len(AWKWARD))
    first = {"id": ids[:9], "version": [1] * 9, "notes": AWKWARD[:9], "tags": ['["a\\"b"]'] * 9}
    second = {"id": ids[9:], "version": [1] * (len(ids) - 9), "notes": AWKWARD[9:]}
    assert _update(database, tenant_id, first, second, {"id": [], "version": []}) == [9, len(ids) - 9, 0]
    after = _contacts(database, tenant_id)
    assert [contact.notes for contact in after] == AWKWARD
    assert [contact.tags for contact in after] == [['a"b']] * 9 + [[]] * (len(ids) - 9)
    assert {contact.version for contact in after} == {2}


def test_two_rows_for_one_key_in_an_update_are_an_integrity_error(database: Database, tenant_id: UUID) -> None:
    ids = _ids(2)
    _insert(database, tenant_id, ids, email_key=["a@example.com", "b@example.com"])
    with pytest.raises(IntegrityError):
        _update(database, tenant_id, {"id": ids[:1], "version": [1], "email_key": ["b@example.com"]})
    assert [contact.version for contact in _contacts(database, tenant_id)] == [1, 1]


def test_what_is_there_already_is_passed_over(database: Database, tenant_id: UUID) -> None:
    ids = _ids(3)
    for some in (ids[:2], ids, []):
        with writing(database) as tx:
            members = pl.DataFrame(
                {"list_id": [ids[0]] * len(some), "contact_id": some}, schema={"list_id": pl.String, "contact_id": pl.String}
            )
            insert_new_frame(tx.connection(), MEMBER, members, tenant_id=tenant_id)
    with reading(database) as tx:
        assert sorted(str(member.contact_id) for member in tx.execute(scoped(ListMember, tenant_id)).scalars()) == ids


def test_contacts_made_ready_beforehand_are_those_that_are_inserted(database: Database, tenant_id: UUID) -> None:
    import_id = new_id()
    ids = _ids(len(AWKWARD))
    emails = [f"{number:03}@example.com" for number in reversed(range(len(AWKWARD)))]
    texts = {"first_name": AWKWARD, "notes": AWKWARD[::-1], "email_key": emails, "external_id_key": None, "phone_key": None, "city": None}
    frame = pl.DataFrame({"id": ids, "import_row": range(len(ids)), **texts}, schema_overrides={name: pl.String() for name in texts})
    # The second time, nothing is left of what waited the first time.
    for half in (frame[:5], frame[5:]):
        with writing_contacts(database, Load(import_id, half.height), half) as (tx, contacts):
            insert_contacts(tx, tenant_id, import_id, contacts)
    found = _contacts(database, tenant_id)
    assert [(str(c.id), c.import_row, c.first_name, c.notes, c.email_key) for c in found] == frame.drop(
        "external_id_key", "phone_key", "city"
    ).rows()
    assert {(c.version, c.import_id, c.consent, c.tags == [], c.created_at == c.updated_at) for c in found} == {
        (1, import_id, "unknown", True, True)
    }
    with pytest.raises(IntegrityError), writing_contacts(database, Load(import_id, 1), frame[:1]) as (tx, contacts):
        insert_contacts(tx, tenant_id, import_id, contacts)


def test_much_is_made_ready_one_after_the_other_and_little_at_once(database: Database, tenant_id: UUID) -> None:
    if database.dialect_name != SQLITE:
        return

    def write(rows: int) -> None:
        import_id = new_id()
        with writing_contacts(database, Load(import_id, rows), pl.DataFrame({"id": _ids(3)})) as (tx, contacts):
            insert_contacts(tx, tenant_id, import_id, contacts)

    with ThreadPoolExecutor(1) as pool:
        with MAKING_READY:
            write(FEW_ROWS)
            much = pool.submit(write, FEW_ROWS + 1)
            assert not wait([much], timeout=0.3).done
            assert len(_contacts(database, tenant_id)) == 3
        much.result(60)
    assert len(_contacts(database, tenant_id)) == 6


def test_a_writer_waits_for_the_one_who_writes(database: Database, tenant_id: UUID) -> None:
    is_writing = Event()

    def write_slowly() -> None:
        with writing(database) as tx:
            insert_frame(tx.connection(), CONTACT, pl.DataFrame({"id": _ids(1)}), tenant_id=tenant_id)
            is_writing.set()
            time.sleep(0.1)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(write_slowly)
        is_writing.wait(60)
        _insert(database, tenant_id, _ids(1))
        slow.result()
    assert len(_contacts(database, tenant_id)) == 2


def test_rows_that_wait_and_find_no_room_can_be_written_later(tmp_path: Path, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.sqlite.SQLITE_PRAGMAS", (*SQLITE_PRAGMAS, "temp.max_page_count = 20"))
    url = f"sqlite:///{tmp_path / 'full.db'}"
    upgrade(url)
    database = make_database(url)
    few, many = (pl.DataFrame({"id": _ids(count), "notes": ["word " * 40] * count}) for count in (5, 2_000))
    try:
        with pytest.raises(DatabaseBusy), writing_contacts(database, Load(new_id(), 2_000), many):
            pytest.fail("there was room")
        with writing_contacts(database, Load(new_id(), 5), few) as (tx, waiting):
            insert_contacts(tx, tenant_id, new_id(), waiting)
        assert len(_contacts(database, tenant_id)) == 5
    finally:
        database.close()
