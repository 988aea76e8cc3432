"""The profiles as text: what `crumbline profiles` prints."""

from __future__ import annotations

from enum import Enum

from sim.browser.profiles import PROFILES, profile
from sim.browser.quirks import Quirk
from sim.browser.rules import UNLIMITED

_UNITS = ((24 * 60 * 60 * 1000, "d"), (60 * 60 * 1000, "h"), (60 * 1000, "min"))
_SPANS = {"lax_post", "http_life", "script_life", "decorated_script_life", "cloaked_http_life", "spared_age"}
_LEGEND = "Evidence: [M] measured on the engine, [S] stated by its source or its maker, [X] from somebody else's text."


def overview() -> str:
    """All profiles, a line each: name, longest lives from server and script, third-party cookies, whom it describes."""
    rows = [("profile", "server", "script", "third party", "describes")]
    for name, made in PROFILES.items():
        script = (
            f"{made.purge_after} d of use" if made.purge_after is not None else _said("script_life", made.script_life)
        )
        third_party = _said("third_party", made.third_party)
        rows.append((name, _said("http_life", made.http_life), script, third_party, made.describes))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, (*widths, 0), strict=True)).rstrip() for row in rows
    ]
    return "\n".join([*lines, "", "crumbline profiles NAME shows each rule with its source."])


def details(name: str) -> str:
    """One profile, a line for each rule with its value, its evidence and its source.

    Raises:
        ValueError: There is no such profile.
    """
    made = profile(name)
    rules = made.rules()
    width = max(map(len, rules))
    lines = [f"{made.name}: {made.describes}", ""]
    for rule in rules:
        source = made.sources.get(rule)
        mark = f"[{source.evidence.value}] {source.text}" if source else "not claimed"
        lines.append(f"{rule.ljust(width)}  {_said(rule, getattr(made, rule))}  {mark}")
    return "\n".join([*lines, "", _LEGEND])


def _said(rule: str, value: object) -> str:
    if isinstance(value, frozenset):
        quirks = sorted(quirk.name.lower() for quirk in value if isinstance(quirk, Quirk))
        return ", ".join(quirks) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return value.name.lower().replace("_", " ")
    if value is None:
        return "never"
    if value == UNLIMITED:
        return "no limit"
    if rule in _SPANS and isinstance(value, int):
        return next((f"{value // unit} {sign}" for unit, sign in _UNITS if value and value % unit == 0), "0")
    return f"{value} d of use" if rule == "purge_after" else str(value)
