"""Which systems can be put under test: those with an entry point in the group `crumbline.systems`."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import BaseModel

GROUP = "crumbline.systems"


@cache
def installed_systems() -> dict[str, EntryPoint]:
    """Entry points of the systems that are installed, by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def system_settings(name: str, settings: dict[str, Any]) -> BaseModel:
    """Check settings against those of an installed system.

    Raises:
        pydantic.ValidationError: If the system does not take these settings.
    """
    model: type[BaseModel] = installed_systems()[name].load().Settings
    return model.model_validate_json(json.dumps(settings), strict=True)
