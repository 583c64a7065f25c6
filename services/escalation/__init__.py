"""Whether time is kept, and who hears of it when it is not.

Owns: the clocks of every case, raises and their climb, acknowledgements, extensions, severity upgrades by time.
Hears: intake, dispatch, notify.
Says: clock_armed, clock_stopped, clock_warned, clock_breached, breach_annulled, case_raised, raise_acknowledged,
extension_requested, extension_decided, severity_upgraded, upgrade_annulled.
"""
