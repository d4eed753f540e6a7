"""What tests of commands need: a database with nothing in it."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from marketplace.core import services


@pytest.fixture
def empty_database(servers):
    """`empty_database(role)` is the address, for one of the two roles, of an empty database of the owner's."""

    def address(role: str, database: str = "empty") -> str:
        return sa.make_url(servers.owner_url).set(username=role, database=database).render_as_string(hide_password=False)

    with psycopg.connect(address("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE empty OWNER {services.OWNER}")
        yield address
        connection.execute("DROP DATABASE empty WITH (FORCE)")
