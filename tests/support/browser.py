"""Somebody who uses the dashboard in a real Chromium, and what the browser had to complain about meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, Response, expect

ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"),
    "--disable-component-update",
)
PATIENCE_MILLISECONDS = 120_000


def launch(playwright: Playwright, chromium: Path) -> Browser:
    """The Chromium of this machine, without a window; what is expected of a page is waited for as long as what is done on it."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    return playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))


@dataclass
class Visitor:
    """One person with a browser of their own."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def sign_in(self, token: str) -> None:
        self.go("/")
        self.page.fill("#sign-in-token", token)
        self.page.click("#sign-in-button")
        # Of the first page this is there for everybody: a viewer finds nothing to upload with.
        self.see("#recent-imports")

    def see(self, selector: str) -> None:
        """Wait until it is to be seen."""
        self.page.wait_for_selector(selector)

    def text(self, selector: str) -> str:
        return self.page.inner_text(selector)

    def see_text(self, selector: str, text: str) -> None:
        """Wait until it says so."""
        expect(self.page.locator(selector)).to_contain_text(text, timeout=PATIENCE_MILLISECONDS)

    def upload(self, *, file: Path | None = None, name: str = "", data: bytes = b"") -> None:
        """Choose a file, or bytes under a name."""
        self.see("#upload-button")
        if file is not None:
            self.page.set_input_files("#upload-input", file)
        else:
            self.page.set_input_files("#upload-input", {"name": name, "mimeType": "text/csv", "buffer": data})

    def refusal(self) -> tuple[str, str]:
        """The code of the refusal that is shown, and all that is said about it."""
        self.see("#upload-error")
        code = self.page.get_attribute("#upload-error", "data-code")
        return code or "", self.text("#upload-mount")

    def choose_country(self, name: str) -> None:
        self.page.click("#option-country")
        self.page.fill("#option-country", name)
        self.page.get_by_role("option", name=name, exact=True).click()

    def plan(self) -> None:
        self.page.click("#plan-button")
        self.see("#start-button")

    def start(self) -> None:
        self.page.click("#start-button")
        self.see("#result")

    def status(self) -> str:
        return self.page.get_attribute(":has(> #status-badge)", "data-status") or ""

    def wait_for_status(self, status: str) -> None:
        self.see(f'[data-status="{status}"]:has(> #status-badge)')

    def import_id(self) -> str:
        return urlsplit(self.page.url).path.removeprefix("/imports/")

    def counts(self, where: str) -> dict[str, int]:
        """The numbers of the tiles in an element, by outcome."""
        tiles = self.page.locator(f"{where} [data-count]").all()
        return {tile.get_attribute("data-count") or "": int(tile.inner_text().replace(",", "")) for tile in tiles}


@contextmanager
def visiting(browser: Browser, url: str, time_zone: str = "UTC") -> Iterator[Visitor]:
    """A visitor for the length of the block, who must have nothing to complain about at its end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id=time_zone)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    visitor = Visitor(context.new_page(), url)
    _listen(visitor)
    try:
        yield visitor
        assert visitor.complaints == []
    finally:
        context.close()


def _listen(visitor: Visitor) -> None:
    def hear(message: ConsoleMessage) -> None:
        # Of a refused request the answer itself tells more.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            visitor.complaints.append(message.text)

    def look_where(request: Request) -> None:
        if not request.url.startswith((visitor.url, "data:", "blob:")):
            visitor.complaints.append(f"foreign: {request.url}")

    def look_at(response: Response) -> None:
        if response.status >= 400:
            visitor.complaints.append(f"{response.status} {response.request.method} /{urlsplit(response.url).path.split('/')[1]}")

    visitor.page.on("console", hear)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.page.on("request", look_where)
    visitor.page.on("response", look_at)
