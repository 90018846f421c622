// Keeps the office's key at hand in this tab, between two pages, for half an hour after the last touch.
// It lies in the tab's storage closed with a word that only the signed-in visit has: a laptop that was taken holds
// neither the key nor that word, and the server holds the word and not the key.

import { ask } from "./page.js";
import { Opener } from "./opener-client.js";
import { openWithPasskey } from "./passkey-box.js";

const PLACE = "amparo.key";
const TOUCHED = "amparo.touched";
const IDLE = 30 * 60 * 1000; // milliseconds
const LOOK = 10_000; // milliseconds

export class Unlocked extends EventTarget {
  #opener;
  #mine;
  #identities = [];

  constructor({ worker, mine }) {
    super();
    this.#opener = new Opener(worker);
    this.#mine = mine;
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this.#touch(), { passive: true });
    setInterval(() => this.#identities.length && this.#isIdle() && this.lock(), LOOK);
  }

  get opener() {
    return this.#opener;
  }

  // The office's identity of now, then those before it; none while it is locked.
  get identities() {
    return this.#identities;
  }

  // True if the key was at hand in this tab and the time is not over.
  async resume() {
    const kept = sessionStorage.getItem(PLACE);
    if (!kept || this.#isIdle()) return this.lock();
    try {
      this.#identities = (await opened(kept, (await ask(this.#mine)).shade)).split("\n");
      this.#touch();
      return true;
    } catch {
      return this.lock(); // another visit began since: its word does not open what the one before closed
    }
  }

  // Opens one's own key with the passphrase, and with it the office's; takes seconds.
  async unlock(passphrase) {
    await this.#unlockBy(async ({ wrapped }) => (await this.#opener.ask("unwrap", { wrapped, passphrase })).identity);
  }

  // Opens one's own key with a touch of a passkey that it was closed to, and with it the office's.
  async unlockByPasskey(id) {
    await this.#unlockBy(({ passkeys }) => {
      const passkey = passkeys.find((each) => each.id === id);
      if (!passkey) throw new Error("That passkey opens it no more. Use your six words.");
      return openWithPasskey(passkey.box, passkey);
    });
  }

  // `own` gives one's own identity out of what the server keeps of it.
  async #unlockBy(own) {
    const mine = await ask(this.#mine);
    const identities = [await this.#identityIn(mine.office, [await own(mine)])];
    // Each key before was sealed to the one that came after it, the newest last.
    for (const box of mine.former.reverse()) identities.push(await this.#identityIn(box, identities));
    this.#identities = identities;
    sessionStorage.setItem(PLACE, await closed(identities.join("\n"), mine.shade));
    this.#touch();
    this.dispatchEvent(new Event("unlocked"));
  }

  // Forgets it; always gives false.
  lock() {
    const was = this.#identities.length;
    this.#identities = [];
    sessionStorage.removeItem(PLACE);
    if (was) this.dispatchEvent(new Event("locked"));
    return false;
  }

  async #identityIn(box, identities) {
    const { plain } = await this.#opener.ask("open", { box, identities });
    return new TextDecoder().decode(plain).trim();
  }

  #touch() {
    if (this.#identities.length) sessionStorage.setItem(TOUCHED, String(Date.now()));
  }

  #isIdle() {
    return Date.now() - Number(sessionStorage.getItem(TOUCHED) ?? 0) > IDLE;
  }
}

// Gives a key of AES-GCM made from the visit's word.
async function keyOf(shade) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(shade));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

// Gives a text closed with the visit's word, as numbers between commas.
async function closed(text, shade) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(shade), new TextEncoder().encode(text));
  return [...iv, ...new Uint8Array(sealed)].join();
}

// Gives the text that was closed, and throws if the word is another.
async function opened(kept, shade) {
  const bytes = Uint8Array.from(kept.split(","), Number);
  const opening = { name: "AES-GCM", iv: bytes.subarray(0, 12) };
  return new TextDecoder().decode(await crypto.subtle.decrypt(opening, await keyOf(shade), bytes.subarray(12)));
}
