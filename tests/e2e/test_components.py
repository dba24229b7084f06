"""What a Rolodock brings along, and what it takes from others."""

import pytest

from tests.e2e.service import Service

pytestmark = pytest.mark.slow


def test_by_default_it_brings_its_database_and_its_broker(default_service: Service) -> None:
    assert default_service.stack.pids_of("valkey-server")
    assert (default_service.stack.data_dir / "rolodock.db").exists()


def test_with_a_database_and_a_broker_of_ones_own_it_starts_neither(external_service: Service) -> None:
    assert external_service.client().ask("{ imports { totalCount } }") == {"imports": {"totalCount": 0}}
    assert external_service.stack.pids_of("valkey-server") == []
    assert not (external_service.stack.data_dir / "rolodock.db").exists()
