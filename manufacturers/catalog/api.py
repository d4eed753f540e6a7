"""The manufacturer's catalog as JSON; the same verbs and rules as the pages."""

import json
from typing import Any

from flask import Response, request

from manufacturers.catalog import schemas
from marketplace.catalog import exports, imports, queries, service
from marketplace.catalog.models import CatalogImport, Variant
from marketplace.core.errors import Invalid
from marketplace.core.paging import Page
from marketplace.web import api, files, forms, lists
from marketplace.web.auth import require_actor

MAPPING = "A JSON object: our field (name, mpn, brand, gtin, category, description, unit, attribute:NAME) to the file's column; without it columns are guessed"
blueprint = api.blueprint("manufacturer-catalog-api", __name__, "/api/v1/manufacturer", "A manufacturer's catalog.")


@blueprint.get("/imports")
@blueprint.arguments(schemas.CatalogImportQuery, location="query")
@blueprint.response(200, schemas.CatalogImportPage)
def list_imports(query: dict[str, Any]) -> Page:
    """Imports, newest first or as asked."""
    return queries.imports(require_actor(), lists.given(query))


@blueprint.post("/imports")
@forms.accepts_files
@blueprint.doc(requestBody=api.file_body(mapping={"type": "string", "description": MAPPING}))
@blueprint.response(202, schemas.CatalogImportOut)
def upload() -> CatalogImport:
    """Send a catalog file (CSV, XLSX or BMEcat); it is read and compared in the background, and nothing is live before it is approved."""
    actor = require_actor()
    return imports.receive(actor, actor.organization_id, *forms.uploaded("catalog"), _mapping(request.form.get("mapping")))


def _mapping(text: str | None) -> dict[str, str] | None:
    if not text:
        return None
    try:
        mapping = json.loads(text)
    except (ValueError, RecursionError):
        mapping = None
    if not isinstance(mapping, dict) or not all(isinstance(value, str) for value in mapping.values()):
        raise Invalid("The mapping is a JSON object of field names to column names.", field="mapping")
    return mapping


@blueprint.get("/imports/<import_id>")
@blueprint.response(200, schemas.CatalogImportOut)
def show_import(import_id: str) -> CatalogImport:
    """One import and how far it is."""
    return imports.own(require_actor(), import_id)


@blueprint.get("/imports/<import_id>/rows")
@blueprint.arguments(schemas.CatalogRowQuery, location="query")
@blueprint.response(200, schemas.CatalogRowPage)
def import_rows(query: dict[str, Any], import_id: str) -> Page:
    """One kind of an import's rows."""
    return queries.import_rows(imports.own(require_actor(), import_id), query["kind"], query.get("cursor"))


@blueprint.get("/imports/<import_id>/errors.csv")
@blueprint.response(200, content_type="text/csv")
def import_errors(import_id: str) -> Response:
    """What was refused, as a file: row, column, code, message."""
    record = imports.own(require_actor(), import_id)
    return files.attachment(exports.error_file(record), f"errors-{record.id}")


@blueprint.post("/imports/<import_id>/approve")
@blueprint.arguments(schemas.CatalogApproval)
@blueprint.response(202, schemas.CatalogImportOut)
def approve(data: dict[str, Any], import_id: str) -> CatalogImport:
    """Let a staged import go live."""
    return imports.approve(require_actor(), import_id, retire_gone=data["retire_gone"])


@blueprint.post("/imports/<import_id>/cancel")
@blueprint.response(200, schemas.CatalogImportOut)
def cancel(import_id: str) -> CatalogImport:
    """Put an import away."""
    return imports.cancel(require_actor(), import_id)


@blueprint.get("/products")
@blueprint.arguments(schemas.OwnProductQuery, location="query")
@blueprint.response(200, schemas.OwnProductPage)
def products(query: dict[str, Any]) -> Page:
    """Own products, by name or as asked."""
    return queries.products(require_actor(), query["q"], lists.given(query))


@blueprint.get("/products/<variant_id>")
@blueprint.response(200, schemas.OwnProductDetail)
def product(variant_id: str) -> dict[str, Any]:
    """One own product; another manufacturer's is not there."""
    return detail(service.own_variant(require_actor(), variant_id))


@blueprint.post("/products/<variant_id>/changes")
@blueprint.arguments(schemas.ProductProposal)
@blueprint.response(201, schemas.ProductChangeOut)
def propose(data: dict[str, Any], variant_id: str) -> Any:
    """Propose new content; live once confirmed."""
    return service.propose(require_actor(), variant_id, data)


@blueprint.get("/changes")
@blueprint.arguments(schemas.ProductChangeQuery, location="query")
@blueprint.response(200, schemas.ProductChangePage)
def changes(query: dict[str, Any]) -> Page:
    """Proposed and made changes, newest first or as asked."""
    return queries.changes(require_actor(), None, lists.given(query))


@blueprint.post("/changes/<change_id>/confirm")
@blueprint.response(200, schemas.ProductChangeOut)
def confirm(change_id: str) -> Any:
    """Make a change live."""
    return service.confirm(require_actor(), change_id)


@blueprint.post("/changes/<change_id>/decline")
@blueprint.response(200, schemas.ProductChangeOut)
def decline(change_id: str) -> Any:
    """Turn a change down."""
    return service.decline(require_actor(), change_id)


def detail(variant: Variant) -> dict[str, Any]:
    """A product in full."""
    return {"id": variant.id, "brand_id": variant.brand_id, "mpn": variant.mpn, **service.content(variant)}
