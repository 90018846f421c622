"""From a draft to the live revision, and back: checked, stored, switched, without a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.checking.check import check
from app.checking.findings import Finding
from app.revision import Revision, content_of
from app.sources import Sources
from app.store.revisions import Published, Revisions


class PublishError(Exception):
    """Nothing was published; the live revision stays. The sentence says why and what to do."""


@dataclass(frozen=True)
class Draft:
    """Files that were read, and what check found in them."""

    sources: Sources
    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What must be mended before it can be published."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def revision(self) -> Revision:
        """The revision this draft would make."""
        return self.sources.revision()


def given_reason(reason: str) -> str:
    """What the history will show as the reason.

    Raises:
        PublishError: there is none.
    """
    if not reason.strip():
        raise PublishError("A reason is needed, in a few words: who reads the history will ask why.")
    return reason.strip()


def draft_of(sources: Sources) -> Draft:
    """Checks the files."""
    return Draft(sources, check(sources))


def publish(draft: Draft, revisions: Revisions, reason: str, now: datetime) -> Published:
    """Makes the draft live.

    Raises:
        PublishError: the draft has blocking findings, or it is what is live already, or no reason was given.
        MemoryDown: the durable memory does not answer.
    """
    why = given_reason(reason)
    if draft.blocking:
        raise PublishError("\n".join(str(finding) for finding in draft.blocking))
    revision = draft.revision
    if revisions.live_hash() == revision.hash:
        raise PublishError(f"Nothing has changed: {revision.hash} is live already.")
    return revisions.publish(revision, why, now)


def roll_back(revisions: Revisions, name: str | None, reason: str, now: datetime) -> Published:
    """Makes an earlier revision live again: the named one, or the one that was live before this.

    Raises:
        PublishError: there is no such revision, or no reason was given.
        MemoryDown: the durable memory does not answer.
    """
    why = given_reason(reason)
    live = revisions.live_hash()
    earlier = [entry.hash for entry in reversed(revisions.history()) if entry.hash != live]
    wanted = name or (earlier[0] if earlier else None)
    if wanted is None:
        raise PublishError("There is no earlier revision to go back to.")
    if live is not None and live.startswith(wanted):
        raise PublishError(f"{live} is live already.")
    found = [entry for entry in earlier if entry.startswith(wanted)]
    revision = revisions.get(found[0]) if found else None
    if revision is None:
        raise PublishError(f"There is no earlier revision {wanted!r}; see them with: amparo revisions")
    _refuse_unreadable(revision)
    return revisions.publish(revision, why, now)


def _refuse_unreadable(revision: Revision) -> None:
    """A revision of another version of this code would leave every process that starts with nothing to say."""
    try:
        content_of(revision)
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"This version of Amparo cannot read {revision.hash}. Publish the files as you want them instead."
        ) from error
