"""From role, site and instant to people, with the reason of every step; pure."""
