"""The doors to the web: one module a door, and a template folder of its name."""
