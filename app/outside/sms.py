"""Texts that the line sends by itself, through Twilio's REST API. The only home of Twilio's client.

(Answers to a text go back as TwiML inside the webhook and never pass here.)
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from app.config import Twilio
from app.outside.failures import NO_CODE, failure_of
from messages.segments import segments

T = TypeVar("T")

log = logging.getLogger(__name__)

TIMEOUT = 10  # seconds; the client's own default is to wait for ever
LISTED = 50
# Twilio's clock and ours are not the same.
CLOCKS_APART = timedelta(minutes=2)
WHATSAPP = "whatsapp:"


class SmsError(Exception):
    """A text that did not go, or (`uncertain`) may have gone though nobody said so.

    `code` is Twilio's, None where it gave none or was not reached. Whether it is `permanent` the table of
    app.outside.failures says, and `after` there what is to be done. It never carries Twilio's own words: they quote
    numbers.
    """

    def __init__(
        self, code: int | None, *, permanent: bool | None = None, uncertain: bool = False, what: str = ""
    ) -> None:
        self.code = code
        self.permanent = failure_of(code).permanent if permanent is None else permanent
        self.uncertain = uncertain
        super().__init__(f"text not sent: {what or failure_of(code).meaning} ({code or 'no code'})")


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
            SmsError: the log cannot be asked; `permanent` if it will never tell.
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
                to=to, body=body, status_callback=callback_url, **self._sender(to), **self._retention()
            )
        )

    def was_sent(self, to: str, since: datetime) -> bool:
        """Looks through Twilio's log; see Texts.

        By the time of creation and not by DateSent, which a text that still waits in the queue does not have.
        A log without addresses finds nobody, which proves nothing: then nobody will ever know.
        """
        if self._twilio.address_retention == "obfuscate":
            raise SmsError(None, permanent=True, uncertain=True, what="Twilio's log hides whom it texted")
        messages: Iterable[Any] = asked(lambda: self._client.messages.list(to=to, limit=LISTED))
        return any(
            message.direction == "outbound-api" and message.date_created >= since - CLOCKS_APART
            for message in messages
            if message.date_created is not None
        )

    def _retention(self) -> dict[str, str]:
        """What Twilio is asked to forget. An account on which that is not enabled refuses the text: 30029, 30030."""
        content, address = self._twilio.content_retention, self._twilio.address_retention
        asked_for = {"content_retention": content, "address_retention": address}
        return {name: value for name, value in asked_for.items() if value != "retain"}

    def _sender(self, to: str) -> dict[str, str]:
        """Who the text is from; over WhatsApp both ends carry the prefix."""
        number, service = self._twilio.hotline_number, self._twilio.messaging_service_sid
        if to.startswith(WHATSAPP) and number:
            return {"from_": WHATSAPP + number}
        return {"messaging_service_sid": service} if service else {"from_": number or ""}


class CountedTexts:
    """Texts whose segments are counted once they went, or may have gone."""

    def __init__(self, texts: Texts, count: Callable[[int], None]) -> None:
        self._texts = texts
        self._count = count

    def send(self, to: str, body: str, callback_url: str) -> None:
        """Sends one text, and counts it; see Texts."""
        try:
            self._texts.send(to, body, callback_url)
        except SmsError as error:
            if error.uncertain:
                self._count(segments(body).count)
            raise
        self._count(segments(body).count)

    def was_sent(self, to: str, since: datetime) -> bool:
        """Looks through Twilio's log; see Texts."""
        return self._texts.was_sent(to, since)


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
    except OSError as error:  # requests' errors are OSErrors
        raise (SmsError(None) if _never_connected(error) else _unknown()) from None
    except ValueError:
        raise _unknown() from None


def _never_connected(error: OSError) -> bool:
    """True if there was no connection, so that nothing can have gone.

    The client asks once: it neither tries again nor follows a redirect, so this was the only attempt. Of a proxy's
    failure we believe nothing.
    """
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, ConnectTimeoutError | NewConnectionError)


def _refused_page(error: Exception) -> SmsError:
    """A refused list: the client (9.13) gives no code then, but the whole answer as the second argument."""
    try:
        answer = error.args[1]
        return _refused(answer.status_code, json.loads(answer.text)["code"])
    except (IndexError, AttributeError, ValueError, KeyError, TypeError):
        return _unknown()


def _unknown() -> SmsError:
    return SmsError(None, permanent=False, uncertain=True, what="no answer that can be understood")


def _refused(status: int, code: int | None) -> SmsError:
    if status >= 500:
        return SmsError(code, permanent=False, uncertain=True)
    if failure_of(NO_CODE if code is None else code).page:
        log.error("Twilio refuses our texts: look at the account", extra={"code": code})
    return SmsError(code, what="" if code else "Twilio refuses it, and does not say why")
