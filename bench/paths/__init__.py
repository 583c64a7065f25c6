"""One module a path; each has ``async def measure(scale: Scale) -> list[Result]``."""
