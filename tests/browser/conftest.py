from __future__ import annotations

from hypothesis import settings

settings.register_profile("full", max_examples=200_000, deadline=None)
