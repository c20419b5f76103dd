"""Find a browser for the browser tests; run as a script, install one where there is none.

python tests/browser.py [firefox]      a Chromium, or a Firefox
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is Chromium without what draws windows, which no test looks at: a quarter less work."""


SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


PREFERENCES: dict[str, str | float | bool] = {
    "ui.useOverlayScrollbars": 1,
    "ui.prefersReducedMotion": 1,
    "fission.autostart": False,
}
"""Of a Firefox: scroll bars as phones have them, which take no room; the wish for stillness, which Playwright cannot
tell it later; and frames of another site in the page's own process, or no key and no click would reach them."""


_WAIT = "-oDPkg::Lock::Timeout=300"
"""Another installation on this machine is waited for, seconds."""


def find_chromium() -> str | None:
    """The path of a browser: the system's, else the one Playwright has installed, else None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find_firefox() -> str | None:
    """The path of the system's own: Playwright drives it by WebDriver BiDi."""
    return next((path for name in ("firefox", "firefox-esr") if (path := shutil.which(name))), None)


def install_chromium() -> None:
    """From the system's packages where they are to be had, else by Playwright."""
    if not any(map(_installed, NAMES[:2])):
        subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=False)


def _installed(package: str) -> bool:
    """Whether the system's packages have one and it was installed."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    update, install = ["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", _WAIT, package]
    return all(subprocess.run([*prefix, *command], check=False).returncode == 0 for command in (update, install))


if __name__ == "__main__":
    firefox = sys.argv[1:] == ["firefox"]
    name, find = ("Firefox", find_firefox) if firefox else ("Chromium", find_chromium)
    if find() is None:
        if firefox:
            _installed("firefox-esr")
        else:
            install_chromium()
    if (found := find()) is None:
        sys.exit(f"No {name} could be installed. Install one by hand and run this again.")
    print(found)
