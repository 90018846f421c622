// Bytes as text, as the server and age files take them.

// Gives bytes as base64 text.
export function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

// Gives the bytes of a base64 text, or of one in base64url, and throws if it is none.
export function fromBase64(text) {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}
