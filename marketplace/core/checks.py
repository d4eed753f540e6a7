"""One comparison of what is stored with what it should be, as `flask ops verify` prints it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """`compared` things under `name`; `breaks` says each one that differs, in words."""

    name: str
    compared: int
    breaks: list[str] = field(default_factory=list)
