"""What a case looks like from outside, and how it stands."""
