"""Product pictures for the demo: calm technical drawings, made from a name and a number, the same each time."""

from __future__ import annotations

import random

INK, SOFT = "#41556b", "#c9d6e3"
TINTS = ("#e7f0f8", "#edf5ec", "#f8efe4", "#f3ecf7", "#e9f4f4", "#f6ecec")


def svg(family: str, seed: int) -> bytes:
    """One drawing of a family's product, under 2 KB, without scripts."""
    chance = random.Random(f"{family}:{seed}")
    tint = TINTS[seed % len(TINTS)]
    body = DRAWINGS.get(family.rsplit(" ", 1)[-1], _box)(chance)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><rect width="200" height="200" fill="{tint}"/>'
        f'<g fill="#fff" stroke="{INK}" stroke-width="4" stroke-linejoin="round" stroke-linecap="round">{body}</g></svg>'
    ).encode()


def _box(chance: random.Random) -> str:
    width, height = chance.randint(80, 120), chance.randint(80, 130)
    x, y = 100 - width // 2, 100 - height // 2
    return (f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/><path d="M{x + 12} {y + 14}h{width - 24}" stroke="{SOFT}"/>'
            f'<circle cx="{x + width - 16}" cy="100" r="5" fill="{SOFT}"/>')


def _row(chance: random.Random) -> str:
    count = chance.randint(2, 5)
    width = 120 // count
    return "".join(
        f'<rect x="{40 + i * width}" y="60" width="{width}" height="80" rx="3"/><circle cx="{40 + i * width + width // 2}" cy="82" r="6"'
        f' fill="{SOFT}"/><circle cx="{40 + i * width + width // 2}" cy="118" r="6" fill="{SOFT}"/>' for i in range(count))


def _coil(chance: random.Random) -> str:
    rings = "".join(f'<circle cx="100" cy="100" r="{r}" fill="none"/>' for r in range(30, 70, chance.choice((6, 8, 10))))
    return f'{rings}<path d="M168 100c10 20 0 40-20 52" fill="none"/>'


def _round(chance: random.Random) -> str:
    r = chance.randint(40, 60)
    return f'<circle cx="100" cy="100" r="{r}"/><circle cx="100" cy="100" r="{r - 16}" fill="{SOFT}"/><circle cx="100" cy="100" r="{r - 30}"/>'


def _rod(chance: random.Random) -> str:
    length = chance.randint(80, 120)
    x = 100 - length // 2
    teeth = "".join(f'<path d="M{x + 30 + i * 8} 84v32"/>' for i in range((length - 36) // 8))
    return f'<rect x="{x}" y="84" width="{length}" height="32" rx="4"/><rect x="{x - 14}" y="72" width="26" height="56" rx="4"/>{teeth}'


def _dome(chance: random.Random) -> str:
    depth = chance.randint(30, 55)
    return f'<path d="M50 90q50-{depth * 2} 100 0z"/><path d="M60 90h80l-10 20h-60z" fill="{SOFT}"/><path d="M100 40v-16"/>'


def _machine(chance: random.Random) -> str:
    fins = "".join(f'<path d="M{62 + i * 12} 76v48"/>' for i in range(chance.randint(4, 6)))
    return f'<rect x="50" y="70" width="84" height="60" rx="8"/>{fins}<rect x="134" y="90" width="28" height="20"/><path d="M60 130v14h64v-14"/>'


def _valve(chance: random.Random) -> str:
    size = chance.randint(22, 32)
    return (f'<path d="M30 {100 - size}h20l30 20h40l30-20h20v{2 * size}h-20l-30-20h-40l-30 20h-20z"/>'
            f'<circle cx="100" cy="100" r="{size - 4}" fill="{SOFT}"/><path d="M100 76v-34M76 42h48"/>')


def _barrel(chance: random.Random) -> str:
    length = chance.randint(64, 92)
    thread = "".join(f'<path d="M{64 + i * 9} 82v36"/>' for i in range((length - 14) // 9))
    return (f'<path d="M{56 + length + 16} 100q18 0 22 22t22 30" fill="none"/><rect x="{56 + length}" y="88" width="18" height="24" rx="4"/>'
            f'<rect x="52" y="82" width="{length + 6}" height="36" rx="4"/>{thread}<rect x="38" y="80" width="16" height="40" rx="4" fill="{SOFT}"/>')


def _driver(chance: random.Random) -> str:
    grip = chance.randint(66, 84)
    return (f'<rect x="28" y="80" width="{grip}" height="40" rx="16"/><path d="M44 92h{grip - 34}M44 108h{grip - 34}" stroke="{SOFT}"/>'
            f'<rect x="{28 + grip}" y="86" width="16" height="28" rx="3" fill="{SOFT}"/><path d="M{44 + grip} 95h{116 - grip}l10 5-10 5h-{116 - grip}z"/>')


def _drive(chance: random.Random) -> str:
    height = chance.randint(116, 136)
    top = 100 - height // 2
    vents = "".join(f'<path d="M70 {top + height - 20 - i * 10}h60" stroke="{SOFT}"/>' for i in range(3))
    return (f'<rect x="56" y="{top}" width="88" height="{height}" rx="7"/><rect x="70" y="{top + 14}" width="60" height="26" rx="3" fill="{SOFT}"/>'
            f'<circle cx="84" cy="{top + 58}" r="7"/><path d="M102 {top + 52}h26M102 {top + 64}h26"/>{vents}')


DRAWINGS = {"block": _row, "breaker": _row, "cable": _coil, "button": _round, "sensor": _barrel, "bolt": _rod, "screwdriver": _driver,
            "light": _dome, "motor": _machine, "inverter": _drive, "enclosure": _box, "valve": _valve}
