"""The sandbox's books, in SQLite: objects by id, idempotency keys, balances. Every change is one transaction."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

TABLES = """
    CREATE TABLE IF NOT EXISTS objects (id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, parameters TEXT NOT NULL, answer TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind);
    CREATE INDEX IF NOT EXISTS objects_destination ON objects (json_extract(body, '$.destination')) WHERE kind = 'transfer';
    CREATE INDEX IF NOT EXISTS objects_payout ON objects (json_extract(body, '$.payout')) WHERE kind = 'transfer';
    CREATE INDEX IF NOT EXISTS objects_account ON objects (json_extract(body, '$.account')) WHERE kind = 'payout';
    CREATE INDEX IF NOT EXISTS events_unsent ON events (sent) WHERE sent = 0;
"""


_one = threading.RLock()


def alone(work: Callable[..., Any]) -> Callable[..., Any]:
    """Let one thread at a time touch the books: they have one connection, and a change is one transaction of it."""

    @wraps(work)
    def locked(*args: Any, **kwargs: Any) -> Any:
        with _one:
            return work(*args, **kwargs)

    return locked


class Refused(Exception):
    """What the provider would refuse: status, type and words."""

    def __init__(self, status: int, kind: str, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.code = status, kind, message, code


def connect(path: Path) -> sqlite3.Connection:
    """The books at `path`, made when they are missing."""
    books = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
    books.execute("PRAGMA journal_mode=WAL")
    books.executescript(TABLES)
    return books


def new_id(prefix: str) -> str:
    """An id as the provider makes them."""
    return f"{prefix}_{secrets.token_hex(12)}"


@alone
def once(books: sqlite3.Connection, key: str, parameters: dict[str, Any], work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do `work` once per key; the same key with other parameters is refused."""
    said = json.dumps(parameters, sort_keys=True)
    books.execute("BEGIN IMMEDIATE")
    try:
        found = books.execute("SELECT parameters, answer FROM keys WHERE key = ?", [key]).fetchone()
        if found is not None:
            if found[0] != said:
                raise Refused(400, "idempotency_error", "This key was used before with other parameters.")
            return json.loads(found[1])
        answer = work()
        if key:
            books.execute("INSERT INTO keys VALUES (?, ?, ?)", [key, said, json.dumps(answer)])
        return answer
    except BaseException:
        books.execute("ROLLBACK")
        raise
    finally:
        if books.in_transaction:
            books.execute("COMMIT")


@alone
def put(books: sqlite3.Connection, body: dict[str, Any]) -> dict[str, Any]:
    """Write an object."""
    books.execute("INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                  [body["id"], body["object"], json.dumps(body)])
    return body


@alone
def get(books: sqlite3.Connection, id_: str) -> dict[str, Any]:
    """An object. Raises: Refused (404)."""
    found = books.execute("SELECT body FROM objects WHERE id = ?", [id_]).fetchone()
    if found is None:
        raise Refused(404, "invalid_request_error", f"No such object: {id_}")
    return json.loads(found[0])


@alone
def every(books: sqlite3.Connection, kind: str) -> list[dict[str, Any]]:
    """All objects of a kind, oldest first."""
    return [json.loads(row[0]) for row in books.execute("SELECT body FROM objects WHERE kind = ? ORDER BY rowid", [kind])]


@alone
def found(books: sqlite3.Connection, kind: str, **fields: Any) -> list[dict[str, Any]]:
    """The objects of a kind whose fields have these values (None: no value), oldest first; by index where there is one."""
    conditions = "".join(f" AND json_extract(body, '$.{name}') IS ?" for name in fields)
    query = f"SELECT body FROM objects WHERE kind = '{kind}'{conditions} ORDER BY rowid"
    return [json.loads(row[0]) for row in books.execute(query, list(fields.values()))]


@alone
def total(books: sqlite3.Connection, kind: str, amount: str, less: str | None = None, **fields: Any) -> dict[str, int]:
    """What the objects of a kind with these values come to, by currency: their `amount` less their `less`."""
    conditions = "".join(f" AND json_extract(body, '$.{name}') IS ?" for name in fields)
    value = f"json_extract(body, '$.{amount}')" + (f" - json_extract(body, '$.{less}')" if less else "")
    query = f"SELECT json_extract(body, '$.currency'), sum({value}) FROM objects WHERE kind = '{kind}'{conditions} GROUP BY 1"
    return dict(books.execute(query, list(fields.values())).fetchall())


@alone
def newest(books: sqlite3.Connection, kind: str, after: str | None, count: int) -> list[dict[str, Any]]:
    """The newest `count` objects of a kind, newest first; of those older than `after` when it is given."""
    query = "SELECT body FROM objects WHERE kind = ? AND rowid < coalesce((SELECT rowid FROM objects WHERE id = ?), ?) ORDER BY rowid DESC LIMIT ?"
    return [json.loads(row[0]) for row in books.execute(query, [kind, after, 2**62, count])]


@alone
def tell(books: sqlite3.Connection, kind: str, body: dict[str, Any], account: str = "") -> None:
    """Write an event for the webhook sender; of a connected account when one is named."""
    event = {"id": new_id("evt"), "object": "event", "type": kind, "created": int(time.time()), "livemode": False,
             "data": {"object": body}} | ({"account": account} if account else {})
    books.execute("INSERT INTO events VALUES (?, ?, 0)", [event["id"], json.dumps(event)])


@alone
def tell_thin(books: sqlite3.Connection, kind: str, body: dict[str, Any]) -> None:
    """Write a thin event: it names the object and says nothing about it."""
    event = {"id": new_id("evt"), "object": "v2.core.event", "type": kind, "livemode": False,
             "related_object": {"id": body["id"], "type": body["object"], "url": f"/v2/core/accounts/{body['id']}"}}
    books.execute("INSERT INTO events VALUES (?, ?, 0)", [event["id"], json.dumps(event)])


@alone
def unsent(books: sqlite3.Connection) -> list[dict[str, Any]]:
    """Events that nobody took yet, oldest first."""
    return [json.loads(row[0]) for row in books.execute("SELECT body FROM events WHERE sent = 0 ORDER BY rowid LIMIT 50")]


@alone
def sent(books: sqlite3.Connection, event_id: str) -> None:
    """An event was taken."""
    books.execute("UPDATE events SET sent = 1 WHERE id = ?", [event_id])
