"""Facts of the channel."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AuthorizationRevoked:
    """A manufacturer no longer lets a seller sell a brand; open orders go on."""

    authorization_id: str
    manufacturer_id: str
    seller_id: str
    brand_id: str
