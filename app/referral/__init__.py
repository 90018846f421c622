"""Referrals: records and their lawful moves, what is sealed, who gets it. Pure, but for handover.py."""
