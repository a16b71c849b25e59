"""A test message through a channel's real door, outside the outbox."""

import secrets
from datetime import datetime
from typing import Any

from core.config import Config
from core.http import client
from core.model import AlertKind, Delivery, Message
from core.net import AddressPolicy


async def send_trial(channel: Any, config: Config, now: datetime) -> None:
    """Send one message to every target of the channel. Raises DeliveryError for the first that fails."""
    message = Message(
        alert_id="al_test",
        kind=AlertKind.HEALTH,
        rule="test",
        title="Borderwire test message",
        url="",
        outlets=(),
        receipt=None,
        created=now,
        lines=("If you can read this, alerts sent to this channel arrive.",),
    )
    async with client(AddressPolicy(config.allow_networks), config.contact) as http:
        for target in channel.targets():
            delivery = Delivery(
                id=f"msg_test{secrets.token_hex(8)}",
                alert_id=message.alert_id,
                channel=channel.name,
                target=target,
                attempts=1,
                epoch=1,
                created=now,
                deadline=now,
                degraded=False,
                message=message,
            )
            await channel.send(delivery, http, now)
