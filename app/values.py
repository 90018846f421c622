"""What the placeholders of a text are filled with, in the language of the text. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.config import Config
from app.directory.office import Office
from app.revision import Content
from flows.definition import COUNTY
from messages.catalog import Catalog, Text, fill, placeholders

NOT_KNOWN = ""
SHOWN = 40  # characters of a listed name that a text has room for
CALLED = frozenset({"call", "other_phone"})  # ways to reach somebody for which a voicemail can be left


class Listed(Protocol):
    """What a text says of a service to which nothing is sent."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def phone(self) -> str:
        """Its number, or nothing."""

    @property
    def hours(self) -> str:
        """When it answers, in a few words, or nothing."""


@dataclass(frozen=True)
class Named:
    """What of the directory a turn may name: the offices it speaks of, and numbers to call besides."""

    offices: tuple[Office, ...] = ()
    listed: Sequence[Listed] = ()

    def office(self, identity: str) -> Office | None:
        """The office with this id."""
        return next((office for office in self.offices if office.id == identity), None)


NOBODY = Named()


@dataclass(frozen=True)
class Phrasebook:
    """The small phrases of one language (`shared.*`) that other texts are put together from."""

    catalog: Catalog

    def say(self, message: str, **values: str) -> str:
        """The words of a message with these values; empty if the catalog has no such message."""
        text = self.catalog.get(message)
        return fill(text.text, values) if text else NOT_KNOWN

    def month(self, number: int) -> str:
        """A month's short name."""
        return self.say(f"shared.month_{number}")

    def date(self, moment: datetime) -> str:
        """A day without its year."""
        return self.say("shared.date", month=self.month(moment.month), day=str(moment.day))

    def clock(self, moment: datetime) -> str:
        """A time as people here write it: 9 am, 1:30 pm."""
        hour = f"{moment.hour % 12 or 12}" + (f":{moment.minute:02}" if moment.minute else "")
        return f"{hour} {'am' if moment.hour < 12 else 'pm'}"

    def opens(self, office: Office, now: datetime) -> str:
        """When an office is open, on its own clock."""
        opening = office.opening(now)
        today = now.astimezone(opening.at.tzinfo).date()
        if opening.open_now:
            return self.say("shared.opens_now")
        if opening.at.date() == today:
            return self.say("shared.opens_today", time=self.clock(opening.at))
        if opening.at.date() == today + timedelta(days=1):
            return self.say("shared.opens_tomorrow", time=self.clock(opening.at))
        return self.say("shared.opens_on", date=self.date(opening.at), time=self.clock(opening.at))

    def what_goes(self, answers: Mapping[str, str], state: str) -> str:
        """Exactly what an office will read, in the order in which it was asked."""
        other = answers.get("reach") == "other_phone"
        called = answers.get("reach") in CALLED
        parts = [
            self.say("shared.what_other_phone" if other else "shared.what_this_phone"),
            ", ".join(filter(None, (answers.get(COUNTY), state))) or self.say("shared.what_no_place"),
            self.say(f"shared.what_{answers['held']}") if answers.get("held") else "",
            self.say("shared.what_minor") if answers.get("minor") == "maybe" else "",
            self.say(f"shared.what_spoken_{answers.get('spoken') or self.catalog.language}"),
            self.say(f"shared.what_{'call' if other else answers.get('reach', 'call')}"),
            self.say(f"shared.what_{answers['voicemail']}") if called and answers.get("voicemail") else "",
            self.say("shared.what_word") if answers.get("ask_for") else "",
        ]
        return ", ".join(part for part in parts if part)


def values_for(
    content: Content,
    language: str,
    config: Config,
    answers: Mapping[str, str],
    named: Named,
    now: datetime,
) -> dict[str, str]:
    """Every value a text may name; what is not known is empty."""
    book = Phrasebook(content.catalogs[language])
    place = content.places.get(answers.get("place", ""))
    office = named.office(answers.get("office", ""))
    others = filter(None, map(named.office, answers.get("others", "").split()))
    state = place.names.get(language, place.names["en"]) if place else NOT_KNOWN
    return {
        "line": config.line_name,
        "voice": spelled(config.voice_number),
        "hours": config.voice_hours or NOT_KNOWN,
        "email": config.contact_email,
        "state": state,
        "county": answers.get(COUNTY, NOT_KNOWN),
        "checked": _checked(book, place.checked) if place else NOT_KNOWN,
        "reference": answers.get("reference", NOT_KNOWN),
        "word": answers.get("word", NOT_KNOWN),
        "since": book.date(datetime.fromisoformat(answers["since"])) if answers.get("since") else NOT_KNOWN,
        "what": book.what_goes(answers, state),
        "office": office.name if office else NOT_KNOWN,
        "office_phone": spelled(office.phone) if office else NOT_KNOWN,
        "others": ", ".join(other.name for other in others),
        "listed": numbers(named.listed) or spelled(config.voice_number),
        "often": book.say("shared.often_urgent") if answers.get("urgent") == "urgent" else NOT_KNOWN,
        "opens": book.opens(office, now) if office else NOT_KNOWN,
    }


def numbers(listed: Sequence[Listed]) -> str:
    """The numbers of listed services, with their names and hours."""
    told = (
        ", ".join(dict.fromkeys(filter(None, (shown(each.name), spelled(each.phone), shown(each.hours)))))
        for each in listed
        if each.phone
    )
    return "; ".join(told)


def shown(text: str) -> str:
    """A few words from elsewhere as a text has room for them: short, and without letters that double its price."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain if len(plain) <= SHOWN else plain[:SHOWN].rsplit(" ", 1)[0].rstrip(" ,;-")


def names_numbers(text: Text | None) -> bool:
    """True if a text names numbers of the directory, which have to be looked up for it."""
    return text is not None and "listed" in placeholders(text.text)


def spelled(number: str) -> str:
    """A number as people here read it: 202-555-0142."""
    american = re.fullmatch(r"\+1([0-9]{3})([0-9]{3})([0-9]{4})", number)
    return "-".join(american.groups()) if american else number


def _checked(book: Phrasebook, checked: str) -> str:
    year, _, month = checked.partition("-")
    return book.say("shared.month_year", month=book.month(int(month[:2])), year=year) if month else year
