"""What the line says: the texts of every language, the facts they rest on, and how they become an SMS.

This folder knows nothing of flows, of the web or of any person. It reads files, and does nothing else outside itself.
Third-party packages have one home each: ruamel.yaml in yaml_reader.py, polib in po.py, regex in segments.py.
"""
