"""A client in a process of its own: N connections, each sends its next request when the last was answered.

Run as ``python -m tests.bench.load``: reads one JSON object from standard input, prints one.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from typing import Any


class Connection:
    """One kept-alive connection; knows just enough HTTP for its own servers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._open()

    def _open(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; gives status and body."""
        self.socket.sendall(request)
        got = self.socket.recv(65536)
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        lower = head.lower()
        length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        if b"connection: close" in lower:
            self.socket.close()
            self.socket = self._open()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server closed the connection")
        return more


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", *[f"{name}: {value}" for name, value in headers.items()]]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def run(port: int, clients: list[list[bytes]], seconds: float | None) -> dict[str, Any]:
    """Let each client send its requests in turn, over and over for `seconds`, or once when None.

    Gives {"per_second", "micros": median, "wrong"}.
    """
    until = time.perf_counter() + seconds if seconds else float("inf")
    took: list[float] = []
    wrong: list[str] = []

    def client(requests: list[bytes]) -> None:
        connection, number = Connection(port), 0
        while (start := time.perf_counter()) < until and (seconds or number < len(requests)):
            status, body = connection.ask(requests[number % len(requests)])
            took.append(time.perf_counter() - start)
            number += 1
            if status >= 300:
                wrong.append(f"{status} {body[:200]!r}")

    began = time.perf_counter()
    threads = [threading.Thread(target=client, args=(requests,)) for requests in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    return {"per_second": (len(took) - len(wrong)) / spent, "micros": sorted(took)[len(took) // 2] * 1e6, "wrong": wrong[:3]}


if __name__ == "__main__":
    job = json.load(sys.stdin)
    json.dump(run(job["port"], [[one.encode() for one in requests] for requests in job["clients"]], job["seconds"]), sys.stdout)
