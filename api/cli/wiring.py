"""What several commands take and make: the data folder, the settings, logging."""

import logging
import sys
from pathlib import Path

import click
from pydantic import ValidationError

from models.errors import Terminal
from models.settings import Settings

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for database, files and keys.  [default: ROLODOCK_DATA_DIR, else ./rolodock-data]",
)


# They tell of every request and migration, which matters to nobody but their authors.
TALKATIVE = ("alembic", "dramatiq", "httpx", "httpcore")


def make_settings(data_dir: Path | None = None, **overrides: str) -> Settings:
    """The settings from the environment, with what the command line says above them."""
    if data_dir is not None:
        overrides["data_dir"] = str(data_dir)
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]  # pydantic parses the texts
        return settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise Terminal(f"ROLODOCK_{name} cannot be used: {first['msg']}.", code="invalid_setting") from error


def configure_logging(settings: Settings) -> None:
    """One line an event on standard error."""
    logging.basicConfig(
        level=settings.log_level.upper(),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
