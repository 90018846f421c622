"""A small process of its own that plays Twilio and a phone, for the demonstration and the tests.

It signs and posts what a phone texts to the hotline, reads the TwiML that comes back, serves the part of Twilio's
REST API that the hotline uses, and catches its mail. Everything is held in memory, on 127.0.0.1, and forgotten
when it ends. Nothing imports it and it imports nothing of `app`. Start it with `python -m app.simulator`; the
settings are in `settings.py`.

The page is `GET /` (`?phone=2`, `?lang=es`). What the page does, a test may do with JSON:

    GET  /healthz                     {"status": "ok"}
    GET  /phones.json                 the line, every phone with its thread, and the mail
    POST /phones                      {"channel": "sms" | "whatsapp", "number": "+12025550119"}, both optional
    POST /phones/{id}/texts           {"body": "hola", "media": true}; answers when the hotline has answered
    POST /phones/{id}/calls           {}; calls POST /voice and shows what is said
    POST /phones/{id}/tricks          {"delivery": "lose" | "repeat" | "twice" | "", "send": "21610" | "lose" | ""}
    POST /line                        {"advanced_opt_out": true}
    POST /reset                       {}; forgets everything but the settings

Each of them answers with the phone (or the line) as `phones.json` shows it; a refusal is `{"error": "..."}` with 400 or
404. A trick is played once and is then over. Of the two tricks, `delivery` is how the next text reaches the hotline:

    lose     its answer is lost on the way, then the same MessageSid is delivered again
    repeat   the same MessageSid is delivered twice, one after the other
    twice    the same MessageSid is delivered twice at the same time

and `send` is what happens to the next message that the hotline sends through REST: a code of `errors.SEND_FAILURES`
(2xxxx, 30029 and 30030 are refused at once, other 3xxxx and 6xxxx are accepted and reported later by status callback), or `lose`: the message is
accepted and delivered, and the connection is cut before the answer.

A bubble of a thread: `id`, `who` (person, line, twilio, note), `kind` (text, note, error, call), `text`, `segments`,
`encoding`, `status`, `code`, `note`, `sid`, `media`, `lines` (of a call), `time`. Phones 1 to 3 text; phone 4 is a
WhatsApp sender. Every number is a 555-01xx one, which nobody has.
"""
