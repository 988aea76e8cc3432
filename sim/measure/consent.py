"""Whether a system keeps to what people consented to, and what refusal costs it."""

from __future__ import annotations

from sim.measure.joined import Without


def consent_metrics(without: Without, *, interactions: int) -> dict[str, float]:
    """All metrics of consent: shares from 0 to 1, lower is better, and 0 of nothing.

    On pages no id may be recorded, and no cookie set, where the site asks first.

    Args:
        without: What was recorded without consent in force.
        interactions: How many interactions were recorded in all, with consent and without it.
    """
    return {
        "consent.ids_without": without.ids_on_pages / max(without.on_pages, 1),
        "consent.cookies_without": without.cookies_on_pages / max(without.on_pages, 1),
        "consent.ids_by_links_without": without.ids_by_links / max(without.by_links, 1),
        "consent.cookies_by_links_without": without.cookies_by_links / max(without.by_links, 1),
        "consent.credited_without": without.credited / max(without.unsubmitted, 1),
        "consent.lost": without.lost / max(interactions, 1),
    }
