"""What is installed: exact, whole, with hashes; and what is said where something is missing."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

import app
import install
import lock
from settings import read_settings
from tests.conftest import ROOT

LOCKS = list(install.FILES)


def locked(file: str) -> dict[str, list[str]]:
    """The hashes of each package by its name, with those of each version that a Python or a platform has."""
    found: dict[str, list[str]] = {}
    for package in re.split(r"^(?=[a-z0-9])", (ROOT / file).read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name = re.match(r"[a-z0-9-]+", package)
        assert name
        found.setdefault(name[0], []).extend(re.findall(r"--hash=sha256:([0-9a-f]{64})", package))
    return found


@pytest.mark.parametrize("file", LOCKS)
def test_every_package_of_a_lock_has_a_version_and_hashes(file: str) -> None:
    hashes = locked(file)
    assert hashes
    assert all(hashes.values())
    lines = [line for line in (ROOT / file).read_text("utf-8").splitlines() if re.match("[a-zA-Z0-9]", line)]
    assert all(re.match(r"[a-z0-9-]+==[^ ]+( ; [^\\]+)? \\$", line) for line in lines)


def test_the_locks_have_the_versions_that_are_pinned() -> None:
    """What fails here is mended by `make lock`."""
    pinned = lock.pins("requirements.txt")
    served = {name: version for name, version in pinned.items() if name not in lock.NOT_SERVED}
    assert lock.pins("requirements-serve.txt").items() >= served.items()
    assert lock.pins("requirements-weights.txt") == {name: pinned[name] for name in lock.WEIGHTS}


def test_a_server_needs_no_torch() -> None:
    assert not {"torch", "triton", "transformers", "sentence-transformers"} & locked("requirements-serve.txt").keys()
    assert not [name for file in LOCKS for name in locked(file) if name.startswith(("nvidia-", "cuda-"))]


def wheel(folder: Path, name: str = "nothing_at_all", version: str = "1.0") -> Path:
    """A package that holds nothing, as pip installs it."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    return path


def test_a_package_that_was_changed_is_refused(tmp_path: Path) -> None:
    digest = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    for name, hashed in (("right", digest), ("changed", digest[::-1])):
        (tmp_path / name).write_text(f"nothing-at-all==1.0 --hash=sha256:{hashed}\n", "utf-8")
        command = [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes", "--no-index"]
        command += ["--find-links", str(tmp_path), "--target", str(tmp_path / "into"), "-r", str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == (name == "right"), done.stderr
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_what_is_missing_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1, "final", 0))
    assert install.python_missing() == "Python 3.11 or newer is needed, and this is 3.9: make run PYTHON=python3.11."
    monkeypatch.undo()
    assert install.python_missing() == install.disk_missing(1) == ""
    assert re.fullmatch(rf"1000000000 MB of disk are needed, and {ROOT} has [0-9]+ MB\.", install.disk_missing(10**9))


def test_an_index_that_is_not_reached_is_said_in_a_line(tmp_path: Path) -> None:
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    said = install.network_missing(LOCKS[0], [sys.executable, "-m", "pip"], environment)
    assert said.startswith("pip reaches no index of packages. Is there a network? Behind a proxy set https_proxy;")
    assert "\n" not in said


def test_the_check_of_the_network_goes_through_the_proxy(tmp_path: Path) -> None:
    """The proxy is the only one that knows the index: no name ends in .invalid."""
    first = re.search(r"^([a-z0-9.-]+)==([0-9.]+)", (ROOT / LOCKS[0]).read_text("utf-8"), re.MULTILINE)
    assert first
    package = wheel(tmp_path, first[1].replace("-", "_"), first[2])
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            page = self.path.endswith("/")
            body = f'<a href="/{package.name}">{package.name}</a>'.encode() if page else package.read_bytes()
            self.send_response(200)
            self.send_header("content-type", "text/html" if page else "application/octet-stream")
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        environment = {name: value for name, value in os.environ.items() if name[:4] != "PIP_"} | {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_INDEX_URL": "http://index.invalid/simple",
            "PIP_TRUSTED_HOST": "index.invalid",
            "http_proxy": f"http://127.0.0.1:{server.server_port}",
            "no_proxy": "",
        }
        said = install.network_missing(LOCKS[0], [sys.executable, "-m", "pip"], environment)
        server.shutdown()
    assert said == ""
    assert asked == [f"http://index.invalid/simple/{first[1]}/", f"http://index.invalid/{package.name}"]


def program(path: Path, prints: str) -> Path:
    path.write_text(f"#!/bin/sh\nprintf '{prints}'\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("uv", "configured", "variable", "used"),
    [
        (True, "", None, True),
        (False, "", None, False),
        (True, "global.index-url=...", None, False),  # uv does not read what pip is told
        (True, "", "PIP_INDEX_URL", False),
    ],
)
def test_uv_installs_where_it_is_and_pip_is_not_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uv: bool, configured: str, variable: str | None, used: bool
) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    if variable:
        monkeypatch.setenv(variable, "http://index.invalid")
    if uv:
        program(tmp_path / "uv", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(install, "PYTHON", program(tmp_path / "python", configured))
    assert install.installer()[1:3] == (["pip", "install"] if used else ["-m", "pip"])


def test_make_works_where_the_path_has_spaces(tmp_path: Path) -> None:
    """All but the installing itself: the stamps are there."""
    home = tmp_path / "a path" / "with spaces"
    (home / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", *LOCKS):
        shutil.copy(ROOT / name, home)
    (home / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (home / ".venv" / ".serving").touch()
    (home / "app.py").write_text("import os, sys; print(os.getcwd(), sys.argv[1:])", "utf-8")
    make = shutil.which("make")
    assert make
    done = subprocess.run([make, "-s", "run"], cwd=home, capture_output=True, text=True, check=True)
    assert done.stdout == f"{home} ['--open']\n"


def test_make_says_which_python_is_not_here() -> None:
    make = shutil.which("make")
    assert make
    done = subprocess.run(
        [make, "-B", ".venv/.serving", "PYTHON=python-of-nobody"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "python-of-nobody is not here: make PYTHON=... with Python 3.11, 3.12 or 3.13." in done.stdout


COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
REPLICAS = ["replica-1", "replica-2"]


def copied() -> list[str]:
    """What the Dockerfile puts into the image."""
    lines = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE)
    return [name for line in lines for name in line.split()]


def test_the_image_holds_all_that_a_server_imports(tmp_path: Path) -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for name in copied():
        assert f"!{name}" in ignored
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    code = "import sys, app, composition, assistant.__main__; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_image_installs_with_hashes_what_a_server_needs() -> None:
    assert "--no-deps --require-hashes" in DOCKERFILE
    assert {name for name in copied() if name.startswith("requirements")} == set(LOCKS)
    assert all(f"-r {name}" in DOCKERFILE for name in LOCKS)
    assert DOCKERFILE.index("USER verbatim") < DOCKERFILE.index("\nCMD ")


def test_the_replicas_are_the_ones_that_nginx_and_prometheus_know() -> None:
    services, parser = COMPOSE["services"], app.parser()
    upstream = re.findall(r"server (127\.0\.0\.1:[0-9]+);", (ROOT / "docs" / "nginx.conf").read_text("utf-8"))
    scraped = yaml.safe_load((ROOT / "docs" / "prometheus.yml").read_text("utf-8"))
    [config] = scraped["scrape_configs"]
    settings = []
    for name in REPLICAS:
        program, script, *flags = services[name]["command"]
        assert (program, script) == ("python", "app.py")
        settings.append(read_settings({}, parser.parse_args(flags)))
        assert services[name]["network_mode"] == "service:nginx"
        assert f":{settings[-1].port}/readyz" in services[name]["healthcheck"]["test"][-1]
    assert [f"{one.host}:{one.port}" for one in settings] == upstream
    assert [f"nginx:{one.metrics[1]}" for one in settings if one.metrics] == config["static_configs"][0]["targets"]
    assert all(str(one.trusted_proxies[0]) == "127.0.0.1/32" for one in settings)
    assert services["nginx"]["ports"] == ["8080:8080"]
    for service in services.values():
        for volume in service.get("volumes", []):
            assert (ROOT / volume.split(":")[0]).is_file()


@pytest.mark.slow
def test_a_server_answers_with_what_requirements_serve_has(tmp_path: Path) -> None:
    """In a virtual environment of its own. It needs the network and some minutes."""
    from tests.ready import shared_folder

    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    python = str(venv / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*pip, "-r", LOCKS[0], "-r", LOCKS[1]], cwd=ROOT, check=True)
    assert not list(venv.glob("lib/*/site-packages/torch"))
    command = ["-m", "assistant", "ask", "how long will the drip take", "--index", str(shared_folder())]
    done = subprocess.run([python, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "60 to 90 minutes" in done.stdout
    subprocess.run([python, "-c", "import composition, app"], cwd=ROOT, check=True)
