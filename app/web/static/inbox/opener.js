// Works with age keys in a thread of its own, so that the page never stands still: a passphrase takes seconds.
// Asked {id, do, ...} it answers {id, ok: true, ...} or {id, ok: false, why}. No secret is ever in a `why`, nothing is
// kept between two questions, and nothing is sent anywhere.

import { fromBase64, toBase64 } from "./bytes.js";
import * as age from "../vendor/age.js";

const WORK_FACTOR = 18;
const IDENTITY = /^AGE-SECRET-KEY-1[A-Z0-9]{58}$/;
const RECIPIENT = /^age1[a-z0-9]{58}$/;
// The only way in which age.js says that a passphrase or key opens nothing: a test fails if these words change.
const NOBODY = "no identity matched any of the file's recipients";

const DEEDS = new Map(Object.entries({ make, wrap, unwrap, seal, open, recipient }));

addEventListener("message", async ({ data }) => postMessage(await answer(data)));

// Why something cannot be done: wrong_passphrase, wrong_key, damaged or unknown.
class Refusal extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

// Always gives an answer, and of an error only its code.
async function answer({ id, do: what, ...asked }) {
  try {
    if (!DEEDS.has(what)) throw new Refusal("unknown");
    return { id, ok: true, ...await DEEDS.get(what)(asked) };
  } catch (error) {
    return { id, ok: false, why: error instanceof Refusal ? error.why : "unknown" };
  }
}

// Gives a new X25519 identity and its recipient.
async function make() {
  const identity = await age.generateX25519Identity();
  return { identity, recipient: await recipientOf(identity) };
}

// Gives the recipient that belongs to an identity, or says wrong_key.
async function recipient({ identity }) {
  return { recipient: await recipientOf(identity) };
}

// Gives the identity closed with a passphrase, as `age -p` closes an identity file; takes seconds.
async function wrap({ identity, passphrase }) {
  if (!passphrase) throw new Refusal("wrong_passphrase");
  await recipientOf(identity);
  const encrypter = new age.Encrypter();
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  encrypter.setPassphrase(passphrase);
  return { wrapped: toBase64(await encrypter.encrypt(identity + "\n")) };
}

// Gives back the identity that was wrapped, and its recipient; takes seconds.
async function unwrap({ wrapped, passphrase }) {
  const decrypter = new age.Decrypter();
  decrypter.addPassphrase(passphrase);
  const bytes = await decrypt(decrypter, wrapped, "wrong_passphrase");
  const identity = new TextDecoder().decode(bytes).trim();
  if (!IDENTITY.test(identity)) throw new Refusal("damaged");
  return { identity, recipient: await recipientOf(identity) };
}

// Gives a box that each of the recipients can open, and refuses to make one that nobody could.
async function seal({ plain, recipients }) {
  if (!recipients.length || !recipients.every((one) => RECIPIENT.test(one))) throw new Refusal("wrong_key");
  const encrypter = new age.Encrypter();
  for (const one of recipients) await tryKey(() => encrypter.addRecipient(one));
  return { box: toBase64(await encrypter.encrypt(plain)) };
}

// Gives the bytes that were sealed, if one of the identities is among the recipients.
async function open({ box, identities }) {
  const decrypter = new age.Decrypter();
  for (const one of identities) {
    await recipientOf(one);
    decrypter.addIdentity(one);
  }
  return { plain: await decrypt(decrypter, box, "wrong_key") };
}

// Gives what is in the file, or says `closed` if it is whole but not for us, and damaged if it is not whole.
async function decrypt(decrypter, base64, closed) {
  try {
    return await decrypter.decrypt(fromBase64(base64));
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal("unknown"); // scrypt found no 256 MB of memory
    throw new Refusal(error.message === NOBODY ? closed : "damaged");
  }
}

// Gives the recipient of an X25519 identity, and says wrong_key of anything else.
async function recipientOf(identity) {
  if (!IDENTITY.test(identity)) throw new Refusal("wrong_key");
  return tryKey(() => age.identityToRecipient(identity));
}

// Does something with a key, and says wrong_key if the key has a typing error.
async function tryKey(deed) {
  try {
    return await deed();
  } catch {
    throw new Refusal("wrong_key");
  }
}
