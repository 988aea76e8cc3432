"""A scenario's system as a real service, with the scenario's website to try it on."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from sim.durations import UNITS_MS
from sim.scenario import Scenario, system_settings
from sim.system import RealService, ServedPage, ServedSite, ServiceError

_GROUP = "crumbline.services"


def serve(
    scenario: Scenario,
    label: str | None,
    *,
    database: Path,
    port: int,
    now: Callable[[], int],
    random: Callable[[int], str],
    started: Callable[[str], None],
) -> None:
    """Serve until interrupted.

    Args:
        scenario: What to serve; nothing of its population is used.
        label: Name of its system; the first one if none is given.
        database: File in which everything is kept.
        port: Port on this machine.
        now: The time, in ms since the epoch.
        random: Gives so many random characters of the URL-safe base64 alphabet.
        started: Told the addresses to open, once it listens.

    Raises:
        ServiceError: If it cannot be started.
    """
    label = label or next(iter(scenario.systems))
    if label not in scenario.systems:
        raise ServiceError(f"no system {label!r} in the scenario; it has {', '.join(scenario.systems)}")
    under_test = scenario.systems[label]
    found = {entry.name: entry for entry in entry_points(group=_GROUP)}.get(under_test.use)
    if found is None:
        raise ServiceError(f"{under_test.use!r} has no real service: no entry point of that name in {_GROUP!r}")
    try:
        real: RealService = found.load()
    except ImportError as problem:
        name = (problem.name or "").partition(".")[0]
        raise ServiceError(f"{name} is missing: pip install 'crumbline[serve]'") from None
    real(
        settings=system_settings(under_test.use, under_test.settings),
        site=served_site(scenario),
        database=database,
        port=port,
        now=now,
        random=random,
        started=started,
    )


def served_site(scenario: Scenario) -> ServedSite:
    """What of a scenario's website is served. Its consent cookie is set by script, whatever the scenario says."""
    return ServedSite(
        pages=tuple(
            ServedPage(
                path=page.path,
                website_id=page.website_id,
                form=page.form,
                prefill=page.prefill,
                captured=page.captured,
            )
            for page in scenario.website.pages
        ),
        banner=scenario.consent.banner.value,
        consent_cookie=scenario.consent.cookie.name,
        consent_life_s=scenario.consent.cookie.life // UNITS_MS["s"],
    )
