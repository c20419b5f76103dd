"""The service with its staff bench: in this process, with a clock that the test turns, or as a process of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from threading import Thread

import httpx
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from staff.bench import Bench, live_assistant
from tests.staff.conftest import PASSWORD
from tests.web.chat import DRAWN
from tests.web.conftest import MANY, PATIENCE
from web.app import Service, create_app
from web.staff.guard import COOKIE, Who, from_session
from web.staff.mount import Staff

__all__ = ["Served", "ask_patient", "serving", "settled", "signed_in", "tab"]

_QUIET = """() => new Promise((done) => {
  let last = performance.now();
  const seen = new PerformanceObserver(() => { last = performance.now(); });
  seen.observe({ entryTypes: ["resource"] });
  const timer = setInterval(() => {
    if (performance.now() - last < 300) return;
    clearInterval(timer);
    seen.disconnect();
    done();
  }, 50);
})"""
"""Resolves when nothing that was fetched has come in for 300 milliseconds."""


@dataclass(frozen=True)
class Served:
    address: str
    staff: Staff

    def client(self, token: str = "", **headers: str) -> httpx.Client:
        cookie = {"cookie": f"{COOKIE}={token}"} if token else {}
        return httpx.Client(base_url=self.address, headers={**cookie, **headers}, timeout=PATIENCE / 1000)

    def token(self, name: str) -> str:
        return self.staff.bench.accounts.sign_in(name, PASSWORD)

    @property
    def origin(self) -> dict[str, str]:
        return {"origin": self.address}


@contextmanager
def serving(
    bench: Bench, who: Who | None = None, proxies: Sequence[IPv4Network | IPv6Network] = (), root_path: str = ""
) -> Iterator[Served]:
    """All of the service, as app.py puts it together."""
    live = live_assistant(bench, lambda: bench.drafts.open().assistant)
    staff = Staff(bench, live, who or from_session(bench.accounts))
    app = create_app(live, Service(questions=MANY, proxies=tuple(proxies), root_path=root_path), staff=staff)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, proxy_headers=False)
        )
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", staff)
        finally:
            server.should_exit = True
            thread.join()


def signed_in(browser: Browser, address: str, name: str, **context: object) -> Page:
    """The staff page of somebody who has signed in."""
    options = {"viewport": {"width": 1280, "height": 900}, **context}
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address.rstrip('/')}/staff")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#account")).to_contain_text(name, timeout=PATIENCE)
    settled(page)
    return page


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    settled(page)


def settled(page: Page) -> None:
    """Wait until the page has heard of all that it asked for: what an event brings late would replace what is typed."""
    page.evaluate(_QUIET)


def ask_patient(page: Page, question: str) -> Locator:
    """Ask on a patient's page that is open already; gives the answer."""
    page.locator(DRAWN).wait_for(timeout=PATIENCE)
    settled(page)
    before = page.locator("#conversation article.answer").count()
    page.get_by_label("Your question").fill(question, timeout=PATIENCE)
    page.get_by_label("Your question").press("Enter")
    answer = page.locator("#conversation article.answer").nth(before)
    expect(answer).to_be_visible(timeout=PATIENCE)
    return answer
