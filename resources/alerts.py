"""Alerts to people: one JSON POST to a webhook (Slack, Teams and most others read the `text` field)."""

from __future__ import annotations

from typing import Any

import requests

from ops.errors import ShowrunnerError
from resources.settings import Settings

__all__ = ["AlertError", "send_alert"]

TIMEOUT_S = 10
"""A sensor tick has 60 s for all its alerts; a webhook that takes longer than this is down."""


class AlertError(ShowrunnerError):
    """An alert that did not arrive. The webhook's address is a secret and is not told."""


def send_alert(settings: Settings, text: str, facts: dict[str, Any]) -> bool:
    """Post an alert; False where no webhook is set.

    Raises:
        AlertError: If the webhook does not take it.
    """
    if settings.alert_webhook_url is None:
        return False
    try:
        answer = requests.post(
            settings.alert_webhook_url.get_secret_value(),
            json={"text": text, **facts},
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise AlertError(
            f"the alert webhook cannot be reached ({type(error).__name__})",
            where="SHOWRUNNER_ALERT_WEBHOOK_URL",
            fix="Check the address and the network.",
        ) from None  # the original carries the address
    if not answer.ok:
        raise AlertError(
            f"the alert webhook answered {answer.status_code}",
            where="SHOWRUNNER_ALERT_WEBHOOK_URL",
            fix="Check that the address is still valid.",
        )
    return True
