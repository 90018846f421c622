"""The two memories: one record a file, every key in keys.py."""
