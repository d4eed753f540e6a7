"""Is the payment provider set up as the market needs it? Asks, and says in words what is missing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from marketplace.core import config
from marketplace.core.checks import Check
from marketplace.core.db import db
from marketplace.payments import gateway
from marketplace.payments.models import PayoutAccount, PayoutAccountStatus
from marketplace.payments.provider import VERSION, ProviderDown, ProviderRefuses

NEEDED = ("checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
          "checkout.session.expired", "refund.updated", "refund.failed", "transfer.reversed")
CONNECT = ("payout.paid", "payout.failed", "account.updated")


def run() -> list[Check]:
    """Check keys, secret, what the key reaches, the endpoint and the connected accounts; breaks say what is missing."""
    settings, name = config.from_environment(), gateway.name()
    found = [Check("settings", 1, _settings(settings, name))]
    if found[0].breaks and name == "stripe" and not settings.stripe_api_key:
        return found
    try:
        platform, endpoints = gateway.current().reaches(), gateway.current().endpoints()
    except (ProviderDown, ProviderRefuses) as error:
        return [*found, Check("the provider", 0, [f"{error.message}{gateway.whereabouts()} Is the key right, and is the provider reachable?"])]
    found.append(Check(f"the platform account {platform['id']}", 1, [] if platform["charges_enabled"] else
                       ["It cannot take charges yet: finish the platform's own onboarding."]))
    found.append(Check("webhook endpoints", len(endpoints), _endpoints(endpoints, name)))
    return [*found, _accounts(name)]


def _settings(settings: config.Settings, name: str) -> list[str]:
    if name not in {"stripe", "sandbox"}:
        return [f"PAYMENT_GATEWAY is {name}: it is 'stripe' or 'sandbox'."]
    if name == "sandbox":
        return ["This is production, and no real money moves in the sandbox: set STRIPE_API_KEY."] if settings.environment == "production" else []
    missing = []
    if not settings.stripe_api_key.startswith(("sk_", "rk_")):
        missing.append("STRIPE_API_KEY is missing, or is no secret key (sk_… or rk_…).")
    if not settings.stripe_webhook_secret.startswith("whsec_"):
        missing.append("STRIPE_WEBHOOK_SECRET is missing, or does not begin with whsec_: no message can be verified.")
    if settings.environment == "production" and "_test_" in settings.stripe_api_key:
        missing.append("This is production with a key of the test mode: no real money moves.")
    return missing


def _endpoints(endpoints: list[dict[str, Any]], name: str) -> list[str]:
    mine = [row for row in endpoints if row["url"].rstrip("/").endswith(f"/webhooks/{name}")]
    if not mine:
        return [f"No endpoint leads to /webhooks/{name}: payments would be seen only when somebody looks."]
    said = {kind for row in mine for kind in row["events"]}
    return [f"{row['url']} is {row['status']}." for row in mine if row["status"] != "enabled"] + [
        f"{row['url']} has the version {row['api_version']}; ours is {VERSION}."
        for row in mine if row["api_version"] not in {None, VERSION}] + [
        f"No endpoint is told of {kind}." for kind in (*NEEDED, *CONNECT) if not said & {kind, "*"}]


def _accounts(name: str) -> Check:
    rows = dict(db.session.execute(select(PayoutAccount.status, func.count()).filter_by(gateway=name).group_by(PayoutAccount.status)).all())
    idle = {status: count for status, count in rows.items() if status != PayoutAccountStatus.ACTIVE.value}
    return Check("connected accounts that can receive money", sum(rows.values()), [
        f"{count} {status}: their owners finish the provider's onboarding." for status, count in sorted(idle.items())])
