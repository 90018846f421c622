"""Where a conversation goes. Pure: no clock, no store, no number, no input or output but the loader's files."""
