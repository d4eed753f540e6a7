"""`flask routing`: solve, check and measure problems; needs no database, no server and no application.

`solve` exits 0 with any answer and 2 with a refused problem; `check` exits 0 when the verifier agrees
and 1 when it does not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from marketplace.routing import families, verify
from marketplace.routing.allocate import EXACT, SEARCH, allocate
from marketplace.routing.problem import ProblemRefused, read


@click.group("routing")
def routing() -> None:
    """Solve and check allocation problems."""


@routing.command("solve")
@click.argument("file")
@click.option("--seconds", type=click.FloatRange(0, 3600), default=0.25, show_default=True, help="Time box.")
@click.option("--exact", is_flag=True, help="Go on to proof with the exact model.")
def solve(file: str, seconds: float, exact: bool) -> None:
    """Print the answer to the problem in FILE (- for standard input)."""
    try:
        answer = allocate(_load(file), seconds, depth=EXACT if exact else SEARCH)
    except ProblemRefused as refused:
        _refuse(f"{refused.field}: {refused.message}")
    click.echo(json.dumps(answer, ensure_ascii=False))


@routing.command("check")
@click.argument("problem")
@click.argument("answer")
def check(problem: str, answer: str) -> None:
    """Run the verifier alone on ANSWER to PROBLEM."""
    data = _load(problem)
    try:
        read(data)
    except ProblemRefused as refused:
        _refuse(f"{refused.field}: {refused.message}")
    faults = verify.check(data, _load(answer))
    for fault in faults:
        click.echo(fault)
    if faults:
        sys.exit(1)
    click.echo("verified")


@routing.command("bench")
@click.option("--size", "sizes", multiple=True, type=click.Choice(list(families.SIZES)), help="Only these sizes.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(families.KINDS)), help="Only these kinds.")
@click.option("--problems", type=click.IntRange(1), help="Problems per family, whatever its size.")
@click.option("--seconds", type=click.FloatRange(0, 3600), default=0.25, show_default=True, help="Time box.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="Also write a chart (SVG) here.")
def measure(sizes: tuple[str, ...], kinds: tuple[str, ...], chart: Path | None, **options: Any) -> None:
    """Measure the solver beside its rivals on seeded families of problems."""
    from marketplace.routing import bench  # brings numpy and the solver: the other commands start without them

    click.echo(f"seed {options['seed']}, time box {options['seconds']} s, CPU time of one core", err=True)
    rows = []
    for size in sizes or families.SIZES:
        for kind in kinds or families.KINDS:
            rows.append(bench.measure(size, kind, options["problems"] or bench.COUNTS[size], options["seconds"], options["seed"]))
            click.echo(f"{size} {kind}", err=True)
    for line in bench.lines(rows):
        click.echo(line)
    if chart:
        chart.write_text(bench.chart(rows), encoding="utf-8")


def _load(file: str) -> Any:
    """Strict JSON: no NaN, no key twice."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except OSError as error:
        _refuse(f"{file}: {error.strerror}")
    except ValueError as error:
        _refuse(f"{file}: {error}")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _refuse(message: str) -> Any:
    click.echo(f"refused: {message}", err=True)
    sys.exit(2)
