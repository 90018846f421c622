"""Referrals: records and their lawful moves, what is sealed, who gets it.

Pure, but for handover.py, rekey.py and wishes.py, which work on the memories.
"""
