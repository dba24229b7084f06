"""Settings as they are resolved."""

import stat
from pathlib import Path

import pytest

from models.settings import Settings


def test_without_settings_everything_lies_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert settings.resolved_database_url() == f"sqlite:///{tmp_path}/rolodock.db"
    assert settings.resolved_storage_url() == f"file://{tmp_path}/files"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_postgres_url_gets_our_driver(scheme: str) -> None:
    assert Settings(database_url=f"{scheme}://u:p@h/d").resolved_database_url() == "postgresql+psycopg://u:p@h/d"


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLODOCK_BATCH_ROWS", "7")
    monkeypatch.setenv("ROLODOCK_REDIS_URL", "redis://here")
    assert (Settings().batch_rows, Settings().redis_url) == (7, "redis://here")


def test_a_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    key = Settings(data_dir=folder).resolved_secret_key()
    assert len(key) >= 48
    assert Settings(data_dir=folder).resolved_secret_key() == key
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert Settings(data_dir=folder, secret_key="mine").resolved_secret_key() == "mine"


def test_origins_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLODOCK_ALLOWED_ORIGINS", "https://a.example, https://b.example/")
    assert Settings().allowed_origins == ("https://a.example", "https://b.example")
