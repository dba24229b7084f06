"""Batches that are written in one transaction come to what each on its own comes to; on Postgres each is on its own anyway."""

from random import Random

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import reading
from models.settings import Settings
from models.tables import ImportBatch
from models.vocabulary import BatchStatus, Stage
from tests.stages.accounts import Account, take_account
from tests.stages.files import MESSY, messy_options, seed_by_hand
from tests.support.rig import Rig, make_rig


@pytest.fixture
def together(small_settings: Settings) -> Settings:
    """One batch is sent at a time, and takes those with it that were not."""
    return small_settings.model_copy(update={"batches_in_flight": 1, "batches_at_once": 3})


def _run(settings: Settings, random: Random | None = None, *, is_edited: bool = False) -> Account:
    rig = make_rig(settings)
    seed_by_hand(rig)
    job_id = rig.add_rows(MESSY, mapping={name: name for row in MESSY for name in row}, **messy_options(rig))
    if is_edited:
        while not any(follow_up.stage is Stage.APPLY_BATCH for follow_up, _ in rig.outbox.waiting):
            rig.step()
        # What two rows are about to claim is claimed by others when they are written.
        rig.create(email="n5@new.example", address_line2="beside")
        rig.edit(rig.contact("dora@old.example"), notes="edited since")
    rig.drain(random)
    account = take_account(rig, [job_id])
    rig.deps.database.close()
    return account


def _statuses(rig: Rig) -> list[str]:
    with reading(rig.deps.database) as tx:
        return list(tx.execute(select(ImportBatch.status).order_by(col(ImportBatch.number))).scalars())


def test_batches_come_to_the_same_together_and_alone(small_settings: Settings, together: Settings) -> None:
    assert _run(together) == _run(small_settings)


def test_what_changed_meanwhile_is_met_by_each_batch_on_its_own(small_settings: Settings, together: Settings) -> None:
    assert _run(together, is_edited=True) == _run(small_settings, is_edited=True)


def test_order_and_repetition_of_messages_change_nothing(together: Settings) -> None:
    undisturbed = _run(together)
    # On Postgres this is what any import is; that is shuffled elsewhere.
    for number in range(4 if together.database_url.startswith("sqlite") else 1):
        assert _run(together, Random(number)) == undisturbed, number


def test_one_message_writes_several_batches_where_one_writes_at_a_time(together: Settings) -> None:
    rig = make_rig(together)
    rig.add_rows([{"email": f"p{n}@example.com"} for n in range(20)])
    while BatchStatus.DONE.value not in _statuses(rig):
        rig.step()
    is_sqlite = rig.deps.database.dialect_name == "sqlite"
    assert _statuses(rig).count(BatchStatus.DONE.value) == (3 if is_sqlite else 1)
    rig.drain()
    assert set(_statuses(rig)) == {BatchStatus.DONE.value}
    assert len(rig.contacts()) == 20
    rig.deps.database.close()
