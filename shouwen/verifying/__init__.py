"""Do log and services agree? Digests of both, compared; every difference in words."""
