"""The staff page on a live server: who gets in, and the story from a failing question to a rollback."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from threading import Thread

import gradio as gr
import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from staff.accounts import IDLE_SECONDS, TRIES, Account, Accounts, Role
from staff.bench import Bench, live_assistant, open_bench
from staff.live import LiveAssistant
from tests.browser import find_chromium
from tests.conftest import ROOT
from tests.staff.conftest import PASSWORD, Clock
from tests.staff.made_up import Small
from tests.web.conftest import PATIENCE, SWITCHES
from web.page import build_page
from web.staff.guard import COOKIE, Who, from_proxy
from web.staff.mount import add_staff


@dataclass(frozen=True)
class Served:
    address: str
    bench: Bench
    live: LiveAssistant

    def client(self, token: str = "", **headers: str) -> httpx.Client:
        cookie = {"cookie": f"{COOKIE}={token}"} if token else {}
        return httpx.Client(base_url=self.address, headers={**cookie, **headers}, timeout=PATIENCE / 1000)

    def token(self, name: str) -> str:
        return self.bench.accounts.sign_in(name, PASSWORD)

    @property
    def origin(self) -> dict[str, str]:
        return {"origin": self.address}


@pytest.fixture
def bench(tmp_path: Path, small: Small, clock: Callable[[], float], rita: Account, anna: Account) -> Bench:
    assert rita
    assert anna
    (small.folder / "suites" / "gates.yaml").write_text("at_least: {hit3: 0.5}\n", "utf-8")
    opened = open_bench(tmp_path / "state", small.folder, small.encoder, clock)
    quick = Accounts(opened.state, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    made = replace(opened, accounts=quick)
    made.releases.publish(made.releases.prepare(anna), anna)
    return made


@contextmanager
def serving(bench: Bench, who: Who | None = None) -> Iterator[Served]:
    live = live_assistant(bench, lambda: bench.drafts.open().assistant)
    app = FastAPI()
    add_staff(app, bench, live, who)
    gr.mount_gradio_app(app, build_page(live), path="/", ssr_mode=False)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", bench, live)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def served(bench: Bench) -> Iterator[Served]:
    with serving(bench) as running:
        yield running


EVERYTHING = [
    ("GET", "/staff/config"),
    ("GET", "/staff/gradio_api/info"),
    ("GET", "/staff/results.csv"),
    ("GET", "/staff/assets/index.js"),
    ("POST", "/staff/gradio_api/queue/join"),
    ("GET", "/staff/gradio_api/queue/data?session_hash=x"),
    ("POST", "/staff/sign-out"),
]
NOTHING = [
    "/staff/gradio_api/upload",
    "/staff/gradio_api/file=/etc/passwd",
    "/staff/gradio_api/run/predict",
    "/staff/gradio_api/call/propose",
    "/staff/monitoring",
    "/staff/login",
    "/staff/..%2fstaff/config",
]


def test_without_a_session_there_is_a_sign_in_and_nothing_else(served: Served) -> None:
    with served.client(**served.origin) as client:
        start = client.get("/staff")
        assert (start.status_code, start.headers["location"]) == (303, "/staff/sign-in")
        assert client.get("/staff/sign-in").status_code == 200
        for method, path in EVERYTHING:
            answer = client.request(method, path, json={} if method == "POST" else None)
            assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."}), path
        for path in NOTHING:
            assert client.get(path).status_code == 404, path
            assert client.post(path, json={}).status_code == 404, path


def test_a_session_opens_the_page_but_not_what_the_page_does_not_use(served: Served) -> None:
    with served.client(served.token("rita"), **served.origin) as client:
        assert client.get("/staff/").status_code == 200
        assert "s1/0" in client.get("/staff/results.csv").text
        for path in NOTHING:
            assert client.get(path).status_code == 404, path


def test_the_cookie_is_secure_http_only_and_of_this_site_alone(served: Served) -> None:
    with served.client(**served.origin) as client:
        answer = client.post("/staff/sign-in", data={"name": "rita", "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff/")
        name, *parts = answer.headers["set-cookie"].split("; ")
        assert name.startswith(f"{COOKIE}=")
        assert sorted(parts) == ["HttpOnly", "Path=/staff", "SameSite=strict", "Secure"]


def test_a_session_that_somebody_planted_is_not_taken_over(served: Served) -> None:
    planted = "planted-by-an-attacker"
    with served.client(planted, **served.origin) as client:
        answer = client.post("/staff/sign-in", data={"name": "rita", "password": PASSWORD})
        token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert token != planted
    assert served.bench.accounts.account_of(planted) is None
    with served.client(token, **served.origin) as client:
        again = client.post("/staff/sign-in", data={"name": "rita", "password": PASSWORD})
    assert again.status_code == 303
    assert served.bench.accounts.account_of(token) is None


def test_guessing_passwords_locks_the_account(served: Served) -> None:
    with served.client(**served.origin) as client:
        answers = [
            client.post("/staff/sign-in", data={"name": "rita", "password": f"guess number {n}"}) for n in range(TRIES)
        ]
        right = client.post("/staff/sign-in", data={"name": "rita", "password": PASSWORD})
    assert {a.status_code for a in (*answers, right)} == {401}
    assert len({a.text for a in (*answers, right)}) == 1
    assert "or the account is locked for a while" in right.text


def test_another_site_cannot_send_in_the_name_of_staff(served: Served) -> None:
    token = served.token("rita")
    for origin in ({"origin": "https://evil.example"}, {"origin": "null"}, {}):
        with served.client(token, **origin) as client:
            for path in ("/staff/sign-in", "/staff/sign-out", "/staff/gradio_api/queue/join"):
                assert client.post(path, json={}).status_code == 403, (origin, path)
    assert served.bench.accounts.account_of(token) is not None


def test_a_session_that_was_idle_or_signed_out_is_over(served: Served, clock: Clock) -> None:
    token = served.token("rita")
    with served.client(token, **served.origin) as client:
        assert client.get("/staff/").status_code == 200
        clock.now += IDLE_SECONDS
        assert client.get("/staff/").status_code == 303
    token = served.token("rita")
    with served.client(token, **served.origin) as client:
        assert client.post("/staff/sign-out").status_code == 303
        assert client.get("/staff/config").status_code == 401


def test_single_sign_on_believes_its_proxy_and_nobody_else(bench: Bench) -> None:
    roles = {"rita": Role.REVIEWER}
    for proxies, expected in (([ip_network("127.0.0.1")], 200), ([ip_network("10.0.0.0/8")], 303)):
        with serving(bench, from_proxy("x-user", proxies, roles)) as served:
            for name, code in (("rita", expected), ("mallory", 303), ("", 303)):
                with served.client(**{"x-user": name}) as client:
                    assert client.get("/staff/").status_code == code, (proxies, name)


# -- the story ---------------------------------------------------------------------------------------------------


@pytest.fixture
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    assert executable, "No Chromium: run `make browser`."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield opened
        opened.close()


Shot = Callable[[Page, str], None]


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Shot:
    """`pytest tests/staff/test_page.py --update-golden` takes the pictures of docs/staff-guide.md anew."""
    taking = request.config.getoption("--update-golden")

    def take(page: Page, name: str) -> None:
        if taking:
            page.screenshot(path=ROOT / "docs" / "screenshots" / f"staff-{name}.png", full_page=True)

    return take


def signed_in(browser: Browser, served: Served, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{served.address}/staff")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#account")).to_contain_text(name, timeout=PATIENCE)
    return page


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def propose(page: Page, question: str, passage: str, reason: str) -> None:
    tab(page, "Fix")
    page.locator("#fix-q textarea, #fix-q input").fill(question)
    box = page.locator("#fix-passage input")
    box.fill(passage)
    box.press("Enter")
    page.locator("#fix-reason textarea, #fix-reason input").fill(reason)
    page.locator("#propose").click()


def decide(page: Page, number: int, button: str, said: str) -> None:
    page.locator("#change-number input").fill(str(number))
    page.locator(button).click()
    expect(page.locator("#fix-said")).to_contain_text(said, timeout=PATIENCE)


def asked(browser: Browser, served: Served, question: str) -> str:
    """What the patient's page shows for a question, in a page that is opened for it."""
    served.live.settle()
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(served.address)
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    answer = page.locator("article.answer, article.abstain, article.related, #conversation article").last
    expect(answer).to_be_visible(timeout=PATIENCE)
    text = answer.inner_text()
    page.context.close()
    return text


@pytest.mark.browser
def test_the_story_from_a_failing_question_to_a_rollback(
    browser: Browser, served: Served, small: Small, shot: Shot
) -> None:
    first = served.bench.releases.live_id()
    storage = "Keep the vials in a cold place away from light."
    assert storage not in asked(browser, served, "fridge or freezer")

    rita = signed_in(browser, served, "rita")
    asking = rita.locator("#inspect-question textarea")
    asking.fill("does the skin go red")
    rita.locator("#inspect").click()
    for side in ("#in-draft", "#in-live"):
        expect(rita.locator(side)).to_contain_text("A mild skin rash can appear on the arms.", timeout=PATIENCE)
    shot(rita, "inspect")
    tab(rita, "Suites")
    rita.locator("#run-suites").click()
    expect(rita.locator("#results")).to_contain_text("fridge or freezer", timeout=PATIENCE)
    shot(rita, "suites")

    propose(rita, "fridge or freezer", small.passage("Keep"), "patients ask where to keep it")
    expect(rita.locator("#fix-said")).to_contain_text("Change 1 is pending", timeout=PATIENCE)
    decide(rita, 1, "#try", "newly passing")
    shot(rita, "mends")
    propose(rita, "is it sunny outside today", small.passage("Keep"), "sunlight spoils it")
    expect(rita.locator("#fix-said")).to_contain_text("Change 2 is pending", timeout=PATIENCE)
    decide(rita, 2, "#try", "newly failing")
    shot(rita, "breaks")
    decide(rita, 2, "#withdraw", "Change 2 is withdrawn")
    rita.locator("#change-number input").fill("1")
    rita.locator("#approve").click()
    expect(rita.get_by_text("'rita' is a reviewer: this needs an approver.")).to_be_visible(timeout=PATIENCE)

    anna = signed_in(browser, served, "anna")
    tab(anna, "Fix")
    anna.locator("#show-changes").click()
    expect(anna.locator("#changes")).to_contain_text("mends 1, breaks 0", timeout=PATIENCE)
    shot(anna, "approve")
    decide(anna, 1, "#approve", "approved and written")
    assert "fridge or freezer" in small.text("questions/made-up.jsonl")
    assert storage not in asked(browser, served, "fridge or freezer")

    tab(anna, "Releases")
    anna.locator("#measure").click()
    expect(anna.locator("#release-said")).to_contain_text("waits for a signature", timeout=PATIENCE)
    shot(anna, "gates")
    anna.locator("#sign").click()
    expect(anna.locator("#release-said")).to_contain_text("is live", timeout=PATIENCE)
    assert served.bench.releases.live_id() != first
    assert storage in asked(browser, served, "fridge or freezer")

    anna.locator("#rollback-id textarea, #rollback-id input").fill(str(first))
    anna.locator("#rollback").click()
    expect(anna.locator("#release-said")).to_contain_text("is live again", timeout=PATIENCE)
    shot(anna, "rollback")
    assert storage not in asked(browser, served, "fridge or freezer")
    anna.locator("#verify").click()
    expect(anna.locator("#release-said")).to_contain_text("The log is sound", timeout=PATIENCE)
