"""No test leaves this machine."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request

import pytest

from tests.loopback import NetworkRefused, is_here


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("8.8.8.8", 53), ("10.0.0.1", 5432), ("0.0.0.1", 80)])
def test_a_connection_elsewhere_is_refused(address):
    with socket.socket() as one, pytest.raises(NetworkRefused):
        one.connect(address)
    with socket.socket() as one, pytest.raises(NetworkRefused):
        one.connect_ex(address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, pytest.raises(NetworkRefused):
        one.sendto(b"x", address)


def test_a_name_elsewhere_is_not_looked_up():
    with pytest.raises(NetworkRefused):
        socket.create_connection(("example.com", 443), timeout=1)
    with pytest.raises(NetworkRefused):
        urllib.request.urlopen("https://example.com/")
    assert not is_here("localhost.example.com")


def test_this_machine_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
        assert is_here("shop.localhost") and is_here("::1")
