"""The picture in the README: the plan of the example file, on a service of its own. `make screenshot` renews it."""

import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from api.cli.processes import ROOT
from tests.support.browser import launch, visiting
from tests.support.programs import find_chromium
from tests.support.stack import running_stack

EXAMPLE = ROOT / "examples" / "contacts.csv"
PICTURE = ROOT / "docs" / "screenshot.png"


def take(chromium: Path, picture: Path) -> None:
    """Bring the example as far as its plan, and keep what is to be seen."""
    with (
        TemporaryDirectory() as folder,
        running_stack(Path(folder)) as stack,
        sync_playwright() as playwright,
        closing(launch(playwright, chromium)) as browser,
        visiting(browser, stack.url) as visitor,
    ):
        visitor.sign_in(stack.token)
        visitor.upload(file=EXAMPLE)
        visitor.see("#plan-button")
        visitor.plan()
        # Without the pointer over a button, and at the end of every movement.
        visitor.page.mouse.move(0, 0)
        visitor.page.screenshot(path=picture, animations="disabled")


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit("Chromium was not found.")
    take(found, PICTURE)
