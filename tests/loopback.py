"""No network in tests: a connection to anything but this machine is refused, and so is looking up its name."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class NetworkRefused(RuntimeError):
    """A test tried to leave this machine."""


def is_here(host: Any) -> bool:
    """Whether `host` is this machine: a loopback address, or a name that can mean nothing else."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name in {"", "localhost"} or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def only(patch: Any) -> None:
    """Let `patch`, a MonkeyPatch, keep every Python socket on this machine."""
    connect, connect_ex, sendto, look_up = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto, socket.getaddrinfo

    def check(family: int, address: Any) -> None:
        if family in {socket.AF_INET, socket.AF_INET6} and not is_here(address[0]):
            raise NetworkRefused(f"a test tried to reach {address}")

    def guarded_connect(self, address):
        check(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        check(self.family, address)
        return connect_ex(self, address)

    def guarded_sendto(self, data, *rest):
        check(self.family, rest[-1])
        return sendto(self, data, *rest)

    def guarded_look_up(host, *rest, **options):
        if not is_here(host):
            raise NetworkRefused(f"a test asked where {host} is")
        return look_up(host, *rest, **options)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket.socket, "sendto", guarded_sendto)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
