"""Settings: flags before environment before defaults, and each in docs/commands.md."""

from __future__ import annotations

import argparse
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from retrieval.errors import SettingsError
from settings import Settings, add_settings, read_settings, variable
from tests.conftest import ROOT


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_settings(parser)
    return parser.parse_args(arguments)


def test_flags_before_environment_before_defaults() -> None:
    environ = {"VERBATIM_PORT": "9000", "VERBATIM_CORPUS": "elsewhere", "PATH": "/bin"}
    settings = read_settings(environ, parsed("--port", "9001"))
    assert (settings.port, settings.corpus, settings.host) == (9001, Path("elsewhere"), "127.0.0.1")
    assert read_settings({}) == Settings()


@pytest.mark.parametrize("value", ["", "x", "-1", "70000", "1.5"])
def test_a_value_that_cannot_be_read_names_its_source(value: str) -> None:
    with pytest.raises(SettingsError, match=f"VERBATIM_PORT is '{value}', which is no port"):
        read_settings({"VERBATIM_PORT": value})
    with pytest.raises(SettingsError, match=f"--port is '{value}'"):
        read_settings({}, parsed(f"--port={value}"))


def test_lists_and_addresses_are_read() -> None:
    flags = ["--origins", "https://a.example http://localhost:81", "--trusted_proxies", "10.0.0.0/8 ::1"]
    settings = read_settings({}, parsed(*flags, "--metrics", "[::1]:9100", "--mcp", "yes", "--drain", "0"))
    assert settings.origins == ("https://a.example", "http://localhost:81")
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert (settings.metrics, settings.mcp, settings.drain) == (("::1", 9100), True, 0)
    assert read_settings({"VERBATIM_METRICS": "9100"}).metrics == ("127.0.0.1", 9100)
    assert read_settings({"VERBATIM_METRICS": "", "VERBATIM_ORIGINS": ""}) == Settings()


def test_the_address_for_everybody_ends_without_a_slash() -> None:
    assert (
        read_settings({}, parsed("--public_url", "https://a.example/verbatim/")).public_url
        == "https://a.example/verbatim"
    )
    assert read_settings({"VERBATIM_PUBLIC_URL": ""}).public_url == ""


def test_the_staff_bench_is_off_unless_it_has_a_folder() -> None:
    assert read_settings({}).staff is None
    assert read_settings({"VERBATIM_STAFF": ""}).staff is None
    believed = ["--staff_header", "X-User", "--trusted_proxies", "::1"]
    settings = read_settings({"VERBATIM_STAFF": "kept"}, parsed(*believed))
    assert (settings.staff, settings.staff_header) == (Path("kept"), "x-user")
    with pytest.raises(SettingsError, match="--staff_header needs --trusted_proxies"):
        read_settings({}, parsed(*believed[:2]))


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("origins", "https://a.example/"),
        ("origins", "https://a.example; script-src *"),
        ("origins", "*"),
        ("origins", "null"),
        ("origins", "https://*.a.example"),
        ("origins", "HTTPS://A.example"),
        ("trusted_proxies", "proxy.example"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("public_url", "a.example"),
        ("public_url", "javascript:alert(1)"),
        ("public_url", "https://a.example/?x"),
        ("questions", "0"),
        ("mcp", "true"),
        ("metrics", "host:port"),
        ("drain", "-1"),
        ("staff_header", "x-user: rita"),
    ],
)
def test_what_cannot_be_meant_is_refused(flag: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^--{flag} is '"):
        read_settings({}, parsed(f"--{flag}={value}"))


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for setting in fields(Settings):
        assert f"`{variable(setting.name)}`" in page
        assert f"`--{setting.name}`" in page
