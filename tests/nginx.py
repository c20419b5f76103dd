"""Find an nginx and run it for tests of what stands behind one; run as a script, install one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

__all__ = ["find_nginx", "running_nginx"]

_SECONDS = 60


def find_nginx() -> str | None:
    """Where it is: Debian keeps it out of the path of ordinary users."""
    return shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def install_nginx() -> None:
    """From the system's packages, and only the program: no service is to be started."""
    if shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "nginx-light"]):
            subprocess.run([*prefix, "apt-get", *command], check=False)
    elif shutil.which("brew"):
        subprocess.run(["brew", "install", "nginx"], check=False)


@contextmanager
def running_nginx(folder: Path, text: str, replaced: Mapping[str, str], probe: str) -> Iterator[None]:
    """nginx with a configuration in which each text of `replaced` stands once, in an empty folder of its own.

    Given when the address `probe` answers.
    """
    executable = find_nginx()
    assert executable, "No nginx: run `make nginx`."
    for before, after in replaced.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    places = "".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ {places}\n{text} }}", "utf-8"
    )
    command = [executable, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=10), trust_env=False) as client:
            client.get(probe, timeout=_SECONDS).raise_for_status()
        yield
    finally:
        process.terminate()
        process.wait(_SECONDS)


if __name__ == "__main__":
    if find_nginx() is None:
        install_nginx()
    if (found := find_nginx()) is None:
        sys.exit("No nginx could be installed. Install one by hand and run make test again.")
    print(found)
