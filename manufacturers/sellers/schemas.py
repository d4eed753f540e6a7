"""Shapes of authorizations."""

from marshmallow import fields, validate

from manufacturers.catalog.schemas import CatalogListQuery
from manufacturers.sellers.queries import SORTS
from marketplace.web import lists
from marketplace.web.api import Day, Line, Schema

CODE = validate.Regexp(r"^[A-Za-z]{2}\Z", error="Country codes have two letters, such as DE, AT.")
CODES = validate.Regexp(r"^[A-Za-z]{2}(?:[ ,;]+[A-Za-z]{2})*$", error="Country codes have two letters, such as DE, AT.")


class AuthorizationQuery(CatalogListQuery):
    """Which authorizations, in which order."""

    sort = lists.sort_field(SORTS)


class AuthorizationGrant(Schema):
    """Who may sell which brand, where and when; no country means everywhere."""

    seller_id = fields.String(required=True, validate=validate.Length(max=40))
    brand_id = fields.String(required=True, validate=validate.Length(max=40))
    countries = fields.List(fields.String(validate=CODE), load_default=list)
    valid_from = Day()
    valid_to = Day()


class AuthorizationGrantForm(AuthorizationGrant):
    """The same from a form, where countries stand in one field."""

    countries = fields.String(load_default="", validate=CODES)  # type: ignore[assignment]


class AuthorizationRevocation(Schema):
    """Why an authorization is taken back."""

    because = Line(required=True, validate=validate.Length(min=1, max=500))


class GrantedAuthorization(Schema):
    """An authorization with names."""

    id = fields.String()
    seller_id = fields.String()
    seller = fields.String()
    brand_id = fields.String()
    brand = fields.String()
    countries = fields.List(fields.String())
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    status = fields.String(metadata={"description": "active until it is revoked"})
    state = fields.String(validate=validate.OneOf(("active", "scheduled", "expired", "revoked")), metadata={"description": "what it is today"})


GrantedAuthorizationPage = lists.page_of(GrantedAuthorization)


class SellerChoice(Schema):
    """A seller of the market."""

    id = fields.String()
    name = fields.String()
    country = fields.String()


class BrandChoice(Schema):
    """A brand of the manufacturer's."""

    id = fields.String()
    name = fields.String()


class GrantChoices(Schema):
    """What an authorization can name."""

    sellers = fields.List(fields.Nested(SellerChoice))
    brands = fields.List(fields.Nested(BrandChoice))
