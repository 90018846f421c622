// Closes one's key to a passkey and opens it again; each asks for a touch. In the page, because a worker reaches no passkey.
// A passkey is {id, transports}. It takes part in closing as well: what is closed to it opens with it alone.

import { fromBase64, toBase64 } from "./bytes.js";
import { passkeyIdentity } from "./passkey-identity.js";
import { touched } from "./touch.js";

// Gives the identity closed to a passkey, as an age file in base64.
export async function sealToPasskey(identity, passkey) {
  const age = await library();
  const encrypter = new age.Encrypter();
  encrypter.addRecipient(new age.webauthn.WebAuthnRecipient({ identity: named(passkey) }));
  return toBase64(await touched(() => encrypter.encrypt(identity)));
}

// Gives back the identity that was closed to a passkey.
export async function openWithPasskey(box, passkey) {
  const age = await library();
  const decrypter = new age.Decrypter();
  decrypter.addIdentity(new age.webauthn.WebAuthnIdentity({ identity: named(passkey) }));
  return (await touched(() => decrypter.decrypt(fromBase64(box), "text"))).trim();
}

// It is large, and most pages need it in the worker alone.
function library() {
  return import("../vendor/age.js");
}

function named({ id, transports }) {
  return passkeyIdentity(fromBase64(id), location.hostname, transports);
}
