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
from services.dispatch.commands.keeping import entities_of, keep
from services.dispatch.commands.obeying import obey
from services.dispatch.commands.taking_over import OpenItem, TakeOver, takes_over

__all__ = [
    "Accept",
    "Assign",
    "Close",
    "CloseAll",
    "Complete",
    "CompleteAll",
    "Defer",
    "FollowUp",
    "OpenItem",
    "Reopen",
    "Reply",
    "ReplyToAll",
    "Return",
    "Start",
    "StepGiven",
    "TakeOver",
    "TakeStep",
    "Transfer",
    "entities_of",
    "keep",
    "obey",
    "takes_over",
]
