"""The staff page below a path of the host, behind a real nginx that takes the path off, and one that keeps it."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from staff.bench import Bench
from tests.conftest import ROOT
from tests.nginx import running_nginx
from tests.staff.serving import serving, signed_in, tab
from tests.web.conftest import PATIENCE
from tests.web.test_replicas import free_port

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kept", [False, True], ids=["stripped", "kept"])
def test_the_bench_is_used_below_a_path(browser: Browser, bench: Bench, tmp_path: Path, kept: bool) -> None:
    text, port = (ROOT / "docs" / "nginx-prefix.conf").read_text("utf-8"), free_port()
    public = f"http://127.0.0.1:{port}/verbatim/"
    with serving(bench, proxies=[ip_network("127.0.0.1")], root_path="/verbatim") as served:
        inside = served.address.removeprefix("http://") + ("" if kept else "/")
        replaced = {"127.0.0.1:7861/": inside, "listen 8080": f"listen 127.0.0.1:{port}"}
        with running_nginx(tmp_path, text, replaced, f"{public}livez"):
            rita = signed_in(browser, public, "rita")
            assert rita.url == f"{public}staff/"
            tab(rita, "Ask")
            rita.locator("#inspect-question textarea").fill("how many minutes does the drip run")
            rita.locator("#inspect").click()
            expect(rita.locator("#in-live")).to_contain_text("over 60 minutes", timeout=PATIENCE)
            rita.get_by_role("button", name="Sign out").click()
            expect(rita.get_by_label("Password")).to_be_visible(timeout=PATIENCE)
            assert rita.url == f"{public}staff/sign-in"
            rita.context.close()
