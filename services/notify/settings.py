"""Settings of notify; environment variables begin with ``SHOUWEN_NOTIFY_``."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class NotifySettings(BaseSettings):
    """How messages leave."""

    model_config = SettingsConfigDict(env_prefix="SHOUWEN_NOTIFY_", frozen=True, extra="ignore")

    robot_timeout_seconds: float = Field(
        default=5.0, gt=0, le=20, description="Longest wait for a group robot, connecting and answering each"
    )
    robot_hosts: frozenset[str] = Field(
        default=frozenset({"qyapi.weixin.qq.com"}),
        description="Hosts a robot URL may name, over https only; add a private WeCom server here",
    )
    plain_robot_hosts: frozenset[str] = Field(
        default=frozenset(), description="Hosts that may be reached over plain http, for tests and local gateways"
    )
    robot_language: Literal["zh", "en"] = Field(default="zh", description="Language of group messages")
    use_proxy_variables: bool = Field(
        default=False, description="Whether robots are reached through HTTPS_PROXY and its like"
    )
