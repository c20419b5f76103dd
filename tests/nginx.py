"""Find an nginx for the test of two replicas; run as a script, install one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


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


if __name__ == "__main__":
    if find_nginx() is None:
        install_nginx()
    if (found := find_nginx()) is None:
        sys.exit("No nginx could be installed. Install one by hand and run make test again.")
    print(found)
