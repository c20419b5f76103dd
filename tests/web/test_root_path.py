"""Below a path of the host, behind a real nginx; and a machine whose environment names proxies and odd encodings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.triage.gate import Triage
from retrieval.index import Index
from tests.conftest import ROOT
from tests.nginx import running_nginx
from tests.web.chat import ask, open_chat, passages
from tests.web.conftest import MANY, PATIENCE, Server, running
from tests.web.media import medium
from tests.web.test_replicas import free_port

PREFIX = "/verbatim"

PUBLIC = "https://verbatim.hospital.example/verbatim"


@pytest.fixture(scope="module")
def replica(
    index: Index, triage: Triage, index_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that its environment tells to call everything through proxies that are not there."""
    assert index
    assert triage
    flags = ["--questions", str(MANY), "--trusted_proxies", "127.0.0.1", "--root_path", f"{PREFIX}/"]
    flags += ["--public_url", PUBLIC]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
        environment.setenv("http_proxy", "http://127.0.0.1:1")
        environment.setenv("no_proxy", "")
        # running() asks for /livez through httpx, which would believe them.
        environment.setattr("tests.web.conftest.httpx.get", httpx.Client(trust_env=False).get)
        log = tmp_path_factory.mktemp("root") / "stderr.txt"
        with running(index_folder, log, *flags) as started:
            yield started


@pytest.fixture(scope="module", params=["stripped", "kept"])
def below(replica: Server, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The public address, by a proxy that takes the prefix off the path, and by one that leaves it there."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    text, public = (ROOT / "docs" / "nginx-prefix.conf").read_text("utf-8"), f"http://127.0.0.1:{port}{PREFIX}/"
    address = httpx.URL(replica.address).netloc.decode() + ("/" if request.param == "stripped" else "")
    replaced = {"127.0.0.1:7861/": address, "listen 8080": f"listen 127.0.0.1:{port}"}
    with running_nginx(folder, text, replaced, f"{public}livez"):
        yield public


@pytest.mark.browser
def test_the_page_is_answered_below_a_path_with_and_without_scripts(page: Page, below: str) -> None:
    open_chat(page, below)
    answer = ask(page, "how long will the drip take")
    assert "60 to 90 minutes" in passages(answer)[0]
    answer.locator("a.show").first.click()
    expect(page.locator("#panel #cited")).to_have_text("Infusion Time")
    with httpx.Client(base_url=below, trust_env=False, timeout=PATIENCE / 1000) as client:
        origin = {"origin": below.removesuffix(f"{PREFIX}/")}
        plain = client.post("ask", data={"question": "how long will the drip take"}, headers=origin)
        assert "60 to 90 minutes" in plain.text
        assert client.get("config").json()["root"] == below.rstrip("/")
        moved = client.get("source/istiratumab", follow_redirects=True)
        assert (moved.status_code, moved.url.path) == (200, f"{PREFIX}/source/istiratumab/")
        gone = client.get("nothing/here", headers={"accept": "text/html"})
        assert (gone.status_code, '<a href="../">Ask a question</a>' in gone.text) == (404, True)


@pytest.mark.browser
def test_on_paper_a_citation_has_its_address_for_everybody_and_a_code_for_a_camera(page: Page, below: str) -> None:
    open_chat(page, below)
    answer = ask(page, "how long will the drip take")
    code, link = answer.locator(".qr").first, answer.locator("a.show").first
    expect(code).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    medium(page, "print")
    expect(code).to_be_visible()
    public = link.get_attribute("data-address")
    assert public
    assert public == code.get_attribute("data-for")
    assert public.startswith(f"{PUBLIC}/source/istiratumab/1.0?start=")
    side = code.locator("svg").evaluate("e => e.getBoundingClientRect().width")
    modules = code.locator("svg").evaluate("e => e.viewBox.baseVal.width")
    assert side / modules > 1.2  # CSS pixels, 0.32 mm on paper: a phone reads it from a hand's width away
    page.goto(public.replace(PUBLIC, below.rstrip("/")))
    expect(page.locator("#cited")).to_have_text("Infusion Time")


@pytest.mark.browser
def test_a_question_that_finds_no_server_is_never_a_bare_error(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    page.route("**/gradio_api/run/predict*", lambda route: route.fulfill(status=404, json={"detail": "Not Found"}))
    box.fill("how long will the drip take")
    box.press("Enter")
    expect(page.locator("#connection")).to_contain_text("Your question was not answered. It is in the box again.")
    expect(box).to_have_value("how long will the drip take")
    assert page.get_by_text("Error", exact=True).locator("visible=true").count() == 0


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz", "/source/istiratumab/1.0", "/web/page.js"])
def test_head_answers_as_get_without_a_body(client: httpx.Client, path: str) -> None:
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (whole.status_code, b"") == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_an_unknown_address_is_explained_to_people_and_a_body_without_a_type_to_programs(client: httpx.Client) -> None:
    page = client.get("/a/b/c", headers={"accept": "text/html,*/*"})
    assert page.status_code == 404
    assert "There is nothing at this address." in page.text
    assert '<a href="../../">Ask a question</a>' in page.text
    bare = client.build_request("POST", "/api/ask", content=b'{"text": "hello"}')
    bare.headers.pop("content-type", None)
    refused = client.send(bare)
    assert refused.status_code == 422
    assert refused.json() == {"error": "Send JSON, with the header 'content-type: application/json'."}


def test_the_monograph_in_use_has_an_address_without_a_version(client: httpx.Client) -> None:
    moved = client.get("/source/istiratumab")
    assert (moved.status_code, moved.headers["location"]) == (307, "istiratumab/")
    page = client.get("/source/istiratumab/")
    assert page.status_code == 200
    assert "data-other-text" not in page.text


def test_a_pipe_that_is_not_utf_8_gets_the_whole_answer(index: Index, triage: Triage) -> None:
    assert triage
    command = [sys.executable, "-m", "assistant", "ask", "how long will the drip take", "--json"]
    environment = {"PYTHONIOENCODING": "cp1252", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [*command, "--index", str(index.folder.parent)],
        cwd=ROOT, env=environment, capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout.decode("utf-8"))["citations"][0]["start"] == 4176
