"""Settings of the console; environment variables begin with ``SHOUWEN_``."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConsoleSettings(BaseSettings):
    """How long people stay signed in, and how patient the console is with the services."""

    model_config = SettingsConfigDict(env_prefix="SHOUWEN_", frozen=True, extra="ignore")

    session_idle_hours: float = Field(default=12, gt=0, description="Signed out after so long without a page")
    session_most_hours: float = Field(default=168, gt=0, description="Signed out after so long in any case")
    gateway_timeout_seconds: float = Field(default=20, gt=0, description="How long a service may take to answer")
