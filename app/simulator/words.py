"""The page's own words, in both languages. What the hotline says is never here."""

from __future__ import annotations

from datetime import date

from app.simulator.carrier import Bubble
from app.simulator.errors import CODES

LANGUAGES = {"en": "English", "es": "Español"}

WORDS = {
    "en": {
        "title": "A phone for trying the line",
        "tagline": "try the line",
        "skip": "Skip to writing a text",
        "language": "Language of this page",
        "demo": "Demonstration.",
        "demo_more": "Nothing leaves this computer, no text is sent, and no real person answers.",
        "demo_facts": "The law is told as it was checked on {day}: here that clock stands still.",
        "phones": "Phones",
        "phone": "Phone",
        "your_phone": "Your phone",
        "new_text": "new text",
        "add_sms": "Add a phone",
        "add_whatsapp": "Add WhatsApp",
        "thread": "Conversation with",
        "empty": "This is a phone in your browser. Write to the line as anyone would: say hello, in any language.",
        "write": "Your text",
        "placeholder": "Text message",
        "send": "Send",
        "call": "Call the line",
        "suggestions": "Quick texts",
        "you": "You",
        "picture": "Picture",
        "mail": "Mail from the line",
        "mail_empty": "Mail that the line sends, such as a referral to a legal office, is caught here.",
        "from": "From",
        "to": "To",
        "no_subject": "(no subject)",
        "bad_day": "Bad day",
        "bad_day_more": "Make something go wrong, once, and see what the line does.",
        "next_text": "My next text",
        "delivery_": "Arrives as it should",
        "delivery_lose": "Its answer is lost, then it is delivered again",
        "delivery_repeat": "Is delivered twice",
        "delivery_twice": "Is delivered twice at the same moment",
        "next_send": "The next message the line sends on its own",
        "send_": "Arrives",
        "send_lose": "Arrives, but the line is not told (connection cut)",
        "refused": "Refused at once",
        "reported": "Accepted, then reported",
        "set": "Set",
        "armed": "Bad day is set",
        "send_picture": "Send a picture",
        "advanced": "Advanced Opt-Out is on",
        "advanced_off": "Advanced Opt-Out is off",
        "turn_on": "Turn on",
        "turn_off": "Turn off",
        "reset": "Forget everything and start over",
        "opted_out": "Opted out: text START to come back",
        "whatsapp": "WhatsApp",
        "jump": "On this page",
        "call_title": "Call",
        "sending": "Sending…",
        "not_sent": "It could not be sent. Is the simulator still running?",
    },
    "es": {
        "title": "Un teléfono para probar la línea",
        "tagline": "pruebe la línea",
        "skip": "Ir a escribir un texto",
        "language": "Idioma de esta página",
        "demo": "Demostración.",
        "demo_more": "Nada sale de esta computadora, no se envía ningún texto y ninguna persona contesta.",
        "demo_facts": "La ley se cuenta como se revisó el {day}: aquí ese reloj está parado.",
        "phones": "Teléfonos",
        "phone": "Teléfono",
        "your_phone": "Su teléfono",
        "new_text": "texto nuevo",
        "add_sms": "Añadir teléfono",
        "add_whatsapp": "Añadir WhatsApp",
        "thread": "Conversación con",
        "empty": "Este es un teléfono en su navegador. Escriba a la línea como lo haría cualquiera: salude, en cualquier idioma.",
        "write": "Su texto",
        "placeholder": "Mensaje de texto",
        "send": "Enviar",
        "call": "Llamar a la línea",
        "suggestions": "Textos rápidos",
        "you": "Usted",
        "picture": "Foto",
        "mail": "Correo de la línea",
        "mail_empty": "El correo que la línea envía, como un caso para una oficina legal, se queda aquí.",
        "from": "De",
        "to": "Para",
        "no_subject": "(sin asunto)",
        "bad_day": "Mal día",
        "bad_day_more": "Haga que algo falle, una vez, y vea qué hace la línea.",
        "next_text": "Mi próximo texto",
        "delivery_": "Llega como debe",
        "delivery_lose": "Se pierde la respuesta y se entrega otra vez",
        "delivery_repeat": "Se entrega dos veces",
        "delivery_twice": "Se entrega dos veces al mismo tiempo",
        "next_send": "El próximo mensaje que la línea manda por su cuenta",
        "send_": "Llega",
        "send_lose": "Llega, pero la línea no lo sabe (conexión cortada)",
        "refused": "Rechazado de inmediato",
        "reported": "Aceptado y luego avisado",
        "set": "Fijar",
        "armed": "Mal día activado",
        "send_picture": "Mandar una foto",
        "advanced": "Advanced Opt-Out está activado",
        "advanced_off": "Advanced Opt-Out está apagado",
        "turn_on": "Activar",
        "turn_off": "Apagar",
        "reset": "Olvidar todo y empezar de nuevo",
        "opted_out": "Dado de baja: mande START para volver",
        "whatsapp": "WhatsApp",
        "jump": "En esta página",
        "call_title": "Llamada",
        "sending": "Enviando…",
        "not_sent": "No se pudo enviar. ¿Sigue funcionando el simulador?",
    },
}

SUGGESTIONS = {
    "en": ("hello", "hola", "1", "2", "3", "0", "HELP", "STOP", "START"),
    "es": ("hola", "hello", "1", "2", "3", "0", "AYUDA", "STOP", "START"),
}

PROBLEMS = {
    "en": {
        "too_long": "That text is over 1,600 characters. Please make it shorter.",
        "phone": "That phone is gone.",
        "number": "That phone could not be added: a 555-01xx number that is not in use yet is needed.",
        "trick": "That bad day is not known here.",
        "json": "That could not be read.",
    },
    "es": {
        "too_long": "El texto pasa de 1,600 caracteres. Por favor hágalo más corto.",
        "phone": "Ese teléfono ya no está.",
        "number": "No se pudo añadir ese teléfono: hace falta un número 555-01xx que no esté en uso.",
        "trick": "Ese mal día no se conoce aquí.",
        "json": "Eso no se pudo leer.",
    },
}

NOTES = {
    "en": {
        "answer_lost": "The line's answer was lost on the way. The same text is delivered again.",
        "same_answer": "The same text was delivered twice. The line gave the same answer, shown once.",
        "other_answer": "The same text was delivered twice, and the line answered differently:",
        "carrier_error": "Carrier error: the line's answer did not arrive.",
        "call_failed": "Carrier error: the call did not go through.",
        "callback_failed": "The line did not take a delivery report.",
        "send_refused": "A message from the line was refused.",
        "send_answer_lost": "The next message arrived, but the line was not told so.",
        "reply_refused": "The line answered, but this phone opted out: nothing was delivered.",
        "twilio_stop": "Twilio: you are unsubscribed and will get no more messages. Reply START to resubscribe.",
        "twilio_start": "Twilio: you are subscribed again. Reply STOP to unsubscribe.",
        "twilio_help": "Twilio: reply STOP to unsubscribe. Message and data rates may apply.",
    },
    "es": {
        "answer_lost": "La respuesta de la línea se perdió. El mismo texto se entrega otra vez.",
        "same_answer": "El mismo texto se entregó dos veces. La línea dio la misma respuesta; se muestra una vez.",
        "other_answer": "El mismo texto se entregó dos veces y la línea contestó distinto:",
        "carrier_error": "Error de la red: la respuesta de la línea no llegó.",
        "call_failed": "Error de la red: la llamada no entró.",
        "callback_failed": "La línea no recibió un aviso de entrega.",
        "send_refused": "Un mensaje de la línea fue rechazado.",
        "send_answer_lost": "El próximo mensaje llegó, pero la línea no lo sabe.",
        "reply_refused": "La línea contestó, pero este teléfono está dado de baja: no se entregó nada.",
        "twilio_stop": "Twilio (en inglés): baja hecha, no recibirá más mensajes. START para volver.",
        "twilio_start": "Twilio (en inglés): alta hecha de nuevo. STOP para darse de baja.",
        "twilio_help": "Twilio (en inglés): STOP para darse de baja. Pueden aplicar tarifas.",
    },
}

STATUSES = {
    "en": {
        "sending": "sending",
        "received": "delivered",
        "accepted": "accepted",
        "queued": "queued",
        "sent": "sent",
        "delivered": "delivered",
        "undelivered": "not delivered",
        "failed": "failed",
    },
    "es": {
        "sending": "enviando",
        "received": "entregado",
        "accepted": "aceptado",
        "queued": "en cola",
        "sent": "enviado",
        "delivered": "entregado",
        "undelivered": "no entregado",
        "failed": "falló",
    },
}

CALL_LINES = {
    "en": {
        "say": "Voice",
        "dial": "Connects you to",
        "pause": "Pause, seconds",
        "hangup": "The line hangs up",
        "gather": "Waits for a key",
        "other": "Twilio does",
    },
    "es": {
        "say": "Voz",
        "dial": "Le comunica con",
        "pause": "Pausa, segundos",
        "hangup": "La línea cuelga",
        "gather": "Espera una tecla",
        "other": "Twilio hace",
    },
}


def note_text(lang: str, bubble: Bubble) -> str:
    """What a note says, with its code and what the code means."""
    if not bubble.note:
        return ""
    text = NOTES[lang][bubble.note]
    return f"{text} {bubble.code}: {CODES[bubble.code].meaning(lang)}." if bubble.code else text


def bubble_meta(lang: str, bubble: Bubble) -> str:
    """How big a text was and what became of it: `2 segments · GSM-7 · delivered`."""
    parts = []
    if bubble.segments:
        one, many = ("segmento", "segmentos") if lang == "es" else ("segment", "segments")
        parts += [f"{bubble.segments} {one if bubble.segments == 1 else many}", bubble.encoding]
    if bubble.status:
        parts.append(STATUSES[lang][bubble.status])
    if bubble.code:
        parts.append(f"{bubble.code} {CODES[bubble.code].meaning(lang)}")
    return " · ".join(parts)


def call_line(lang: str, kind: str) -> str:
    """Who does what in a call."""
    return CALL_LINES[lang][kind]


def facts_line(lang: str, as_of: date | None) -> str:
    """At which day the facts' clock stands still; nothing where it runs."""
    return WORDS[lang]["demo_facts"].format(day=as_of) if as_of else ""
