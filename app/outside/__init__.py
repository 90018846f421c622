"""The world beyond the house: texts, mail, the queue, with one exception each.

Their clients are at home here. Twilio's side of the door (its signature, its TwiML) is web/webhooks.py.
"""
