"""Twilio's error codes that can be met here, with the meaning of each in the page's languages.

Source: Twilio's error and warning dictionary. The words are our own; callers go by the code.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """One code: its HTTP status in a REST refusal, or the state a message ends in, and its meaning."""

    code: int
    en: str
    es: str
    http: int = 400
    ends: str = ""

    def meaning(self, lang: str) -> str:
        """What the code means, in English or Spanish."""
        return self.es if lang == "es" else self.en


# Refused at once: the REST request fails with this HTTP status.
REFUSALS = (
    Code(20003, "Wrong account or token", "Cuenta o clave incorrecta", http=401),
    Code(20005, "The account is not active", "La cuenta no está activa", http=403),
    Code(20429, "Too many requests", "Demasiadas solicitudes", http=429),
    Code(20500, "Twilio's own fault", "Fallo de Twilio", http=500),
    Code(21211, "The To number is not valid", "El número de destino no es válido"),
    Code(21408, "No permission for that region", "Sin permiso para esa región"),
    Code(21606, "The From number is not ours", "El número de origen no es nuestro"),
    Code(21610, "The person opted out", "La persona pidió no recibir textos"),
    Code(21611, "The queue of the number is full", "La cola del número está llena"),
    Code(21612, "No way to reach that number", "No hay ruta a ese número"),
    Code(21614, "Not a mobile number", "No es un celular"),
    Code(30029, "Discarding contents is not enabled", "No se permite descartar el contenido"),
    Code(30030, "Hiding addresses is not enabled", "No se permite ocultar los números"),
)

# Accepted, and reported later: the message ends in this state.
LATER = (
    Code(30001, "The queue overflowed", "La cola se desbordó", ends="failed"),
    Code(30002, "The account was suspended", "La cuenta fue suspendida", ends="failed"),
    Code(
        30003, "The phone is off or out of reach", "El teléfono está apagado o sin señal", ends="undelivered"
    ),
    Code(30004, "Blocked by the person or carrier", "Bloqueado por la persona o la red", ends="undelivered"),
    Code(30005, "The number does not exist", "El número no existe", ends="undelivered"),
    Code(30006, "A landline, or a carrier out of reach", "Línea fija o red inalcanzable", ends="undelivered"),
    Code(30007, "The carrier filtered it as spam", "La red lo filtró como spam", ends="undelivered"),
    Code(30008, "Unknown fault at the carrier", "Fallo desconocido de la red", ends="undelivered"),
    Code(30022, "Too many texts for the carrier's limit", "Límite de la red superado", ends="failed"),
    Code(
        30034, "The line is not registered (10DLC)", "La línea no está registrada (10DLC)", ends="undelivered"
    ),
    Code(63016, "WhatsApp: outside the 24 hours", "WhatsApp: fuera de las 24 horas", ends="failed"),
)

# What cannot be chosen as a trick, since it follows from what the hotline does.
FOUND = (
    Code(11200, "The hotline did not answer in time", "La línea no contestó a tiempo"),
    Code(11205, "The hotline could not be reached", "No se pudo llegar a la línea"),
    Code(11206, "The hotline broke the HTTP protocol", "La línea no respetó el protocolo HTTP"),
    Code(11210, "The hotline's host name is unknown", "El nombre del servidor no existe"),
    Code(11217, "The hotline answered with an error", "La línea contestó con un error"),
    Code(11750, "The answer is over 64 kB", "La respuesta pasa de 64 kB"),
    Code(12100, "The answer is not well-formed XML", "La respuesta no es XML bien formado"),
    Code(12200, "The answer is not valid TwiML", "La respuesta no es TwiML válido"),
    Code(12300, "The answer has the wrong content type", "La respuesta tiene un tipo incorrecto"),
    Code(14103, "A message without words", "Un mensaje sin palabras"),
    Code(20009, "The message is still on its way", "El mensaje aún va en camino", http=409),
    Code(20404, "There is no such thing", "Eso no existe", http=404),
    Code(21266, "To and From are the same number", "Destino y origen son el mismo número"),
    Code(21602, "A message needs a body", "El mensaje no tiene texto"),
    Code(21603, "A From number is needed", "Falta el número de origen"),
    Code(21604, "A To number is needed", "Falta el número de destino"),
    Code(21609, "The status callback address is not valid", "La dirección de avisos no es válida"),
    Code(21617, "The message is over 1,600 characters", "El mensaje pasa de 1,600 caracteres"),
    Code(21701, "There is no such Messaging Service", "No existe ese Messaging Service"),
    Code(21910, "To and From are on different channels", "Destino y origen son de canales distintos"),
)

SEND_FAILURES = {str(code.code): code for code in REFUSALS + LATER}
CODES = {code.code: code for code in REFUSALS + LATER + FOUND}
