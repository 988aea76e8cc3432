"""What all parts of a scenario are made of: strict fields, shares of a whole."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


class Part(BaseModel):
    """A part of a scenario: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


def shares_add_up(shares: dict[Any, float]) -> dict[Any, float]:
    """Check that shares of a whole add up to 1.

    Raises:
        ValueError: If their sum is further from 1 than rounding explains.
    """
    total = math.fsum(shares.values())
    if not math.isclose(total, 1, abs_tol=1e-6):
        terms = " + ".join(f"{share:g} ({name})" for name, share in shares.items())
        raise ValueError(f"{terms or 'no shares'} make {total:g}; shares must add up to 1")
    return shares
