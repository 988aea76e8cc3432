"""Dynamics 365 outbound marketing: its cookie and session logic, after its public documentation.

Read `rules` first. Source: Microsoft Learn, "How the outbound marketing app uses cookies" (2023-09-20).
"""

from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.system import OutboundMarketing

__all__ = ["OutboundMarketing", "Policy"]
