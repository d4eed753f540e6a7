"""The seller's home page."""

from __future__ import annotations

from flask import Blueprint, render_template

from marketplace.core import clock
from marketplace.web.auth import require_actor
from sellers.home import queries

blueprint = Blueprint("seller_home", __name__, url_prefix="/seller", template_folder="templates")


@blueprint.get("/")
def home() -> str:
    """To accept now, to ship today, what runs out."""
    return render_template("seller_home/home.html", today=queries.today(require_actor()), now=clock.now())
