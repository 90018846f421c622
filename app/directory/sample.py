"""The demonstration's offices: read from sample.yaml, with keys of their own made on first use."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from app.directory.office import Office, OfficeError, office_from
from app.host.keyfile import make_keyfile, recipient_in
from messages import yaml_reader as yaml

SAMPLE = Path(__file__).with_name("sample.yaml")


class Saves(Protocol):
    """Where offices are kept."""

    def save(self, office: Office) -> None:
        """Writes the office, new or changed."""


def load_sample(offices: Saves, keys_folder: Path) -> tuple[Office, ...]:
    """Saves the made-up offices; their identities stand in `keys_folder`/<id>.age. May be repeated.

    Raises:
        ReadError: sample.yaml has an error, at its line.
        SealError, OSError: a key file cannot be used.
        MemoryDown: the durable memory does not answer.
    """
    found = read_sample(keys_folder)
    for office in found:
        offices.save(office)
    return found


def read_sample(keys_folder: Path) -> tuple[Office, ...]:
    """The offices of sample.yaml, each with the key in its file, made if it is not there. Errors as above."""
    listed = yaml.table(yaml.read_yaml(SAMPLE), required=("offices",)).entries["offices"].value
    if not isinstance(listed, yaml.Listing):
        raise yaml.refuse(listed, "offices is not a list", "Write a dash before each office.")
    return tuple(yaml.each(listed.items, lambda node: _office(node, keys_folder)))


def _office(node: yaml.Node, keys_folder: Path) -> Office:
    entries = yaml.table(node, required=("id",)).entries
    values = {name: yaml.text(entry.value) for name, entry in entries.items()}
    try:
        return replace(office_from(values, (_key(keys_folder / f"{values['id']}.age"),)), made_up=True)
    except OfficeError as error:
        raise yaml.refuse(node, str(error), "Compare it with its neighbours.") from error


def _key(path: Path) -> str:
    with suppress(FileExistsError):
        return make_keyfile(path)
    return recipient_in(path)
