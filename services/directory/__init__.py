"""Who is who: sites, departments, people, rosters, accounts, tokens and packs, as whole effective-dated records.

Owns: the records of the DIRECTORY stream, and password hashes, which never leave. Hears: nobody. Says: record_put.
"""
