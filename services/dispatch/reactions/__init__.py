"""What facts of intake and escalation mean for a case; total: what means nothing is ignored with a reason."""

from services.dispatch.reactions.facts import react

__all__ = ["react"]
