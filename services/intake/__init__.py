"""Intake owns requests and the promises given for them.

Owns: what was asked, by which channel, how it was classified, what was promised, consents, links and incidents; the
units and residents of a site.
Hears: dispatch (what is resolved, reopened, closed) and escalation (severities reached by time).
Says: request_received, request_classified, request_amended, consent_recorded, request_withdrawn, requests_linked,
incident_opened.

Source: design section 3.
"""
