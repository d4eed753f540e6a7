"""The limit of the run: Flask and psycopg reading 24 rows as JSON, and nothing else."""

from __future__ import annotations

import os
import threading

import orjson
import psycopg
from flask import Flask, Response
from psycopg.rows import dict_row

QUERY = "SELECT id, name, mpn, gtin, unit, sort_key, status FROM variants ORDER BY sort_key, id LIMIT 24"
app = Flask(__name__)
mine = threading.local()


def connection() -> psycopg.Connection:
    """This thread's connection, kept."""
    if not hasattr(mine, "connection"):
        mine.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        mine.connection.execute("SELECT set_config('app.org', '*', false)")
    return mine.connection


@app.get("/rows")
def rows() -> Response:
    """24 rows."""
    with connection().cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(QUERY).fetchall()
    return Response(orjson.dumps({"items": found}), mimetype="application/json")
