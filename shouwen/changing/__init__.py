"""A change to the calendars of sites: its file read, its effect shown, put in force."""
