// Names a passkey that this site registered in the way age.js asks for it, so that age.webauthn can use it.

const PREFIX = "age-plugin-fido2prf-";
const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

// Gives the AGE-PLUGIN-FIDO2PRF-1... line of a credential: it holds no secret, only where the credential is found.
// Source: encodeIdentity in age-encryption's webauthn.ts: CBOR of 1, the credential's id, the site and the transports.
export function passkeyIdentity(credentialId, rpId, transports = []) {
  const bytes = [...head(0, 1), ...head(2, credentialId.length), ...credentialId, ...text(rpId),
    ...head(4, transports.length), ...transports.flatMap(text)];
  return bech32(bytes).toUpperCase();
}

// Gives the first bytes of a CBOR value of this kind (RFC 8949, section 3), up to 65535.
function head(kind, number) {
  if (number < 24) return [kind << 5 | number];
  if (number < 256) return [kind << 5 | 24, number];
  if (number < 65536) return [kind << 5 | 25, number >> 8, number & 255];
  throw new RangeError("too long for CBOR");
}

// Gives a CBOR text.
function text(words) {
  const bytes = new TextEncoder().encode(words);
  return [...head(3, bytes.length), ...bytes];
}

// Gives bytes as Bech32 (BIP 173), without its limit of 90 letters.
function bech32(bytes) {
  const fives = toFives(bytes);
  const names = [...PREFIX].map((letter) => letter.charCodeAt(0));
  const spread = [...names.map((code) => code >> 5), 0, ...names.map((code) => code & 31)];
  const sum = checksum([...spread, ...fives, 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = [25, 20, 15, 10, 5, 0].map((shift) => sum >>> shift & 31);
  return PREFIX + "1" + [...fives, ...check].map((five) => LETTERS[five]).join("");
}

// Gives the same bits in groups of five, the last one filled up with zeros.
function toFives(bytes) {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => parseInt(five.padEnd(5, "0"), 2));
}

// Gives the checksum of BIP 173.
function checksum(values) {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    generators.forEach((generator, i) => { if (top >>> i & 1) sum ^= generator; });
  }
  return sum;
}
