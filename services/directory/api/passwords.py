"""Password hashes: argon2 in a thread, two at a time, because each takes 64 MiB and a fifth of a second.

Source: ecosystem survey §7.
"""

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2


class Passwords:
    """Makes and checks hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._limiter = CapacityLimiter(AT_ONCE)
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """A new hash of *password*."""
        return await to_thread.run_sync(self._hasher.hash, password, limiter=self._limiter)

    async def fits(self, password_hash: str | None, password: str) -> bool:
        """Whether *password* is the one; without a hash the same work is done and the answer is no."""
        if self._nobodys is None:
            self._nobodys = await self.hash("nobody has this password")
        known = password_hash or self._nobodys
        fits = await to_thread.run_sync(self._verified, known, password, limiter=self._limiter)
        return fits and password_hash is not None

    def _verified(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
