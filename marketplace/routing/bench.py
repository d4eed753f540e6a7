"""The solver beside its rivals on the seeded families: cost above the best known answer, and CPU time.

Times are CPU milliseconds of one core, so that a busy neighbour does not count. The best known answer is
the cheapest of all that were found, proof included where there was time for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from marketplace.routing import families, rivals, verify
from marketplace.routing.allocate import EXACT, SEARCH, allocate

PROOF_SECONDS = {"200x50": 60.0}
COUNTS = {"1x20": 100, "10x20": 100, "50x20": 10, "50x50": 6, "200x50": 2}
Quantities = dict[str, int]


@dataclass(frozen=True)
class Found:
    """What an answer costs, and how many units it leaves without a seller."""

    total: int
    missing: int


@dataclass
class Row:
    """One family: per way of solving it, what came out (None: no allowed answer) and the times in milliseconds."""

    size: str
    kind: str
    found: dict[str, list[Found | None]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    proven: dict[str, int] = field(default_factory=dict)
    stated: list[float] = field(default_factory=list)
    """The gap that the answer in the box states itself, as a share of the total."""

    def above(self, way: str) -> float | None:
        """How much the way costs above the best known answers, on average over those where it fills as many units; None for none."""
        shares = [one.total / best.total - 1 for one, best in self._pairs(way) if one is not None and one.missing <= best.missing]
        return sum(shares) / len(shares) if shares else None

    def short(self, way: str) -> int:
        """How often the way found no allowed answer, or left units without a seller that the best answer fills."""
        return sum(one is None or one.missing > best.missing for one, best in self._pairs(way))

    def _pairs(self, way: str) -> list[tuple[Found | None, Found]]:
        best = [min((one for one in ones if one is not None), key=lambda one: one.total) for ones in zip(*self.found.values(), strict=True)]
        return list(zip(self.found[way], best, strict=True))

    def percentile(self, way: str, share: float) -> float:
        """The time below which `share` of the problems were solved."""
        times = sorted(self.times[way])
        return times[min(len(times) - 1, int(len(times) * share))]

    @property
    def count(self) -> int:
        """How many problems."""
        return len(self.stated)


def measure(size: str, kind: str, count: int, seconds: float, seed: int) -> Row:
    """Solve `count` problems of a family in every way."""
    row = Row(size, kind)
    long = PROOF_SECONDS.get(size, 20.0)
    allocate(next(families.problems("1x20", "mixed", 0)), 5.0, depth=EXACT)  # what loads with the first problem is not measured
    for data in islice(families.problems(size, kind, seed), count):
        boxed = _timed(row, "box", partial(allocate, data, seconds, time.process_time, depth=SEARCH))
        row.stated.append((boxed["total_minor"] - boxed["bound_minor"]) / max(1, abs(boxed["total_minor"])))
        _keep(row, "box", _units(boxed), data, boxed["status"] == "optimal")
        proof = _timed(row, "proof", partial(allocate, data, long, time.process_time, depth=EXACT))
        _keep(row, "proof", _units(proof), data, proof["status"] == "optimal")
        found, is_proven = _timed(row, "plain", partial(rivals.plain, data, long))
        _keep(row, "plain", found, data, is_proven)
        _keep(row, "peers", _timed(row, "peers", partial(rivals.peers, data)), data)
        _keep(row, "greedy", _timed(row, "greedy", partial(rivals.greedy, data, seconds, time.process_time)), data)
    return row


def _units(answer: dict[str, Any]) -> Quantities:
    return {one["offer"]: one["quantity"] for one in answer["allocations"]}


def _timed(row: Row, way: str, run: Callable[[], Any]) -> Any:
    begun = time.process_time()
    found = run()
    row.times.setdefault(way, []).append((time.process_time() - begun) * 1000)
    return found


def _keep(row: Row, way: str, units: Quantities | None, data: dict[str, Any], is_proven: bool = False) -> None:
    found = None
    if units is not None and not verify.rules(data, units):
        wanted = sum(line["quantity"] for line in data["lines"])
        found = Found(sum(verify.breakdown(data, units).values()), wanted - sum(units.values()))
    row.found.setdefault(way, []).append(found)
    row.proven[way] = row.proven.get(way, 0) + is_proven


HEADINGS = ("family", "problems", "peers' rule", "greedy and local search", "in the box", "stated gap", "proven in the box",
            "box p50, p99", "proven at last", "to proof p50, p99", "plain exact p50, p99", "plain proven")


def lines(rows: list[Row]) -> Iterator[str]:
    """A Markdown table of the rows."""
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|" + "---|" * len(HEADINGS)
    for row in rows:
        yield f"| {' | '.join(_cells(row))} |"


def _cells(row: Row) -> list[str]:
    def share(way: str) -> str:
        above, short = row.above(way), row.short(way)
        return ("" if above is None else f"+{above:.3%}") + (f" ({short} short)" if short else "")

    def times(way: str) -> str:
        return f"{row.percentile(way, 0.5):,.0f}, {row.percentile(way, 0.99):,.0f} ms"

    return [
        f"{row.size} {row.kind}", str(row.count), share("peers"), share("greedy"),
        share("box"), f"{sum(row.stated) / row.count:.2%}", f"{row.proven['box']} of {row.count}", times("box"),
        f"{row.proven['proof']} of {row.count}", times("proof"), times("plain"), f"{row.proven['plain']} of {row.count}",
    ]


COLOURS = {"peers": ("#b4541a", "each line to its cheapest landed offer"), "greedy": ("#8592a3", "greedy and local search, 250 ms"),
           "box": ("#1d4f91", "Marketsquare, 250 ms")}


def chart(rows: list[Row]) -> str:
    """Cost above the best known answer, as horizontal bars on a root scale: small differences stay visible."""
    longest = max((row.above(way) or 0 for row in rows for way in COLOURS), default=0) or 1
    height = 74 + 46 * len(rows)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {height}" font-family="system-ui, sans-serif" font-size="13" '
             f'fill="#17202b" role="img" aria-label="Cost above the best known answer"><rect width="960" height="{height}" fill="#f4f6f9"/>'
             '<text x="20" y="26" font-size="15" font-weight="600">Cost above the best known answer (root scale)</text>']
    for number, (colour, text) in enumerate(COLOURS.values()):
        parts.append(f'<rect x="{20 + 300 * number}" y="40" width="12" height="12" fill="{colour}"/>'
                     f'<text x="{38 + 300 * number}" y="51">{text}</text>')
    for number, row in enumerate(rows):
        parts.extend(_bars(row, 74 + 46 * number, longest))
    return "\n".join(parts) + "\n</svg>\n"


def _bars(row: Row, top: int, longest: float) -> Iterator[str]:
    yield f'<text x="150" y="{top + 22}" text-anchor="end">{row.size} {row.kind}</text>'
    for number, way in enumerate(COLOURS):
        above = row.above(way)
        length = 480 * ((above or 0) / longest) ** 0.5
        y = top + 2 + 13 * number
        yield f'<rect x="164" y="{y}" width="{max(length, 1):.1f}" height="10" fill="{COLOURS[way][0]}"/>'
        short = f"{row.short(way)} of {row.count} left units open" if row.short(way) else ""
        text = ", ".join(part for part in ("" if above is None else f"{above:.3%}", short) if part)
        yield f'<text x="{172 + length:.1f}" y="{y + 9}" font-size="11">{text}</text>'
