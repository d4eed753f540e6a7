"""Settings, read once from the environment. Every setting has a default that suits one machine.

`docs/operators.md` lists them. Production refuses to start with the development secret.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

WHOLE, NUMBER = re.compile("[0-9]{1,9}"), re.compile(r"[0-9]{1,9}(\.[0-9]+)?")
SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - refused by check() in production


@dataclass(frozen=True)
class Settings:
    """What may differ between installations."""

    database_url: str
    redis_url: str
    secret_key: str
    environment: str
    base_domain: str
    trusted_proxies: int
    var: Path
    payment_gateway: str
    stripe_api_key: str
    stripe_webhook_secret: str
    sandbox_url: str
    hold_days: int
    accept_hours: int
    metrics_port: int
    counts_seconds: float


def from_environment() -> Settings:
    """Read the settings; raises RuntimeError, naming it, on one that cannot be read."""
    get = os.environ.get
    return Settings(
        database_url=get("DATABASE_URL", ""),
        redis_url=get("REDIS_URL", ""),
        secret_key=get("SECRET_KEY", DEVELOPMENT_SECRET),
        environment=get("MARKETSQUARE_ENV", "development"),
        base_domain=get("BASE_DOMAIN", "localhost"),
        trusted_proxies=int(_number("TRUSTED_PROXIES", "0")),
        var=Path(get("MARKETSQUARE_VAR", str(Path(__file__).parents[2] / "var"))),
        payment_gateway=get("PAYMENT_GATEWAY", "stripe" if get("STRIPE_API_KEY") else "sandbox"),
        stripe_api_key=get("STRIPE_API_KEY", ""),
        stripe_webhook_secret=get("STRIPE_WEBHOOK_SECRET", ""),
        sandbox_url=get("SANDBOX_URL", ""),
        hold_days=int(_number("HOLD_DAYS", "7")),
        accept_hours=int(_number("ACCEPT_HOURS", "48")),
        metrics_port=int(_number("METRICS_PORT", "0")),
        counts_seconds=float(_number("COUNTS_SECONDS", "10", NUMBER)),
    )


def _number(name: str, default: str, shape: re.Pattern[str] = WHOLE) -> str:
    text = os.environ.get(name, default)
    if not shape.fullmatch(text):
        raise RuntimeError(f"{name} is {text!r}: set it to a number, such as {default}.")
    return text


def check(settings: Settings) -> None:
    """Refuse to serve with an address that is none, or with settings that are unsafe in production; raises RuntimeError."""
    if settings.database_url and settings.database_url.partition("://")[0] not in SCHEMES:
        raise RuntimeError("DATABASE_URL is no address of a PostgreSQL database, such as postgresql://role:password@host/database.")
    if settings.environment == "production" and settings.secret_key == DEVELOPMENT_SECRET:
        raise RuntimeError("SECRET_KEY is the development secret: set a secret of your own before production.")


def psycopg_url(url: str) -> str:
    """The same address with the driver named, as SQLAlchemy wants it."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url
