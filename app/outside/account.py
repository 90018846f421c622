"""What Twilio's console says of our number, for the doctor."""

from __future__ import annotations

from dataclasses import dataclass

from app.config import Twilio
from app.outside.sms import asked, client_of

LOOKED_AT = 5  # numbers, or texts


@dataclass(frozen=True)
class NumberSettings:
    """Where Twilio sends the texts and calls of the hotline's number."""

    sms_url: str
    sms_method: str
    fallback_url: str
    voice_url: str
    voice_method: str


class TwilioAccount:
    """Reads, and changes nothing. Every method raises SmsError if Twilio does not answer."""

    def __init__(self, twilio: Twilio) -> None:
        self._twilio = twilio
        self._client = client_of(twilio)

    def number_settings(self) -> NumberSettings | None:
        """The settings of the hotline's number, or None if it is none of this account's."""
        number = self._twilio.hotline_number
        if number is None:  # asked for no number, Twilio would list them all
            return None
        found = asked(lambda: self._client.incoming_phone_numbers.list(phone_number=number, limit=LOOKED_AT))
        # Twilio finds parts of numbers too.
        own = next((one for one in found if one.phone_number == number), None)
        if own is None:
            return None
        return NumberSettings(
            sms_url=own.sms_url or "",
            sms_method=own.sms_method or "POST",
            fallback_url=own.sms_fallback_url or "",
            voice_url=own.voice_url or "",
            voice_method=own.voice_method or "POST",
        )

    def keeps_bodies(self) -> bool | None:
        """True if Twilio still shows the words of a recent text: whoever has the account can read them.

        None if it has no text at all, which proves nothing.
        """
        recent = asked(lambda: self._client.messages.list(limit=LOOKED_AT))
        return any(message.body for message in recent) if recent else None
