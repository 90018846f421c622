"""Referrals: what becomes of a request for a lawyer, what is sealed, who gets it, who is told.

Pure: life, course, errand, thread, terms, match, notices, history, shelf, foresight, tally, record, house_hours, word,
life_map, and, but for chance, luck and seal. The others work on the memories: desk (offices), wishes (texters), reports (Twilio), handover, messenger, hook_post, bells and
rekey (the worker).
"""
