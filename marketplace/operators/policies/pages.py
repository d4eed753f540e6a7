"""Pages on which the operator says how the market chooses among sellers: the policies, one with its form, its history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace.core.errors import Conflict, Invalid, MarketError
from marketplace.identity import companies
from marketplace.identity.access import authorize
from marketplace.operators.policies import forms as policy_forms
from marketplace.operators.policies import service as policies
from marketplace.operators.policies import words
from marketplace.routing import policy
from marketplace.routing import settings as rules
from marketplace.routing.models import RoutingPolicy
from marketplace.routing.settings import Settings
from marketplace.web import forms, lists
from marketplace.web.auth import require_actor
from marketplace.web.refusals import told

blueprint = Blueprint("operator_policies", __name__, url_prefix="/operator/policies", template_folder="../templates")
SHORT = 10
"""Versions on one page of a history: they stand below a form."""


@blueprint.get("")
def index() -> str:
    """The market's policy, and who has one of its own."""
    found = policies.scopes(require_actor(), lists.asked())
    names = policies.people(row["changed_by"] for row in [found["market"], *found["items"]])
    return render_template("operators/policies.html", market=found["market"], rows=found["items"], people=names,
                           next_url=lists.next_url(".index", found["next_cursor"]))


@blueprint.get("/<scope>")
def show(scope: str) -> str:
    """One policy: what it says, its form, its history."""
    return _page(policies.view(require_actor(), scope))


@blueprint.post("/<scope>")
def save(scope: str) -> Response | tuple[str, int]:
    """Make what was typed the next version."""
    actor = require_actor()
    policies.view(actor, scope)
    authorize(actor, "market:operate")
    try:
        settings = policy_forms.read(policies.sellers(), policies.brands())
        forms.check_mark(f"policy:{policies.storefront_id(scope)}", lambda: _mark(policies.view(actor, scope)))
        policy.set_policy(actor, settings, policies.storefront_id(scope))
    except (Invalid, forms.ChangedMeanwhile) as refused:
        return _page(policies.view(actor, scope), refused), refused.status
    return _saved(scope)


@blueprint.post("/<scope>/follow")
def follow(scope: str) -> Response:
    """Let a storefront have the market's policy again."""
    try:
        policy.follow_market(require_actor(), scope, _seen())
    except Conflict as refused:
        return told(refused, url_for(".show", scope=scope))
    return _saved(scope)


@blueprint.get("/<scope>/versions/<version>")
def version(scope: str, version: str) -> str:
    """One version, as it was, and what it changed."""
    actor = require_actor()
    view = policies.view(actor, scope)
    row = policy.version_of(actor, policies.number(version), policies.storefront_id(scope))
    [said] = _said([policy.Version(row, policy.changes(row, policy.before(row)))], view.currency)
    settings = rules.read(row.settings)
    facts = words.facts(settings, settings.currency or view.currency, policies.names([settings]))
    return render_template("operators/policy_version.html", view=view, said=said, facts=facts, people=policies.people([row.created_by]),
                           may_write="market:operate" in actor.permissions)


@blueprint.post("/<scope>/versions/<version>/restore")
def restore(scope: str, version: str) -> Response:
    """Make what an old version says the next one."""
    try:
        policy.restore(require_actor(), policies.number(version), policies.storefront_id(scope), _seen())
    except (Conflict, Invalid) as refused:
        return told(refused, url_for(".version", scope=scope, version=version))
    return _saved(scope)


def _seen() -> int | None:
    """The newest version that the page showed."""
    seen = request.form.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None


def _saved(scope: str) -> Response:
    flash(_("This is the policy from now on. Orders placed before keep theirs."))
    return redirect(url_for(".show", scope=scope), 303)


def _mark(view: policies.View) -> str:
    """What the form was made from: the version that held, and the storefront's own."""
    return forms.mark(view.policy.id, view.version)


def _page(view: policies.View, refused: MarketError | None = None) -> str:
    """The policy with its form as it holds, or as it was typed and refused."""
    actor = require_actor()
    history = policy.versions(actor, policies.storefront_id(view.scope), lists.asked(SHORT))
    settings, currency, known = view.policy.settings, view.currency, companies.currencies()
    sellers, brands = policies.sellers(), policies.brands()
    errors = {policy_forms.SHOWN.get(name, name): texts for name, texts in forms.errors(refused).items()}
    return render_template(
        "operators/policy.html", view=view, facts=words.facts(settings, currency, sellers | brands), currency=currency,
        values=policy_forms.typed() if refused else policy_forms.shown(settings, currency, sellers, brands), errors=errors,
        sellers=sellers, brands=brands, currencies=known, currency_choices=[(code, code) for code in known], fillings=list(words.FILLINGS.items()),
        standing=policies.standing(view.policy), mark=_mark(view), may_write="market:operate" in actor.permissions,
        history=_said(history.items, currency), people=policies.people(one.row.created_by for one in history.items),
        next_url=lists.next_url(".show", history.next_cursor),
    )


def _said(many: list[policy.Version], currency: str) -> list[dict[str, Any]]:
    """Versions with what they changed in words. Two statements, however many."""
    spoken = [replace(Settings(), preferences=one.before if one.setting == "preferences" else [], quotas=one.before if one.setting == "quotas" else [])
              for each in many for one in each.changes or []]
    names = policies.names([*spoken, *[rules.read(one.row.settings) for one in many]])
    return [{"row": one.row, "changes": one.changes and words.told(one.changes, _currency(one.row, currency), names),
             "is_first": one.row.version == 1} for one in many]


def _currency(row: RoutingPolicy, currency: str) -> str:
    return rules.read(row.settings).currency or currency
