"""Find a Chromium for the browser tests; run as a script, install one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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


def install_chromium() -> None:
    """From the system's packages where they are to be had, else by Playwright."""
    if shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        update, install = ["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", _WAIT, "chromium"]
        if all(subprocess.run([*prefix, *command], check=False).returncode == 0 for command in (update, install)):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=False)


if __name__ == "__main__":
    if find_chromium() is None:
        install_chromium()
    if (found := find_chromium()) is None:
        sys.exit("No Chromium could be installed. Install one by hand and run make test again.")
    print(found)
