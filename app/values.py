"""What the placeholders of a text are filled with, in the language of the text. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.config import Config
from app.directory.office import Office
from app.revision import Content
from flows.definition import COUNTY
from messages.catalog import Catalog, fill

NOT_KNOWN = ""
CALLED = frozenset({"call", "other_phone"})  # ways to reach somebody for which a voicemail can be left


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
            state or self.say("shared.what_no_place"),
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
    office: Office | None,
    now: datetime,
) -> dict[str, str]:
    """Every value a text may name; what is not known is empty."""
    book = Phrasebook(content.catalogs[language])
    place = content.places.get(answers.get("place", ""))
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
        "opens": book.opens(office, now) if office else NOT_KNOWN,
    }


def spelled(number: str) -> str:
    """A number as people here read it: 202-555-0142."""
    american = re.fullmatch(r"\+1([0-9]{3})([0-9]{3})([0-9]{4})", number)
    return "-".join(american.groups()) if american else number


def _checked(book: Phrasebook, checked: str) -> str:
    year, _, month = checked.partition("-")
    return book.say("shared.month_year", month=book.month(int(month[:2])), year=year) if month else year
