"""Who is asking: the address that is counted, whatever the headers say."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.clients import client_address
from web.rate import client_key

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["6.6.6.6", "nonsense", "10.0.0.2"], "10.0.0.2"),
        ("fd00::1", [" 2001:db8::5 "], "2001:db8::5"),
        ("unknown", ["198.51.100.1"], "unknown"),
    ],
)
def test_only_what_a_proxy_has_written_is_believed(peer: str, told: list[str], address: str) -> None:
    assert client_address(peer, told, PROXIES) == address


addresses = st.ip_addresses().map(str)


@given(addresses, st.lists(addresses | st.text(max_size=20)))
def test_a_forged_header_cannot_choose_the_address(peer: str, forged: list[str]) -> None:
    outside = not any(ip_address(peer) in network for network in PROXIES)
    if outside:
        assert client_address(peer, forged, PROXIES) == peer
        assert client_address("10.0.0.1", [*forged, peer], PROXIES) == peer


@pytest.mark.parametrize(
    ("client", "key"),
    [
        (("198.51.100.1", 5), "198.51.100.1"),
        (("2001:db8:1:2:3:4:5:6", 5), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:ffff::1", 5), "2001:db8:1:2::/64"),
        (("testclient", 5), "testclient"),
        (None, ""),
    ],
)
def test_a_household_is_counted_as_one(client: tuple[str, int] | None, key: str) -> None:
    assert client_key(client) == key
