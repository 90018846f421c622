"""Whether a draft may be published: `check.py` is the way in, the other files hold one subject each."""
