"""The locked requirements name no address and leave nothing unhashed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_requirement_has_a_hash(name: str) -> None:
    requirements = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text(), flags=re.IGNORECASE)
    assert len(requirements) > 50
    assert [text.split("==")[0] for text in requirements if "==" in text and "--hash=sha256:" not in text] == []


def test_both_locks_agree() -> None:
    run, develop = ({*re.findall(r"^([a-z0-9._-]+==[^ ]+)", (ROOT / name).read_text(), re.MULTILINE)} for name in LOCKS)
    assert run - develop == set()


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    asked = re.findall(r"^([a-z][a-z0-9-]*)", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / f"{name}.lock").read_text(), re.MULTILINE))
    assert set(asked) - locked == set()
