"""Who gets through to the staff page, on a live server: sessions, guessing, planting, other sites, direct events."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from staff.accounts import IDLE_SECONDS, TRIES, Account, Accounts
from staff.bench import Bench, open_bench
from staff.change_kinds import Kind
from tests.staff.conftest import PASSWORD, Clock, released
from tests.staff.made_up import Small
from tests.staff.serving import Served, serving
from tests.web.conftest import PATIENCE
from web.app import Service, create_app
from web.rate import SIGN_INS
from web.staff.guard import COOKIE, from_proxy


@pytest.fixture
def bench(tmp_path: Path, small: Small, clock: Callable[[], float], rita: Account, anna: Account) -> Bench:
    assert rita
    assert anna
    (small.folder / "suites" / "gates.yaml").write_text("at_least: {Hit@3: 0.5}\n", "utf-8")
    opened = open_bench(tmp_path / "state", small.folder, small.encoder, clock)
    return replace(opened, accounts=Accounts(opened.state, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))


@pytest.fixture
def served(bench: Bench) -> Iterator[Served]:
    with serving(bench) as running:
        yield running


EVERYTHING = [
    ("GET", "/staff/config"),
    ("GET", "/staff/gradio_api/info"),
    ("GET", "/staff/tables/results/results.csv"),
    ("GET", "/staff/assets/index.js"),
    ("POST", "/staff/gradio_api/upload"),
    ("POST", "/staff/gradio_api/run/predict"),
    ("POST", "/staff/sign-out"),
]
NOTHING = [
    "/staff/gradio_api/file=/etc/passwd",
    "/staff/gradio_api/queue/join",
    "/staff/gradio_api/queue/data",
    "/staff/gradio_api/call/proposed",
    "/staff/monitoring",
    "/staff/login",
    "/staff/..%2fstaff/config",
]


def test_without_a_session_there_is_a_sign_in_and_nothing_else(served: Served) -> None:
    with served.client(**served.origin) as client:
        start = client.get("/staff")
        assert (start.status_code, start.headers["location"]) == (303, "staff/sign-in")
        assert client.get("/staff/").headers["location"] == "sign-in"
        assert client.get("/staff/sign-in").status_code == 200
        for method, path in EVERYTHING:
            answer = client.request(method, path, json={} if method == "POST" else None)
            assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."}), path
        for path in NOTHING:
            assert client.get(path).status_code == 404, path
            assert client.post(path, json={}).status_code == 404, path


def test_without_a_folder_for_its_state_there_is_no_staff_page(bench: Bench) -> None:
    client = TestClient(create_app(bench.drafts.open().assistant, Service()), follow_redirects=False)
    for path in ("/staff", "/staff/", "/staff/sign-in", "/staff/config", "/staff/tables/results/results.csv"):
        assert client.get(path).status_code == 404, path


def test_a_session_opens_the_page_but_not_what_the_page_does_not_use(served: Served) -> None:
    with served.client(served.token("rita"), **served.origin) as client:
        page = client.get("/staff/")
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "form-action 'self'; frame-ancestors 'none'" in policy
        assert page.headers["referrer-policy"] == "same-origin"
        for path in NOTHING:
            assert client.get(path).status_code == 404, path


def test_tables_of_results_and_suites_are_there_to_take_away(served: Served) -> None:
    with served.client(served.token("rita"), **served.origin) as client:
        assert "made-up,s1/0,how many minutes does the drip run" in client.get("/staff/tables/results/results.csv").text
        assert "s3\tfridge or freezer\t" in client.get("/staff/tables/suites/made-up.tsv").text
        assert client.get("/staff/tables/suites/made-up.xlsx").content.startswith(b"PK")
        for path in ("suites/none.csv", "suites/made-up.exe", "results/other.csv", "suites/..%2f..%2fnotices.csv"):
            assert client.get(f"/staff/tables/{path}").status_code == 404, path


def test_the_cookie_is_secure_http_only_and_of_this_site_alone(served: Served) -> None:
    with served.client(**served.origin) as client:
        answer = client.post("/staff/sign-in", data={"name": "rita", "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "./")
        name, *parts = answer.headers["set-cookie"].split("; ")
        assert name.startswith(f"{COOKIE}=")
        assert sorted(parts) == ["HttpOnly", "Path=/staff", "SameSite=strict", "Secure"]


def test_a_session_that_somebody_planted_is_not_taken_over(served: Served) -> None:
    planted, accounts = "planted-by-an-attacker", served.staff.bench.accounts
    with served.client(planted, **served.origin) as client:
        answer = client.post("/staff/sign-in", data={"name": "rita", "password": PASSWORD})
        token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert token != planted
    assert accounts.account_of(planted) is None
    with served.client(token, **served.origin) as client:
        again = client.post("/staff/sign-in", data={"name": "rita", "password": PASSWORD})
    assert again.status_code == 303
    assert accounts.account_of(token) is None


def test_guessing_passwords_locks_the_account_and_then_the_address(served: Served) -> None:
    began = time.monotonic()
    with served.client(**served.origin) as client:

        def guess(name: str, password: str) -> httpx.Response:
            return client.post("/staff/sign-in", data={"name": name, "password": password})

        answers = [guess("rita", f"guess number {n}") for n in range(TRIES)]
        right = guess("rita", PASSWORD)
        more = list(itertools.takewhile(lambda s: s != 429, (guess(f"name{n}", "x").status_code for n in range(99))))
    assert {a.status_code for a in (*answers, right)} == {401}
    assert len({a.text for a in (*answers, right)}) == 1
    assert "or the account is locked for a while" in right.text
    assert set(more) == {401}
    left = SIGN_INS - TRIES - 1
    # A slow machine takes so long for the hashes that others may come meanwhile.
    assert left <= len(more) <= left + SIGN_INS * (time.monotonic() - began) / 60 + 1


def test_another_site_cannot_send_in_the_name_of_staff(served: Served) -> None:
    token = served.token("rita")
    for origin in ({"origin": "https://evil.example"}, {"origin": "null"}, {}):
        with served.client(token, **origin) as client:
            for path in ("/staff/sign-in", "/staff/sign-out", "/staff/gradio_api/run/predict"):
                assert client.post(path, json={}).status_code == 403, (origin, path)
    assert served.staff.bench.accounts.account_of(token) is not None


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
    here = ip_network("127.0.0.1")
    for believed, expected in ((here, 200), (ip_network("10.0.0.0/8"), 303)):
        # The proxy also tells whose browser it is: that must not hide the proxy from the guard.
        with serving(bench, from_proxy("x-user", [believed], bench.accounts), [here]) as served:
            for name, code in (("rita", expected), ("mallory", 303), ("", 303)):
                with served.client(**{"x-user": name, "x-forwarded-for": "198.51.100.7"}) as client:
                    assert client.get("/staff/").status_code == code, (believed, name)
            with served.client() as client:
                twice = client.get("/staff/", headers=[("x-user", "rita"), ("x-user", "anna")])
                assert twice.status_code == 303
            # A password opens nothing where somebody else signs people in.
            with served.client(served.token("anna")) as client:
                assert client.get("/staff/").status_code == 303
    # Of all that came in rita's name, one sign-in is in the log (and the one by which anna got her token).
    signed_in = [(r.who, r.details) for r in bench.state.audit_records() if r.action == "signed in"]
    assert signed_in == [("rita", '{"by": "single sign-on"}'), ("anna", "{}"), ("anna", "{}")]
    bench.accounts.disable("rita", "tests")
    with serving(bench, from_proxy("x-user", [here], bench.accounts), [here]) as served, served.client() as client:
        assert client.get("/staff/", headers={"x-user": "rita"}).status_code == 303


APPROVER = "'rita' is a reviewer: this needs an approver."


def test_an_event_sent_directly_does_only_what_its_sender_may(
    bench: Bench, served: Served, small: Small, clock: Clock
) -> None:
    rita, anna = (bench.accounts.named(name) for name in ("rita", "anna"))
    assert rita
    assert anna
    first = released(bench, anna)
    content = {"passage": small.passage("Keep"), "q": "fridge or freezer"}
    change = bench.changes.propose(anna, Kind.PHRASING, content, "asked", small.corpus)
    bench.trials.run(change.id)
    before = len(bench.state.audit_records())
    with served.client(served.token("rita"), **served.origin) as client:
        config = client.get("/staff/config").json()
        ids = {c["props"].get("elem_id"): c["id"] for c in config["components"]}
        listing = next(d["id"] for d in config["dependencies"] if d["outputs"] == [ids["releases"], ids["release-id"]])
        # What fills the choices of a page, and then what only an approver or the author may do.
        assert sent(client, listing, []) is None
        for button, data, refusal in (
            ("look-again", [None], None),
            ("approve", [change.id, ""], APPROVER),
            ("reject", [change.id, ""], APPROVER),
            ("withdraw", [change.id, ""], f"Change {change.id} is of 'anna'."),
            ("sign", [None], "Measure first."),
            ("measure", [], None),
            ("sign", [None], APPROVER),
            ("rollback", [first.id, "it is wrong"], APPROVER),
        ):
            event = next(d for d in config["dependencies"] if [ids[button], "click"] in d["targets"])
            assert sent(client, event["id"], data) == refusal, button
            if button == "measure":
                measuring = bench.jobs.latest("release")
                assert measuring is not None
                assert measuring.wait(PATIENCE / 1000)
        clock.now += IDLE_SECONDS
        late = client.post("/staff/gradio_api/run/predict", json={"fn_index": listing, "data": [], "session_hash": "x"})
        assert (late.status_code, late.json()) == (401, {"error": "Sign in first."})
    assert bench.changes.get(change.id).status == "pending"
    assert (bench.releases.live_id(), bench.releases.listed()) == (first.id, (first.id,))
    assert [r.action for r in bench.state.audit_records()[before:]] == ["signed in"]
    with served.client(**served.origin) as client:
        joined = client.post("/staff/gradio_api/run/predict", json={"fn_index": 0, "data": [], "session_hash": "x"})
        assert joined.status_code == 401


def sent(client: httpx.Client, event: int, data: list[Any]) -> str | None:
    """Why an event that is sent without the page is refused; None if it is not."""
    body = {"fn_index": event, "data": data, "session_hash": "direct", "event_data": None}
    reply = client.post("/staff/gradio_api/run/predict", json=body)
    return None if reply.is_success else str(reply.json()["error"])
