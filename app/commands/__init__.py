"""`amparo ...`: one command a module, loaded when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import cast

import click

# Name -> what it is for. A command stands in the module of its name; nothing else is loaded to run it.
COMMANDS = {
    "run": "Start the hotline, and stop it with Ctrl-C.",
    "talk": "Talk to the flows in this terminal, as a texter would.",
    "check": "Say what is wrong with the flows, texts, words, facts and places.",
    "publish": "Make the files as they stand the live revision.",
    "rollback": "Make an earlier revision live again.",
    "revisions": "What was published, when and why.",
    "facts": "Facts, numbers and links: what is due; suspend one on the night a rule changes.",
    "lockdown": "Close the line at once, and empty what could tell about anybody; a second person lifts it.",
    "docs": "Draw the flows, and write the tables of what they cover and of Twilio's codes, anew.",
    "translations": "Bring the translations into step with the English texts.",
    "directory": "The legal services that referrals go to.",
    "referrals": "Referrals: list them, or open one with an office's key.",
    "staff": "Who may sign in to the inbox: invite, list, shut out, new secrets.",
    "hooks": "The offices' own systems that are told of referrals, and what they did not take.",
    "reconcile": "Is every referral at its office, being worked for, or ended? Finds those that are not.",
    "doctor": "Look over this installation, and say what is not well.",
}


class _Loaded(click.Group):
    """A group whose commands are imported one at a time: `amparo check` does not wait for Twilio's library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", getattr(import_module(f"app.commands.{cmd_name}"), cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Loaded, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Amparo, a know-your-rights SMS hotline."""
