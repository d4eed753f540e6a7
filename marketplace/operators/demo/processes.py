"""The demo's own processes: their ports, their start, and their end, after which nothing of them is left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from marketplace.core import services

PORTS = {"PORT": 8000, "SANDBOX_PORT": 8100, "METRICS_PORT": 9100}
ROOT = Path(__file__).parents[3]
GRACE = 10.0
WAIT = 60.0
Child = subprocess.Popen
Tell = Callable[[str], None]


class Failed(RuntimeError):
    """A process ended or did not answer; the message says where its log is."""


def choose_ports(tell: Tell) -> dict[str, int]:
    """The ports of web, sandbox and metrics: those asked for, or the next free ones, saying so. Raises: Failed."""
    chosen: dict[str, int] = {}
    for name, usual in PORTS.items():
        asked = os.environ.get(name) or str(usual)
        if not asked.isdigit() or not 1 <= int(asked) <= 65_535:
            raise Failed(f"{name} is {asked}: a port is a number from 1 to 65535.")
        wanted = range(int(asked), min(int(asked) + 100, 65_536))
        port = next((port for port in wanted if port not in chosen.values() and is_free(port)), None)
        if port is None:
            raise Failed(f"No port from {asked} on is free: set {name} to another one.")
        if port != int(asked):
            tell(f"Port {asked} is taken: using {port} ({name} asks for another one)")
        chosen[name] = port
    return chosen


def is_free(port: int) -> bool:
    """Whether nobody listens there, by either protocol."""
    return all(_binds(family, host, port) for family, host in loopbacks())


def loopbacks() -> list[tuple[socket.AddressFamily, str]]:
    """This machine's own addresses: browsers try the newer one first, and not every machine has it."""
    found = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
    return [(family, host) for family, host in found if _binds(family, host, 0)]


def _binds(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return True
    except OSError:
        return False


def start(name: str, command: list[str], environment: dict[str, str], var: Path) -> Child[bytes]:
    """Start a python process that writes into a log of its own and ends with this process, however that ends."""
    with (var / f"{name}.log").open("ab") as log:
        return _spawn(command, environment, (log, log))


def _spawn(command: list[str], environment: dict[str, str], out: tuple[Any, Any]) -> Child[bytes]:
    return Child([sys.executable, "-m", *command], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out[0], stderr=out[1],
                 start_new_session=True, preexec_fn=services.with_parent())


def finish(name: str, command: list[str], environment: dict[str, str], var: Path) -> None:
    """Run a python process to its end; what it prints is shown, the rest is in a log of its own. Raises: Failed when it fails."""
    path = var / f"{name}.log"
    with path.open("ab") as log:
        child = _spawn(command, environment, (None, log))
    try:
        if child.wait():
            raise Failed(f"`{' '.join(command)}` failed: {last_words(path)} (see {path})")
    finally:
        end([child])


def last_words(log: Path) -> str:
    """The last line of a log."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1][-300:] if lines else "it said nothing"


def web(ports: dict[str, int]) -> list[str]:
    """The web server's command line."""
    binds = [f"[{host}]" if ":" in host else host for _, host in loopbacks()]
    return ["gunicorn", "--config", "deploy/gunicorn.py", *(part for host in binds for part in ("--bind", f"{host}:{ports['PORT']}"))]


def answers(url: str, children: dict[str, Child[bytes]], var: Path) -> None:
    """Wait until a page answers. Raises: Failed when a child ends before, or nothing answers in a minute."""
    end_at = time.monotonic() + WAIT
    while time.monotonic() < end_at:
        check(children, var)
        with suppress(OSError), urllib.request.urlopen(url, timeout=5) as found:
            if found.status == 200:
                return
        time.sleep(0.03)
    raise Failed(f"{url} did not answer; see {var / 'web.log'}.")


def check(children: dict[str, Child[bytes]], var: Path) -> None:
    """Raises: Failed when a child has ended."""
    for name, child in children.items():
        if child.poll() is not None:
            log = var / f"{name}.log"
            how = f"was ended by signal {-child.returncode}" if child.returncode < 0 else f"ended by itself: {last_words(log)}"
            raise Failed(f"The {name} process {how} (see {log})")


def end(children: list[Child[bytes]]) -> None:
    """Stop the children and what they started: asked first, after a while made to."""
    for child in reversed(children):
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE
    for child in reversed(children):
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
