"""Settings every service process reads; environment variables begin with ``SHOUWEN_``."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class RuntimeSettings(BaseSettings):
    """Where the servers are and how much this process may take of them."""

    model_config = SettingsConfigDict(env_prefix="SHOUWEN_", frozen=True, extra="ignore")

    database_url: str = Field(pattern=r"^postgresql\+asyncpg://", description="SQLAlchemy URL, postgresql+asyncpg://…")
    nats_url: str = Field(pattern="^(nats|tls|wss?)://", description="NATS URL, nats://…; may hold a token")
    secret: SecretStr = Field(min_length=16, description="Shared by all processes; signs the console's assertions")
    pool_size: int = Field(default=6, ge=1, le=50, description="Database connections of this process, at most")
    poll_seconds: float = Field(default=1.0, gt=0, le=5, description="Longest sleep between two looks for due steps")
    log_level: str = Field(default="info", description="debug, info, warning or error")
    log_json: bool = Field(default=True, description="One JSON object a line; false for people")
