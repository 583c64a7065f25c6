"""What people ask for: the commands, who may give them, and what they do; only commands can be refused."""

from services.dispatch.commands.asked import (
    Accept,
    Assign,
    Close,
    CloseAll,
    Complete,
    CompleteAll,
    Defer,
    FollowUp,
    Reopen,
    Reply,
    ReplyToAll,
    Return,
    Start,
    StepGiven,
    TakeStep,
    Transfer,
)
from services.dispatch.commands.obeying import obey

__all__ = [
    "Accept",
    "Assign",
    "Close",
    "CloseAll",
    "Complete",
    "CompleteAll",
    "Defer",
    "FollowUp",
    "Reopen",
    "Reply",
    "ReplyToAll",
    "Return",
    "Start",
    "StepGiven",
    "TakeStep",
    "Transfer",
    "obey",
]
