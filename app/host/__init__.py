"""The machine the hotline runs on: its processes, its two servers, its folders."""


class HostError(Exception):
    """Says in a sentence why the hotline cannot run on this machine as it stands, and how to mend it."""
