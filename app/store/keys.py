"""Every key of both memories: who owns it, why it is there, and how long it lives. There are no others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Memory = Literal["volatile", "durable"]

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

SESSION_LIFE = 4 * HOUR
ANSWER_LIFE = 15 * MINUTE
MARK_LIFE = 4 * HOUR
PEPPER_LIFE = 2 * DAY
# A carrier's word may come a day after the text, and a text may wait ten hours in a queue.
CALLBACK_LIFE = 2 * DAY
SPENT_LIFE = 2 * DAY
HEARTBEAT_LIFE = 10
PROBE_LIFE = 10
# Renewed three times in its life: a worker that was killed holds up its work for no longer than this.
LEASE_LIFE = 10
# A working day, after which staff sign in again; and the minutes between the first secret and the second.
VISIT_LIFE = 10 * HOUR
HALF_VISIT_LIFE = 10 * MINUTE
TRIES_LIFE = 15 * MINUTE
INVITATION_LIFE = 3 * DAY


@dataclass(frozen=True)
class Key:
    """A family of keys: `pattern` has one `{}` where an opaque id goes, or none."""

    pattern: str
    memory: Memory
    owner: str
    reason: str
    life: int | None  # seconds, or None: it is removed by its owner, never by time alone

    def __post_init__(self) -> None:
        if self.pattern.count("{}") > 1:
            raise ValueError(f"pattern must have at most one {{}}, got {self.pattern!r}")

    def __call__(self, identity: str = "") -> str:
        """The key's name for this id.

        Raises:
            ValueError: the id is not opaque (letters, digits, - and _ only), so it might be a person's number.
        """
        if "{}" not in self.pattern:
            return self.pattern
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", identity):
            raise ValueError(f"id for {self.pattern} must be letters, digits, - or _")
        return self.pattern.format(identity)

    def matches(self, name: str) -> bool:
        """True if `name` is a key of this family."""
        head, _, tail = self.pattern.partition("{}")
        return bool(
            re.fullmatch(
                re.escape(head) + ("[A-Za-z0-9_-]+" if "{}" in self.pattern else "") + re.escape(tail), name
            )
        )


# Volatile: what must be forgotten. RAM only.
PEPPER = Key(
    "pepper:{}",
    "volatile",
    "store.peppers",
    "the day's secret under which numbers become pseudonyms; id is the UTC day",
    PEPPER_LIFE,
)
SESSION = Key(
    "session:{}",
    "volatile",
    "store.sessions",
    "where a texter is: choice ids, a typed phone, word or code, and a fingerprint of texts not understood",
    SESSION_LIFE,
)
ANSWER = Key(
    "answer:{}",
    "volatile",
    "store.sessions",
    "the bytes we answered to one text, for a repeated delivery",
    ANSWER_LIFE,
)
SEEN = Key(
    "seen:{}",
    "volatile",
    "store.sessions",
    "that a text was answered, after its bytes are forgotten",
    MARK_LIFE,
)
CONTACT = Key(
    "contact:{}",
    "volatile",
    "store.contacts",
    "pseudonym of the day -> ids of that person's open referrals, so that STOP and the code find them",
    PEPPER_LIFE,
)
REKEYED = Key(
    "rekeyed:{}",
    "volatile",
    "store.contacts",
    "that open referrals stand under this day's pepper; id is the UTC day",
    PEPPER_LIFE,
)
STOPPED = Key(
    "stopped",
    "volatile",
    "store.contacts",
    "numbers sealed to the worker that sent STOP before their referrals stood under a pepper",
    None,
)
HEARTBEAT = Key(
    "heartbeat:{}",
    "volatile",
    "worker.heartbeat",
    "that a worker or a sweep is alive; id is its kind",
    HEARTBEAT_LIFE,
)
LEASE = Key(
    "lease:{}", "volatile", "store.outbox", "that one worker has this piece of work in hand", LEASE_LIFE
)
PROBE = Key("probe", "volatile", "web.health", "that this memory takes a write; it holds nothing", PROBE_LIFE)
CALLBACK = Key(
    "callback:{}",
    "volatile",
    "store.deliveries",
    "how far Twilio got with one of our texts, and which referral waits for it; id is our own",
    CALLBACK_LIFE,
)
SPENT = Key(
    "spent:{}",
    "volatile",
    "store.spending",
    "how many segments the line has sent on a day; id is the UTC day",
    SPENT_LIFE,
)

VISIT = Key(
    "visit:{}",
    "volatile",
    "store.visits",
    "that somebody of the staff is signed in, as which account and since when; id is a fingerprint of the cookie",
    VISIT_LIFE,
)
TRIES = Key(
    "tries:{}",
    "volatile",
    "store.tries",
    "how often somebody lately tried to sign in; id is a pseudonym of the day of a name or an address",
    TRIES_LIFE,
)

# Durable: what must not be lost. Sealed boxes and opaque ids only.
LIVE = Key("revision:live", "durable", "store.revisions", "hash of the live revision", None)
REVISION = Key(
    "revision:{}",
    "durable",
    "store.revisions",
    "one immutable revision: flows, words, catalogs, facts, places",
    None,
)
REVISIONS = Key("revisions", "durable", "store.revisions", "what was published when, by whom and why", None)
SUSPENDED = Key(
    "facts:suspended",
    "durable",
    "store.suspensions",
    "facts, numbers, links and states that must not be sent now, by id, with the reason",
    None,
)
SUSPENSIONS = Key(
    "facts:history", "durable", "store.suspensions", "what was suspended and restored when, and why", None
)
LOCKDOWN = Key(
    "lockdown",
    "durable",
    "store.lockdown",
    "that the line is locked: since when, by whom, why, and the sealed answers that lift it",
    None,
)
LOCKDOWNS = Key(
    "lockdown:history",
    "durable",
    "store.lockdown",
    "who locked and lifted when, and why; who was listed",
    None,
)
LIFTERS = Key(
    "lockdown:persons", "durable", "store.lockdown", "who may lift a lock: name -> age recipient", None
)
REFERRAL = Key(
    "referral:{}", "durable", "store.referrals", "one referral: sealed boxes, state of life, times", None
)
REFERENCE = Key(
    "reference:{}",
    "durable",
    "store.referrals",
    "short reference -> referral id, while its record is kept",
    None,
)
OPEN = Key(
    "referrals:open",
    "durable",
    "store.referrals",
    "ids of referrals that are open or whose number is still held, by time of request",
    None,
)
OUTBOX = Key("outbox", "durable", "store.outbox", "what is owed to somebody, by due time", None)
RECONCILED = Key(
    "reconciled",
    "durable",
    "store.ledger",
    "when the records were last held against their lists, and how many did not agree",
    None,
)
DURABLE_PROBE = Key(
    "probe", "durable", "web.health", "that this memory takes a write; it holds nothing", PROBE_LIFE
)
OFFICE = Key("office:{}", "durable", "store.offices", "one legal service", None)
OFFICES = Key("offices", "durable", "store.offices", "ids of all legal services", None)
ENDPOINT = Key(
    "endpoint:{}",
    "durable",
    "store.endpoints",
    "where one office takes hooks, and their secrets, sealed to the worker; id is the office's",
    None,
)
ENDPOINTS = Key("endpoints", "durable", "store.endpoints", "ids of the offices that take hooks", None)
FAILED_HOOKS = Key(
    "hooks:failed",
    "durable",
    "store.hooks",
    "hooks that were given up: ids, kind, time and status, by message id; no contents",
    None,
)
LISTINGS = Key(
    "listings",
    "durable",
    "store.listings",
    "every imported listed service, by id: number, hours, languages",
    None,
)
LISTINGS_BEFORE = Key(
    "listings:before",
    "durable",
    "store.listings",
    "the same as before the last import, so that it can be undone",
    None,
)
LISTINGS_NEXT = Key(
    "listings:next:{}", "durable", "store.listings", "an import while it is written; id is random", HOUR
)
LISTINGS_LAST = Key(
    "listings:last",
    "durable",
    "store.listings",
    "when the last import was, of which source, and what it changed",
    None,
)
INBOX = Key(
    "inbox:{}",
    "durable",
    "store.referrals",
    "referrals that stand with one office, by time; id is the office's",
    None,
)
ACCOUNT = Key(
    "account:{}",
    "durable",
    "store.accounts",
    "one person who may sign in: name, role, office, hash of the passphrase, seed of the second factor",
    None,
)
ACCOUNTS = Key("accounts", "durable", "store.accounts", "sign-in name -> account id", None)
INVITATION = Key(
    "invitation:{}",
    "durable",
    "store.invitations",
    "that somebody may join: name, role, office; id is a fingerprint of the code, which is good once",
    INVITATION_LIFE,
)
INVITED = Key(
    "invited",
    "durable",
    "store.invitations",
    "sign-in name -> fingerprint of the last code it was given",
    None,
)
KEYRING = Key(
    "keyring:{}",
    "durable",
    "store.keyrings",
    "an office's public keys, and each member's key wrapped under a passphrase that we never see; id is the office's",
    None,
)
AUDIT = Key(
    "audit:{}",
    "durable",
    "store.audit",
    "who did what when, by sign-in name and reference; id is the office's, or _line. No contents",
    None,
)
MONTH = Key(
    "month:{}",
    "durable",
    "store.referrals",
    "how often an office was offered a request, took, declined, closed one in a month; id is month and office, as 202611-mesa",
    None,
)
COUNTS = Key(
    "counts:{}",
    "durable",
    "store.referrals",
    "how the forgotten referrals of a month ended; id is the month, as 202611",
    None,
)

KEYS: tuple[Key, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Key))

# rq's own names, in the volatile memory. They hold opaque ids only; rq sets their lives.
FOREIGN = re.compile(r"rq:.+")


def owner_of(name: str, memory: Memory) -> Key | None:
    """The family a key belongs to, or None for a key that nobody declared."""
    return next((key for key in KEYS if key.memory == memory and key.matches(name)), None)
