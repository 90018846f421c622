"""A passkey of our own: it makes and signs as a browser with an authenticator does, and lies wherever a test tells it to.

Source: w3.org/TR/webauthn-3, 6.1 (authenticator data), 6.5.4 (attestation object), 5.8.1 (client data).
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from os import urandom

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_CREDENTIAL = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    """Bytes as base64url."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One passkey at one site. `count` is what it says next, unless it counts nothing (0)."""

    origin: str
    host: str
    prf: bool = True
    verified: bool = True
    count: int = 0
    id: bytes = field(default_factory=lambda: urandom(32))
    handle: str | None = None
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def makes(self, options: str) -> str:
        """Answers what a server asked for, as JSON of a browser."""
        asked = json.loads(options)
        self.handle = asked["user"]["id"]
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(self._public())
        data = self._data(WITH_CREDENTIAL) + attested
        response = {
            "clientDataJSON": text(self._client("webauthn.create", asked["challenge"])),
            "attestationObject": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal", "a way that nobody knows yet"],
        }
        return self._told(response, {"prf": {"enabled": True}} if self.prf else {})

    def shows(self, options: str) -> str:
        """Signs what a server asked for, as JSON of a browser."""
        if self.count:
            self.count += 1
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        data = self._data()
        signature = self.key.sign(data + sha256(client).digest(), ECDSA(SHA256()))
        response = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signature),
            "userHandle": self.handle,
        }
        return self._told(response, {})

    def _told(self, response: dict[str, object], extensions: dict[str, object]) -> str:
        name = text(self.id)
        rest = {"type": "public-key", "clientExtensionResults": extensions, "response": response}
        return json.dumps({"id": name, "rawId": name, **rest})

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _public(self) -> dict[int, int | bytes]:
        """The public key as COSE writes one of P-256. Source: RFC 9053, 7.1.1."""
        point = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
