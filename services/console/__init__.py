"""The web pages people work with: intake, cases, the live board, registers, incidents, the inbox.

Owns sessions and nothing else. Hears the log only while somebody looks (live updates); says nothing. Everything it
shows or changes it asks of the other services over HTTP, as any other software would.

Source: design.md §1, §10.
"""
