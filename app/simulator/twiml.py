"""Reads the hotline's TwiML as Twilio does: strictly, and with Twilio's code for what is wrong.

Source: Twilio, "TwiML for Programmable Messaging", "TwiML for Programmable Voice", errors 12100, 12200, 12300, 14103.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from app.simulator.webhook import Answer

XML_TYPES = frozenset({"text/xml", "application/xml", "text/html", "application/twiml+xml"})
LONGEST = 1600


class TwimlError(Exception):
    """An answer that Twilio would not follow, with its code."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


@dataclass(frozen=True)
class Reply:
    """One `<Message>` of an answer."""

    text: str
    callback: str = ""
    media: int = 0


def read_replies(answer: Answer) -> tuple[Reply, ...]:
    """The messages of an answer to a text, in order; none for an empty Response.

    Raises:
        TwimlError: Twilio would report this answer as an error.
    """
    if answer.status == 204:
        return ()
    if answer.content_type == "text/plain":
        return (Reply(_short(answer.body.decode("utf-8", "replace"))),)
    return tuple(_reply(element) for element in _response(answer))


def read_call(answer: Answer) -> tuple[tuple[str, str], ...]:
    """What is heard in a call: (say, words), (dial, number), (pause, seconds), (hangup, "") and so on, in order.

    Raises:
        TwimlError: Twilio would report this answer as an error.
    """
    return tuple(line for element in _response(answer) for line in _heard(element))


def _response(answer: Answer) -> Element:
    if answer.content_type not in XML_TYPES:
        raise TwimlError(12300)
    root = _parse(answer.body)
    if root.tag != "Response":
        raise TwimlError(12200)
    return root


def _parse(body: bytes) -> Element:
    """Builds the tree with expat itself, so that a DOCTYPE, and with it every entity, is refused."""
    builder, parser = TreeBuilder(), expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise TwimlError(12100) from error
    return builder.close()


def _refuse_doctype(*_: object) -> None:
    raise TwimlError(12100)


def _reply(element: Element) -> Reply:
    if element.tag != "Message":
        raise TwimlError(12200)
    bodies, media = element.findall("Body"), len(element.findall("Media"))
    text = "".join(body.text or "" for body in bodies) if bodies else (element.text or "")
    return Reply(_short(text.strip(), media), element.get("statusCallback", ""), media)


def _short(text: str, media: int = 0) -> str:
    if not text and not media:
        raise TwimlError(14103)
    if len(text) > LONGEST:
        raise TwimlError(21617)
    return text


def _heard(element: Element) -> list[tuple[str, str]]:
    text = " ".join("".join(element.itertext()).split())
    match element.tag:
        case "Say":
            return [("say", text)]
        case "Dial":
            return [("dial", text)]
        case "Gather":
            return [line for child in element for line in _heard(child)] + [("gather", "")]
        case "Pause":
            return [("pause", element.get("length", "1"))]
        case "Hangup" | "Reject":
            return [("hangup", "")]
        case "Play" | "Redirect" | "Record":
            return [("other", element.tag)]
    raise TwimlError(12200)
