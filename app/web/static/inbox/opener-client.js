// Asks the worker in opener.js, and chooses passphrases.

import { WORDS } from "../vendor/words.js";

const PASSPHRASE_WORDS = 6;
// What age.js must be, to the byte (vendor/age.md): a worker's import has no `integrity` of its own.
const AGE = "sha384-fOO+5lbPqiiCEH5aeYzVVcidzd6EWG+eRYFxh55DBY731wcZ+EzIFpfaZxSuZe85";

export class Opener {
  #worker;
  #waiting = new Map();
  #last = 0;
  #broken = false;
  #whole = fetch(new URL("../vendor/age.js", import.meta.url), { integrity: AGE }).then((answer) => answer.ok, () => false);

  // Starts the worker, once.
  constructor(url) {
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#settle(data));
    this.#worker.addEventListener("error", () => this.#giveUp());
    this.#worker.addEventListener("messageerror", () => this.#giveUp());
  }

  // Gives the worker's answer, or throws an Error whose `why` is wrong_passphrase, wrong_key, damaged, unknown or changed.
  async ask(what, args = {}) {
    if (!await this.#whole) throw refusal("changed");
    if (this.#broken) return Promise.reject(refusal("unknown"));
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...args, id, do: what });
    });
  }

  // Hands an answer to the one who asked.
  #settle({ id, ok, why, ...answer }) {
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (ok) resolve(answer);
    else reject(refusal(why));
  }

  // Leaves nobody waiting for a worker that could not be loaded or fell over.
  #giveUp() {
    this.#broken = true;
    for (const { reject } of this.#waiting.values()) reject(refusal("unknown"));
    this.#waiting.clear();
  }
}

// Gives a new passphrase: six words, each chosen evenly out of all of them (66 bits).
export function sixWords() {
  return Array.from({ length: PASSPHRASE_WORDS }, () => WORDS[evenly(WORDS.length)]).join(" ");
}

// Gives a whole number from 0 to below the limit, each as likely as any other.
function evenly(limit) {
  const fair = 65536 - (65536 % limit);
  const drawn = new Uint16Array(1);
  do crypto.getRandomValues(drawn); while (drawn[0] >= fair);
  return drawn[0] % limit;
}

// Gives an error that carries its code.
function refusal(why) {
  return Object.assign(new Error(why), { why });
}
