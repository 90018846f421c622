"""How fast it is on this machine. Absolute figures stand here and in docs/operations.md, and never in a test."""
