"""Texts that the line sends by itself, through Twilio's REST API. The only home of Twilio's client.

(Answers to a text go back as TwiML inside the webhook and never pass here.)
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from app.config import Twilio

T = TypeVar("T")

log = logging.getLogger(__name__)

TIMEOUT = 10  # seconds; the client's own default is to wait for ever
LISTED = 50
# Twilio's clock and ours are not the same.
CLOCKS_APART = timedelta(minutes=2)
WHATSAPP = "whatsapp:"


@dataclass(frozen=True)
class Failure:
    """What a code means, and what to do: `permanent`: this text will never go; `page`: a person must look."""

    meaning: str
    permanent: bool
    page: bool = False


# twilio.com/docs/api/errors. Those from 30000 to 30999 come in status callbacks only.
FAILURES: dict[int, Failure] = {
    20003: Failure("Twilio does not accept our credentials", permanent=False, page=True),
    20005: Failure("the account is suspended", permanent=False, page=True),
    20429: Failure("too many requests", permanent=False),
    21211: Failure("not a number", permanent=True),
    21408: Failure("the account may not text this region", permanent=True, page=True),
    21602: Failure("the text is empty", permanent=True, page=True),
    21606: Failure("the sender cannot send texts", permanent=True, page=True),
    21610: Failure("the person has opted out at Twilio", permanent=True),
    21611: Failure("the sender's queue is full", permanent=False),
    21612: Failure("no route from this sender to this number", permanent=True, page=True),
    21614: Failure("not a mobile number", permanent=True),
    21617: Failure("the text is too long", permanent=True, page=True),
    21635: Failure("a landline", permanent=True),
    30001: Failure("the queue overflowed", permanent=False),
    30002: Failure("the account was suspended", permanent=False, page=True),
    30003: Failure("the phone cannot be reached now", permanent=False),
    30004: Failure("blocked by the person or the carrier", permanent=True),
    30005: Failure("the number does not exist", permanent=True),
    30006: Failure("a landline, or a carrier that cannot be reached", permanent=True),
    30007: Failure("filtered by the carrier", permanent=True, page=True),
    30008: Failure("not delivered, nobody knows why", permanent=False),
    30022: Failure("too fast for the carrier", permanent=False),
    30023: Failure("the day's limit is reached", permanent=False, page=True),
    30027: Failure("the carrier's daily limit is reached", permanent=False, page=True),
    30029: Failure("discarding contents is not enabled on the account", permanent=True, page=True),
    30030: Failure("hiding addresses is not enabled on the account", permanent=True, page=True),
    30034: Failure("the sender is not registered for A2P 10DLC", permanent=True, page=True),
    30410: Failure("the provider did not answer in time", permanent=False),
    30450: Failure("blocked by the carrier", permanent=True, page=True),
    63016: Failure("WhatsApp takes no free text more than a day after the person's own", permanent=True),
    63018: Failure("too fast for the channel", permanent=False),
}
UNKNOWN = Failure("a code we do not know", permanent=False, page=True)


class SmsError(Exception):
    """A text that did not go, or (`uncertain`) may have gone though nobody said so.

    `code` is Twilio's, None where the network failed. It never carries Twilio's own words: they quote numbers.
    """

    def __init__(self, code: int | None, *, permanent: bool, uncertain: bool = False) -> None:
        self.code = code
        self.permanent = permanent
        self.uncertain = uncertain
        meaning = FAILURES.get(code, UNKNOWN).meaning if code else "no answer that can be understood"
        super().__init__(f"text not sent: {meaning} ({code or 'network'})")


class Texts(Protocol):
    """How the line texts somebody by itself."""

    def send(self, to: str, body: str, callback_url: str) -> None:
        """Sends one text; Twilio reports its way to `callback_url`.

        Its sid is not given back: with it Twilio would tell whose number it was.

        Raises:
            SmsError: it did not go, or nobody knows.
        """

    def was_sent(self, to: str, since: datetime) -> bool:
        """True if Twilio's log shows a text that we sent to this address by ourselves since then.

        Raises:
            SmsError: the log cannot be asked.
        """


class TwilioTexts:
    """The texts of one Twilio account."""

    def __init__(self, twilio: Twilio) -> None:
        self._client = client_of(twilio)
        self._twilio = twilio

    def send(self, to: str, body: str, callback_url: str) -> None:
        """Sends one text; see Texts."""
        asked(
            lambda: self._client.messages.create(
                to=to, body=body, status_callback=callback_url, **self._sender(to)
            )
        )

    def was_sent(self, to: str, since: datetime) -> bool:
        """Looks through Twilio's log; see Texts.

        By the time of creation and not by DateSent, which a text that still waits in the queue does not have.
        """
        messages: Iterable[Any] = asked(lambda: self._client.messages.list(to=to, limit=LISTED))
        return any(
            message.direction == "outbound-api" and message.date_created >= since - CLOCKS_APART
            for message in messages
            if message.date_created is not None
        )

    def _sender(self, to: str) -> dict[str, str]:
        """Who the text is from; over WhatsApp both ends carry the prefix."""
        number, service = self._twilio.hotline_number, self._twilio.messaging_service_sid
        if to.startswith(WHATSAPP) and number:
            return {"from_": WHATSAPP + number}
        return {"messaging_service_sid": service} if service else {"from_": number or ""}


def client_of(twilio: Twilio) -> Any:
    """Twilio's client for this account, with a time-out and without numbers in its log."""
    # Some 20 MB and 150 ms that the web processes, which import this module's errors, do not need.
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    # At INFO it writes every address it asks for.
    logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
    key = (twilio.api_key, twilio.api_secret) if twilio.api_key else (twilio.account_sid, twilio.auth_token)
    client = Client(*key, twilio.account_sid, http_client=TwilioHttpClient(timeout=TIMEOUT))
    client.api.base_url = twilio.api_url
    return client


def asked(ask: Callable[[], T]) -> T:
    """What Twilio answered, or our one error.

    `from None`: the vendor's words may quote a number, and rq keeps the traceback of a job that failed.
    """
    from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

    try:
        return ask()
    except (TwilioRestException, TwilioServiceException) as error:
        raise _refused(error.status, error.code) from None
    except TwilioException as error:
        raise _refused_page(error) from None
    except (OSError, ValueError):  # requests' errors are OSErrors
        raise _unknown() from None


def _refused_page(error: Exception) -> SmsError:
    """A refused list: the client (9.13) gives no code then, but the whole answer as the second argument."""
    try:
        answer = error.args[1]
        return _refused(answer.status_code, json.loads(answer.text)["code"])
    except (IndexError, AttributeError, ValueError, KeyError, TypeError):
        return _unknown()


def _unknown() -> SmsError:
    return SmsError(None, permanent=False, uncertain=True)


def _refused(status: int, code: int | None) -> SmsError:
    if status >= 500:
        return SmsError(code, permanent=False, uncertain=True)
    failure = FAILURES.get(code or 0, UNKNOWN)
    if failure.page:
        log.error("Twilio refuses our texts: look at the account", extra={"code": code})
    return SmsError(code, permanent=failure.permanent)
