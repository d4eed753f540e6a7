"""Transfers and payouts by page, file and API: alike for sellers and resellers, below the finances of their portal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, render_template
from flask_babel import lazy_gettext as _l
from marshmallow import fields

from marketplace.core import paging
from marketplace.identity.access import Actor
from marketplace.payments import statements
from marketplace.web import api as programs
from marketplace.web import auth, files, lists
from marketplace.web.api import Schema


class Move(Schema):
    """Money on its way, in minor units of its currency."""

    id = fields.String()
    at = fields.String()
    amount_minor = fields.Integer()
    currency = fields.String()
    status = fields.String()
    because = fields.String(allow_none=True, metadata={"description": "why it waits, was refused or failed"})


class TransferOut(Move):
    """From the market to the organization's account, for one seller's part of an order."""

    number = fields.String()
    order_id = fields.String()
    seller_order_id = fields.String()


class PayoutOut(Move):
    """From the organization's account to its bank."""

    arrived_at = fields.String(allow_none=True)


class TransfersQuery(lists.PageQuery):
    """Which page of transfers, in which order."""

    sort = lists.sort_field(statements.TRANSFER_SORTS)


class PayoutsQuery(lists.PageQuery):
    """Which page of payouts, in which order."""

    sort = lists.sort_field(statements.PAYOUT_SORTS)


class Statement(Schema):
    """An organization's money as of now: held until delivery, free to be sent, the newest moves."""

    balances = fields.List(fields.Dict(), metadata={"description": "{currency, held_minor, free_minor}"})
    payout_account = fields.String(allow_none=True)
    transfers = fields.List(fields.Nested(TransferOut))
    payouts = fields.List(fields.Nested(PayoutOut))


@dataclass(frozen=True)
class Kind:
    """A kind of move: its list, the shapes of the API, the columns of its file."""

    name: str
    title: Any
    read: Callable[[Actor, paging.Ask], dict[str, Any]]
    query: type[Schema]
    page: type[Schema]
    columns: tuple[str, ...]


KINDS = (
    Kind("transfers", _l("Transfers to you"), statements.transfers, TransfersQuery, lists.page_of(TransferOut),
         ("at", "number", "amount", "currency", "status", "because")),
    Kind("payouts", _l("Payouts to your bank"), statements.payouts, PayoutsQuery, lists.page_of(PayoutOut),
         ("at", "arrived_at", "amount", "currency", "status", "because")),
)


def register(app: Flask, name: str, prefix: str, finances: str) -> None:
    """Open the lists below `prefix`/finances, which lead back to the endpoint `finances`, and the same by the API."""
    pages = Blueprint(f"{name}_moves", __name__, url_prefix=f"{prefix}/finances")
    api = programs.blueprint(f"{name}-moves-api", __name__, f"/api/v1{prefix}/finances", "What was sent to the organization and paid out.")
    for kind in KINDS:
        _page(pages, kind, finances)
        _program(api, kind)
    app.register_blueprint(pages)
    programs.api.register_blueprint(api)


def _page(pages: Blueprint, kind: Kind, finances: str) -> None:
    @pages.get(f"/{kind.name}", endpoint=kind.name)
    def show() -> str:
        """The list."""
        found = kind.read(auth.require_actor(), lists.asked())
        return render_template("moves.html", kind=kind, found=found, finances=finances,
                               next_url=lists.next_url(f".{kind.name}", found["next_cursor"]))

    @pages.get(f"/{kind.name}.{files.KIND}", endpoint=f"{kind.name}_file")
    def file(**given: str) -> Response:
        """The same as a file."""
        actor = auth.require_actor()
        return files.named(given["kind"], kind.name, kind.columns, files.all_pages(lambda cursor: kind.read(actor, lists.for_file(cursor))))


def _program(api: programs.Blueprint, kind: Kind) -> None:
    @api.get(f"/{kind.name}", endpoint=kind.name)
    @api.arguments(kind.query, location="query")
    @api.response(200, kind.page)
    def listed(given: dict[str, Any]) -> dict[str, Any]:
        """Newest first, or as asked."""
        return kind.read(auth.require_actor(), lists.given(given))
