"""Shapes of authorizations."""

from marshmallow import fields, validate

from manufacturers.catalog.schemas import CatalogListQuery
from manufacturers.sellers.queries import SORTS
from marketplace.web import lists
from marketplace.web.api import Day, Schema


class AuthorizationQuery(CatalogListQuery):
    """Which authorizations, in which order."""

    sort = lists.sort_field(SORTS)


class AuthorizationGrant(Schema):
    """Who may sell which brand, where and when; no country means everywhere."""

    seller_id = fields.String(required=True, validate=validate.Length(max=40))
    brand_id = fields.String(required=True, validate=validate.Length(max=40))
    countries = fields.List(fields.String(validate=validate.Regexp(r"^[A-Za-z]{2}$")), load_default=list)
    valid_from = Day()
    valid_to = Day()


class AuthorizationGrantForm(AuthorizationGrant):
    """The same from a form, where countries stand in one field."""

    countries = fields.String(load_default="", validate=validate.Regexp(r"^[A-Za-z]{2}(?:[ ,;]+[A-Za-z]{2})*$"))  # type: ignore[assignment]


class AuthorizationRevocation(Schema):
    """Why an authorization is taken back."""

    because = fields.String(required=True, validate=validate.Length(min=1, max=500))


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
    status = fields.String()


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
