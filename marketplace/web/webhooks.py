"""The provider's way in: messages are verified and stored, the answer is quick, the work follows."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request

from marketplace.core import tenancy
from marketplace.payments import webhooks

blueprint = Blueprint("webhooks", __name__)


def register(app: Flask) -> None:
    """Take messages on the market's own host."""
    app.register_blueprint(blueprint)


@blueprint.post("/webhooks/<gateway>")
def receive(gateway: str) -> Response:
    """Take one message of the payment provider."""
    with tenancy.as_market():
        webhooks.receive(gateway, request.get_data(), request.headers.get("Stripe-Signature", ""))
    return Response(status=204)
