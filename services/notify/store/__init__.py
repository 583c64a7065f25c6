"""Inboxes, deliveries and tellings in PostgreSQL, and whether they are what was heard and said."""

from services.notify.store.inboxes import InboxStore, Notices
from services.notify.store.proving import NoticeProofs

__all__ = ["InboxStore", "NoticeProofs", "Notices"]
