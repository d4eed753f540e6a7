"""Shapes of the manufacturer's catalog, for pages and API alike."""

from marshmallow import fields, validate

from marketplace.catalog.queries import CHANGE_SORTS, IMPORT_SORTS, PRODUCT_SORTS
from marketplace.web import lists
from marketplace.web.api import Line, Schema

UNIT = validate.Regexp(r"^[A-Z0-9]{2,3}\Z", error="A unit is a code of two or three letters, such as C62 for a piece.")


class CatalogRowOut(Schema):
    """A staged row and what is wrong with it."""

    row_no = fields.Integer(metadata={"description": "The line of the file; of products that a whole catalog no longer has, only their order."})
    kind = fields.String()
    data = fields.Dict()
    errors = fields.List(fields.Dict())
    variant_id = fields.String(allow_none=True)


class CatalogImportOut(Schema):
    """An import and how far it is."""

    id = fields.String()
    file_name = fields.String()
    format = fields.String()
    mode = fields.String()
    status = fields.String()
    total = fields.Integer()
    done = fields.Integer()
    counts = fields.Dict()
    mapping = fields.Dict()
    unmapped = fields.List(fields.String())
    refusal = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()


CatalogImportPage = lists.page_of(CatalogImportOut)


CatalogRowPage = lists.page_of(CatalogRowOut)


class CatalogApproval(Schema):
    """Whether what is gone from the file is retired."""

    retire_gone = fields.Boolean(load_default=False)


class CatalogListQuery(lists.PageQuery):
    """Which part of a list that is searched."""

    q = fields.String(load_default="", validate=validate.Length(max=200))


class OwnProductQuery(CatalogListQuery):
    """Which products, in which order."""

    sort = lists.sort_field(PRODUCT_SORTS)


class CatalogImportQuery(lists.PageQuery):
    """Which imports, in which order."""

    sort = lists.sort_field(IMPORT_SORTS)


class ProductChangeQuery(lists.PageQuery):
    """Which changes, in which order."""

    sort = lists.sort_field(CHANGE_SORTS)


class CatalogRowQuery(Schema):
    """Which kind of rows, and which part of them."""

    kind = fields.String(load_default="bad", validate=validate.OneOf(["new", "changed", "same", "gone", "bad"]))
    cursor = fields.String(validate=validate.Length(max=400))


class OwnProductOut(Schema):
    """A product in a list."""

    id = fields.String()
    name = fields.String()
    mpn = fields.String()
    gtin = fields.String(allow_none=True)
    brand = fields.String()
    category = fields.String(allow_none=True)
    unit = fields.String()
    status = fields.String()


OwnProductPage = lists.page_of(OwnProductOut)


class OwnProductDetail(Schema):
    """One product in full."""

    id = fields.String()
    brand_id = fields.String()
    mpn = fields.String()
    gtin = fields.String(allow_none=True)
    name = fields.String()
    description = fields.String(allow_none=True)
    attributes = fields.Dict()
    unit = fields.String()
    status = fields.String()


class ProductProposal(Schema):
    """New content for a product; only what is given changes."""

    name = Line(validate=validate.Length(min=1, max=300))
    description = fields.String(validate=validate.Length(max=20_000))
    gtin = Line(validate=validate.Length(max=40))
    unit = fields.String(validate=UNIT)


class ProductForm(ProductProposal):
    """The same from the page, which shows all of it: what is blank there is taken away."""

    name = Line(required=True, validate=validate.Length(min=1, max=300))
    description = fields.String(load_default="", validate=validate.Length(max=20_000))
    gtin = Line(load_default="", validate=validate.Length(max=40))
    unit = fields.String(required=True, validate=UNIT)


class ProductChangeOut(Schema):
    """A proposed or made change."""

    id = fields.String()
    variant_id = fields.String(allow_none=True)
    status = fields.String()
    old = fields.Dict()
    new = fields.Dict()
    author = fields.String()
    reviewer = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    reviewed_at = fields.AwareDateTime(allow_none=True)


ProductChangePage = lists.page_of(ProductChangeOut)
