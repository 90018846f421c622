"""What Twilio's console says of our number, for the doctor."""

from __future__ import annotations

from dataclasses import dataclass

from app.config import Twilio
from app.outside.sms import asked, client_of


@dataclass(frozen=True)
class NumberSettings:
    """Where Twilio sends the texts and calls of the hotline's number."""

    sms_url: str
    sms_method: str
    fallback_url: str
    voice_url: str


class TwilioAccount:
    """Reads, and changes nothing. Every method raises SmsError if Twilio does not answer."""

    def __init__(self, twilio: Twilio) -> None:
        self._twilio = twilio
        self._client = client_of(twilio)

    def number_settings(self) -> NumberSettings | None:
        """The settings of the hotline's number, or None if it is none of this account's."""
        number = self._twilio.hotline_number
        found = asked(lambda: self._client.incoming_phone_numbers.list(phone_number=number, limit=1))
        if not found:
            return None
        one = found[0]
        return NumberSettings(
            one.sms_url or "", one.sms_method or "", one.sms_fallback_url or "", one.voice_url or ""
        )

    def keeps_bodies(self) -> bool:
        """True if Twilio still shows the words of a recent text: its logs can be read by whoever has the account."""
        recent = asked(lambda: self._client.messages.list(limit=5))
        return any(message.body for message in recent)
