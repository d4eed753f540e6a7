"""Work of the catalog that waits in the outbox: staging and applying imports, one part a message."""

from collections.abc import Mapping
from typing import Any

from marketplace.catalog import imports


def stage(payload: Mapping[str, Any]) -> None:
    """Read the next part of a received file; a repeated message does nothing."""
    imports.stage(payload["import_id"], payload.get("after", 0))


def apply(payload: Mapping[str, Any]) -> None:
    """Apply the next batch of an approved import; a repeated message goes on where the last one ended."""
    imports.apply(payload["import_id"])


TOPICS = {"catalog.stage": stage, "catalog.apply": apply}
