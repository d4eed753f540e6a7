"""`flask catalog import FILE`: a catalog file into the shared catalog from the command line.

The same verbs as the page, each part a transaction of its own; a refused file says line and reason and
leaves nothing, since it is read to its end before anything is written. One file may hold many makers: then each
maker's rows are its own import, and a maker that cannot be one is left out without stopping the others.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from marketplace.catalog import imports, queries, readers
from marketplace.catalog.models import CatalogImport, ImportStatus
from marketplace.catalog.readers import mapping as mappings
from marketplace.catalog.readers.rows import FIELDS
from marketplace.core import jobs
from marketplace.core.db import db
from marketplace.core.errors import MarketError
from marketplace.identity import onboarding
from marketplace.identity.access import ROLES, Actor
from marketplace.identity.models import Kind, Organization

Maker = tuple[str, str, dict[str, str] | None]
"""A manufacturer's slug, the name its rows have, and which column is which field."""
WAITING = {ImportStatus.RECEIVED, ImportStatus.READING}
ORDER = ("new", "changed", "same", "gone", "bad")
MAX_SHOWN = 20
WHOLE = 100
Reached = Callable[[int, str], None]


@dataclass(frozen=True)
class Settings:
    """What holds for every manufacturer of one run."""

    country: str
    currency: str
    retire_gone: bool


@click.group("catalog")
def catalog() -> None:
    """Bring products into the shared catalog."""


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--manufacturer", "slug", help="Slug of the manufacturer whose catalog this is; made when unknown.")
@click.option("--manufacturer-column", "column", help="Column that names each row's manufacturer.")
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="Say which column is which field.")
@click.option("--country", default="DE", show_default=True, help="Country of manufacturers that are new.")
@click.option("--currency", default="EUR", show_default=True, help="Currency of manufacturers that are new.")
@click.option("--retire-gone", is_flag=True, help="Retire products that the file no longer has.")
def import_(file: Path, slug: str | None, column: str | None, pairs: tuple[str, ...], **settings: Any) -> None:
    """Read FILE (CSV, XLSX, BMEcat; gzip too), compare it with the catalog, and apply it."""
    if bool(slug) == bool(column):
        raise click.UsageError("Say either --manufacturer or --manufacturer-column.")
    try:
        content = readers.opened(file.read_bytes())
        mapping = _mapping(content, pairs)
        wanted = [_maker(content, slug, mapping)] if slug else _makers(content, column or "", mapping)
        counts, left_out = _import_all(file.name, content, wanted, Settings(**settings))
    except MarketError as refused:
        line = refused.details.get("line")
        click.echo(f"refused: {f'Line {line}: ' if line else ''}{refused.message}", err=True)
        sys.exit(1)
    for name, because in left_out.items():
        click.echo(f"{name}: left out: {because}", err=True)
    if left_out or counts["bad"] == counts.total() > 0:
        sys.exit(1)


def _pair(text: str) -> tuple[str, str]:
    field, _, column = text.partition("=")
    if not column or (field not in FIELDS and not field.startswith("attribute:")):
        raise click.UsageError(f"--map {text!r} is not FIELD=COLUMN. Fields: {', '.join(FIELDS)}, attribute:NAME.")
    return field, column


def _mapping(content: bytes, pairs: tuple[str, ...]) -> dict[str, str] | None:
    columns = readers.columns(content, readers.detect(content))
    return {**mappings.guess(columns), **dict(map(_pair, pairs))} if columns else None


def _maker(content: bytes, name: str, mapping: dict[str, str] | None) -> Maker:
    """The one maker of a file, whose rows are all looked at. Raises: FileRefused."""
    format_ = readers.detect(content)
    if format_ == "bmecat":
        readers.mode(content)
    if not sum(1 for _ in readers.read(content, format_, mapping or {})):
        raise readers.FileRefused("The file holds no products.", line=1)
    return onboarding.slug_of(name), name, mapping


def _makers(content: bytes, column: str, mapping: dict[str, str] | None) -> list[Maker]:
    """One (slug, name, mapping) for each maker the column names; rows that name none are told and left out."""
    format_ = readers.detect(content)
    chosen = {**(mapping or {}), "brand": column}
    names: Counter[str] = Counter()
    blank: list[int] = []
    for row in readers.read(content, format_, chosen):
        if row.data["brand"]:
            names[row.data["brand"]] += 1
        else:
            blank.append(row.row_no)
    for number in blank[:MAX_SHOWN]:
        click.echo(f"row {number}: left out: {column} is blank", err=True)
    if len(blank) > MAX_SHOWN:
        click.echo(f"{len(blank) - MAX_SHOWN} more rows are left out: {column} is blank", err=True)
    return [(onboarding.slug_of(name), name, {**chosen, f"only:{column}": name}) for name in names]


def _import_all(
    file_name: str, content: bytes, wanted: list[Maker], settings: Settings
) -> tuple[Counter[str], dict[str, str]]:
    """Import every maker's part: rows by kind, and of many makers those that are something else on the market, and why."""
    total: Counter[str] = Counter()
    unmapped: set[str] = set()
    left_out: dict[str, str] = {}
    with click.progressbar(length=len(wanted) * WHOLE, label=file_name, file=sys.stderr, item_show_func=lambda said: said) as bar:
        for number, (slug, name, mapping) in enumerate(wanted):
            def reached(percent: int, what: str, start: int = number * WHOLE) -> None:
                bar.update(max(0, start + percent - bar.pos), what)

            try:
                counts, columns = _import_one(file_name, content, (slug, name, mapping), settings, reached)
            except onboarding.PlaysAnotherPart as refused:
                if len(wanted) == 1:
                    raise
                left_out[name] = refused.message
                continue
            total.update(counts)
            unmapped |= {columns} - {""}
            reached(WHOLE, name)
    for columns in sorted(unmapped):
        click.echo(f"not mapped: {columns}", err=True)
    click.echo(", ".join(f"{total[kind]} {kind}" for kind in ORDER) + f" ({len(wanted) - len(left_out)} manufacturers)")
    return total, left_out


def _import_one(
    file_name: str, content: bytes, one: Maker, settings: Settings, reached: Reached
) -> tuple[dict[str, int], str]:
    """Import one maker's part; its counts by kind, and the names of what no field takes."""
    slug, name, mapping = one

    def receive() -> tuple[str, bool]:
        maker = onboarding.ensure_organization(
            Kind.MANUFACTURER, name, slug=slug, country=settings.country, currency=settings.currency)
        record = imports.receive(_actor(maker), maker.id, file_name, content, mapping)
        return record.id, record.status == ImportStatus.APPLIED

    import_id, already = jobs.at_once(receive)
    if already:
        click.echo(f"{slug}: applied before, nothing to do", err=True)
        return {}, ""
    _staged(import_id, reached)
    _applied(import_id, settings.retire_gone, reached)
    return jobs.at_once(lambda: _summary(slug, import_id))


def _staged(import_id: str, reached: Reached) -> None:
    while (found := jobs.at_once(lambda: _state(import_id)))[0] in WAITING:
        reached(_part(found[1], found[2]), f"{found[1]} rows read")
        jobs.at_once(_stage(import_id, found[1]))


def _part(done: int, total: int) -> int:
    """Half of the way is reading, half is applying."""
    return min(WHOLE // 2, done * (WHOLE // 2) // total) if total else 0


def _stage(import_id: str, after: int) -> Callable[[], None]:
    return lambda: imports.stage(import_id, after)


def _applied(import_id: str, retire_gone: bool, reached: Reached) -> None:
    def approve() -> None:
        record = db.session.get_one(CatalogImport, import_id)
        if record.status == ImportStatus.REFUSED:
            raise readers.FileRefused(record.refusal or "The file cannot be read.")
        imports.approve(_actor(db.session.get_one(Organization, record.manufacturer_id)), import_id,
                        retire_gone=retire_gone)

    jobs.at_once(approve)
    while jobs.at_once(lambda: imports.apply(import_id)):
        _, done, total = jobs.at_once(lambda: _state(import_id))
        reached(WHOLE // 2 + _part(done, total), f"{done} of {total} rows applied")


def _state(import_id: str) -> tuple[str, int, int]:
    record = db.session.get_one(CatalogImport, import_id)
    return record.status, record.done, record.total


def _summary(slug: str, import_id: str) -> tuple[dict[str, int], str]:
    record = db.session.get_one(CatalogImport, import_id)
    bad = queries.import_rows(record, "bad", limit=MAX_SHOWN)
    for row in bad.items:
        for error in row.errors:
            click.echo(f"{slug}: row {row.row_no}: {error['column']} {error['code']}: {error['message']}", err=True)
    if bad.next_cursor:
        click.echo(f"{slug}: more bad rows follow; the portal has the whole error file", err=True)
    return record.counts, ", ".join(record.unmapped)


def _actor(maker: Organization) -> Actor:
    return Actor(
        user_id="command line", organization_id=maker.id, kinds=frozenset(maker.kinds),
        permissions=ROLES["manufacturer_admin"], name="command line", organization_name=maker.name,
    )
