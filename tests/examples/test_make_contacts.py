"""The example file is what its script writes."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_script_writes_the_same_bytes_again(tmp_path: Path) -> None:
    again = tmp_path / "contacts.csv"
    subprocess.run([sys.executable, EXAMPLES / "make_contacts.py", again], check=True)
    assert again.read_bytes() == (EXAMPLES / "contacts.csv").read_bytes()
