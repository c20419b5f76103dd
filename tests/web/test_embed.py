"""The page and the API in another site: let in if it is on the list, refused if not, in a real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ROOT
from tests.web.chat import DRAWN
from tests.web.conftest import PATIENCE, Server, Site

pytestmark = pytest.mark.browser

GUIDE = (ROOT / "docs" / "embedding.md").read_text("utf-8")
SERVICE = "https://verbatim.hospital.example"
"""Where the service is, in the guide."""


def example(heading: str, server: Server) -> str:
    """The HTML that the guide gives under a heading, for this server."""
    found = re.search(rf"## {heading}\n.*?```html\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    assert SERVICE in found[1]
    return found[1].replace(SERVICE, server.address.rstrip("/"))


def visit(page: Page, site: Site, heading: str, server: Server, language: str = "en") -> None:
    text = f'<!doctype html><html lang="{language}"><title>x</title>{example(heading, server)}'
    (site.folder / "index.html").write_text(text, "utf-8")
    page.set_default_timeout(PATIENCE)
    page.goto(f"{site.address}/index.html")


def test_a_site_on_the_list_shows_the_page(page: Page, guarded: Server, hospital: Site) -> None:
    visit(page, hospital, "The page in a frame", guarded)
    frame = page.frame_locator("iframe")
    frame.locator(DRAWN).wait_for()
    box = frame.get_by_label("Your question")
    box.fill("how long will the drip take")
    box.press("Enter")
    expect(frame.locator("#conversation [data-passage]").first).to_contain_text("60 to 90 minutes", timeout=PATIENCE)
    assert page.context.cookies() == []


def test_a_site_that_is_not_on_the_list_does_not(page: Page, guarded: Server, server: Server, stranger: Site) -> None:
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    for refusing in (guarded, server):
        refusals.clear()
        visit(page, stranger, "The page in a frame", refusing)
        # A Firefox says it in the frame and not to the page's console.
        while not any("frame-ancestors" in text for text in refusals) and "cspBlocked" not in page.frames[-1].url:
            page.wait_for_timeout(50)
        expect(page.frame_locator("iframe").get_by_label("Your question")).to_have_count(0)


def test_a_site_on_the_list_asks_the_api(page: Page, guarded: Server, hospital: Site) -> None:
    visit(page, hospital, "The API from a page", guarded)
    page.get_by_role("textbox").fill("how long will the drip take")
    page.get_by_role("button").click()
    expect(page.locator("#answer blockquote").first).to_contain_text("60 to 90 minutes", timeout=PATIENCE)
    expect(page.locator("#answer")).to_contain_text("does not constitute medical advice")


def test_another_sites_page_does_not_get_an_answer(page: Page, guarded: Server, stranger: Site) -> None:
    visit(page, stranger, "The API from a page", guarded)
    page.get_by_role("textbox").fill("how long will the drip take")
    with page.expect_event("requestfailed", timeout=PATIENCE):
        page.get_by_role("button").click()
    expect(page.locator("#answer blockquote")).to_have_count(0)


FITS = """
async (root) => {
  for (let frame = 0; frame < 600 && root.scrollHeight > innerHeight; frame++) await new Promise(requestAnimationFrame);
  return root.scrollHeight - innerHeight;
}
"""


def test_one_script_tag_makes_a_frame_that_grows_with_the_conversation(
    page: Page, guarded: Server, hospital: Site
) -> None:
    visit(page, hospital, "The page as high as its content", guarded)
    frame = page.frame_locator("iframe")
    frame.locator(f"{DRAWN}[data-grows]").wait_for()
    for number, question in enumerate(("what are the common side effects", "how long will the drip take"), 1):
        frame.get_by_label("Your question").fill(question)
        frame.get_by_label("Your question").press("Enter")
        expect(frame.locator("#conversation .answer")).to_have_count(number, timeout=PATIENCE)
        assert frame.locator(":root").evaluate(FITS) <= 0
        expect(frame.locator("#conversation .asked").last).to_be_in_viewport()
    assert frame.locator(":root").get_attribute("data-size") == "large"
    height = page.locator("iframe").evaluate("e => e.offsetHeight")
    assert 800 < height < 4000


def test_the_script_passes_the_sites_language_and_the_page_says_in_it_that_it_answers_in_english(
    page: Page, guarded: Server, hospital: Site
) -> None:
    visit(page, hospital, "The page as high as its content", guarded, "es-MX")
    frame = page.frame_locator("iframe")
    frame.locator(f"{DRAWN}[data-grows]").wait_for()
    note = frame.locator("[data-notice='english-only'][lang='es']")
    expect(note).to_be_visible()
    frame.get_by_label("Your question").fill("how long will the drip take")
    frame.get_by_label("Your question").press("Enter")
    expect(frame.locator("#conversation .answer")).to_have_count(1, timeout=PATIENCE)
    expect(note).to_be_hidden()
    visit(page, hospital, "The page as high as its content", guarded)
    frame.locator(f"{DRAWN}[data-grows]").wait_for()
    expect(frame.locator("[data-notice='english-only']")).to_have_count(0)
