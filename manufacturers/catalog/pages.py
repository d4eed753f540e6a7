"""The manufacturer's catalog pages: upload, mapping, progress and differences; products and changes."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from manufacturers.catalog import differences, schemas
from marketplace.catalog import exports, imports, queries, readers, service
from marketplace.catalog.models import CatalogImport, ImportStatus
from marketplace.catalog.readers.rows import FIELDS
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.progress import pace
from marketplace.core.transitions import WrongState
from marketplace.web import files, forms, lists
from marketplace.web.auth import require_actor
from marketplace.web.refusals import told

blueprint = Blueprint(
    "manufacturer_catalog", __name__, url_prefix="/manufacturer/catalog", template_folder="../templates")
KINDS = ("new", "changed", "gone", "bad", "same")


@blueprint.get("/")
def products() -> str:
    """Own products."""
    query = request.args.get("q", "")
    page = queries.products(require_actor(), query, lists.asked())
    next_url = lists.next_url(".products", page.next_cursor, q=query)
    return render_template("manufacturers/products.html", products=page.items, q=query, next_url=next_url)


@blueprint.get(f"/products.{files.KIND}")
def products_file(kind: str) -> Response:
    """Own products as a file."""
    actor, query = require_actor(), request.args.get("q", "")
    rows = files.all_pages(lambda cursor: queries.products(actor, query, lists.for_file(cursor)))
    return files.named(kind, "products", ("brand", "mpn", "gtin", "name", "category", "unit", "status"), rows)


@blueprint.get("/products/<variant_id>")
def product(variant_id: str) -> str:
    """One product with its history."""
    return _product(variant_id, {}, {})


def _product(variant_id: str, errors: dict[str, list[str]], values: dict[str, Any]) -> str:
    actor = require_actor()
    variant = service.own_variant(actor, variant_id)
    live = service.content(variant)
    return render_template(
        "manufacturers/product.html", variant=variant, live=live, values={**live, **values}, errors=errors,
        changes=queries.changes(actor, variant.id).items, between=differences.between)


@blueprint.post("/products/<variant_id>/changes")
def propose(variant_id: str) -> Any:
    """Propose new content for a product."""
    try:
        data = forms.load(schemas.ProductForm)
        service.propose(require_actor(), variant_id, {**data, "description": data["description"].replace("\r\n", "\n")})
    except Invalid as refused:
        return _product(variant_id, forms.errors(refused), request.form.to_dict()), 422
    flash(_("The change is proposed. It goes live when it is confirmed."))
    return redirect(url_for(".changes"), 303)


@blueprint.get("/changes")
def changes() -> str:
    """Proposed and made changes."""
    page = queries.changes(require_actor(), None, lists.asked())
    return render_template("manufacturers/changes.html", changes=page.items, between=differences.between, next_url=lists.next_url(".changes", page.next_cursor))


@blueprint.post("/changes/<change_id>/confirm")
def confirm(change_id: str) -> Any:
    """Make a change live."""
    return _review(service.confirm, change_id, _("The change is live."))


@blueprint.post("/changes/<change_id>/decline")
def decline(change_id: str) -> Any:
    """Turn a change down."""
    return _review(service.decline, change_id, _("The change is declined; the product stays as it is."))


def _review(verb: Callable[..., Any], change_id: str, said: str) -> Any:
    try:
        verb(require_actor(), change_id)
    except Conflict as refused:
        return told(refused, url_for(".changes"))
    flash(said)
    return redirect(url_for(".changes"), 303)


@blueprint.get("/imports")
def import_list() -> str:
    """Past and present imports, and where to upload the next."""
    return _import_list({})


def _import_list(errors: dict[str, list[str]]) -> str:
    page = queries.imports(require_actor(), lists.asked())
    return render_template("manufacturers/imports.html", imports=page.items, next_url=lists.next_url(".import_list", page.next_cursor), errors=errors)


@blueprint.post("/imports")
@forms.accepts_files
def upload() -> Any:
    """Take in a file: BMEcat says itself what is what, tables go on to the mapping."""
    actor, file = require_actor(), forms.sent_file()
    try:
        if file is None:
            raise Invalid(_("Choose a file first."), field="file")
        record = imports.hold(actor, actor.organization_id, *file)
        if record.format == "bmecat":
            record = imports.start(actor, record.id, {})
            return redirect(url_for(".import_page", import_id=record.id), 303)
    except Invalid as refused:
        return _import_list(forms.errors(refused)), 422
    return redirect(url_for(".mapping", import_id=record.id), 303)


@blueprint.get("/imports/<import_id>/mapping")
def mapping(import_id: str) -> Any:
    """Which column is which field, with the first rows to look at."""
    record = imports.own(require_actor(), import_id)
    if record.status != ImportStatus.RECEIVED:
        return redirect(url_for(".import_page", import_id=record.id), 303)
    return _mapping_page(record, record.mapping, {})


def _mapping_page(record: CatalogImport, chosen: dict[str, str], errors: dict[str, list[str]]) -> str:
    return render_template(
        "manufacturers/mapping.html", record=record, fields=FIELDS, chosen=chosen, taken={chosen.get(field) for field in FIELDS}, errors=errors,
        columns=readers.columns(record.content, record.format), rows=readers.preview(record.content, record.format))


@blueprint.post("/imports/<import_id>/mapping")
def start(import_id: str) -> Any:
    """Start reading the file by this mapping; columns ticked as attributes are kept as such."""
    actor = require_actor()
    record = imports.own(actor, import_id, "catalog:write")
    chosen = {field: request.form[field] for field in FIELDS if request.form.get(field)}
    chosen |= {f"attribute:{c}": c for c in request.form.getlist("attributes") if c not in chosen.values()}
    try:
        started = imports.start(actor, record.id, chosen)
    except Invalid as refused:
        return _mapping_page(record, chosen, forms.errors(refused)), 422
    except WrongState as refused:
        return told(refused, url_for(".import_page", import_id=import_id))
    if started.id != record.id:
        flash(_("This very file was applied before. There is nothing to do."))
    return redirect(url_for(".import_page", import_id=started.id), 303)


@blueprint.get("/imports/<import_id>")
def import_page(import_id: str) -> Any:
    """One import: its mapping while that is open, progress while it works, then what is new, changed, gone and refused."""
    record = imports.own(require_actor(), import_id)
    if imports.is_held(record):
        return redirect(url_for(".mapping", import_id=record.id), 303)
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        kind = next((k for k in KINDS if record.counts.get(k)), "new")
    page = queries.import_rows(record, kind, request.args.get("cursor"))
    next_url = lists.next_url(".import_page", page.next_cursor, kind=kind)
    part = "_progress" if request.headers.get("HX-Request") else "import"
    return render_template(
        f"manufacturers/{part}.html", record=record, kind=kind, kinds=KINDS, rows=page.items, next_url=next_url,
        live=queries.live_values(record, page.items), staged=differences.staged, pace=pace(record.done, record.total, record.started_at, record.finished_at))


@blueprint.get("/imports/<import_id>/errors.csv")
def import_errors(import_id: str) -> Response:
    """What was refused, as a file."""
    record = imports.own(require_actor(), import_id)
    return files.attachment(exports.error_file(record), f"errors-{record.id}")


@blueprint.post("/imports/<import_id>/approve")
def approve(import_id: str) -> Any:
    """Let a staged import go live."""
    data = forms.load(schemas.CatalogApproval)
    try:
        imports.approve(require_actor(), import_id, retire_gone=data["retire_gone"])
    except WrongState as refused:
        return told(refused, url_for(".import_page", import_id=import_id))
    flash(_("Approved. The catalog is being changed."))
    return redirect(url_for(".import_page", import_id=import_id), 303)


@blueprint.post("/imports/<import_id>/cancel")
def cancel(import_id: str) -> Any:
    """Put an import away; the catalog stays as it is."""
    try:
        imports.cancel(require_actor(), import_id)
    except WrongState as refused:
        return told(refused, url_for(".import_page", import_id=import_id))
    flash(_("The import is put away. The catalog is as it was."))
    return redirect(url_for(".import_list"), 303)
