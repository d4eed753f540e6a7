"""Measure, print the table, and write var/bench.json.

``python -m tests.bench [--keep] [--products N] [--seconds S] [figure ...]``
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from tests.bench import figures, square

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("figures", nargs="*", help="only these")
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=6.0, help="for each load figure")
    parser.add_argument("--keep", action="store_true", help="keep the market for the next run")
    parser.add_argument("--scale", action="store_true", help="the cost of an order from 1,000 to 100,000 offers instead")
    given = parser.parse_args()
    var = Path(os.environ.get("MARKETSQUARE_VAR", ROOT / "var")) / "bench"
    rows = figures.scale(var) if given.scale else figures.all_of(var, given.products, given.seconds, set(given.figures))
    if not given.keep:
        square.forget(var)
    (var.parent / ("bench-scale.json" if given.scale else "bench.json")).write_text(json.dumps(rows, indent=1))
    for row in rows:
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.3f} of the limit"
        print(f"{row['figure']:<18} {row['value']:>12,.1f} {row['unit']:<12} {ratio}")


main()
