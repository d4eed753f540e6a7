"""Facts of the catalog."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VariantPublished:
    """A variant is new in the catalog, or its content changed."""

    variant_id: str
    manufacturer_id: str
    brand_id: str
