// Makes and hands on keys in this browser: one's own, the office's, and a new one in its place.

import { sixWords } from "./opener-client.js";
import { ask, make, plain, send, trying } from "./page.js";
import { sealToPasskey } from "./passkey-box.js";
import { able } from "./touch.js";
import { Unlocked } from "./unlocked.js";
import { WORDS } from "../vendor/words.js";

const root = document.getElementById("key");
const at = root.dataset;
const unlocked = new Unlocked({ worker: at.worker, mine: at.mine });
const opener = unlocked.opener;

// Four words that two people can compare over a desk: the same on both screens, or somebody is between them.
async function compared(recipient) {
  const bytes = new Uint16Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(recipient)));
  return [...bytes.slice(0, 4)].map((number) => WORDS[number % WORDS.length]).join(" ");
}

function said() {
  return make("p", { className: "wrong-line", role: "alert" });
}

function button(text, kind = "") {
  return make("button", { type: "button", textContent: text, className: kind });
}

// Shows six new words, and goes on once they were typed: who cannot type them has not written them down.
function choosePassphrase(place, goOn) {
  const words = sixWords();
  const wrong = said();
  const working = make("p", { className: "small", role: "status" });
  const input = make("input", { id: "typed", autocomplete: "off", spellcheck: false, required: true });
  input.setAttribute("autocapitalize", "none");
  const form = make("form", {},
    make("label", { htmlFor: "typed", textContent: "Now type the six words" }), input,
    make("button", { textContent: "I have them on paper" }), working, wrong);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(form.querySelector("button"), wrong, async () => {
      if (plain(input.value) !== words) throw new Error("Those are not the six words. Look at your paper.");
      working.textContent = "Making your key: this takes some seconds.";
      await goOn(words);
    }).finally(() => { working.textContent = ""; });
  });
  place.replaceChildren(
    make("p", {}, "These six words open what people send to your office. Write them on paper, and keep the paper away from the laptop. ",
      "They never leave this browser, and nobody can give them back to you."),
    make("p", { className: "six", textContent: words }), form);
  input.focus();
}

// Makes one's own key and sends it wrapped; gives its recipient and identity.
async function makeOwn(words) {
  const own = await opener.ask("make");
  const { wrapped } = await opener.ask("wrap", { identity: own.identity, passphrase: words });
  await send(at.own, { recipient: own.recipient, wrapped });
  return own;
}

// Makes a key for the office, sealed to these members, and one more for paper; gives both, and which requests are open.
async function makeOffice(members, before = "") {
  const office = await opener.ask("make");
  const paper = await opener.ask("make");
  const sealed = {};
  for (const [account, recipient] of Object.entries(members)) sealed[account] = await sealedTo(recipient, office.identity);
  const { open } = await send(at.make, {
    before: at.recipient, recipient: office.recipient, escrow: paper.recipient,
    paper: await sealedTo(paper.recipient, office.identity),
    former: before && await sealedTo(office.recipient, before),
    sealed: JSON.stringify(sealed),
  });
  return { office, paper, open };
}

// Gives an identity sealed to a recipient.
async function sealedTo(recipient, identity) {
  return (await opener.ask("seal", { plain: identity, recipients: [recipient] })).box;
}

// Shows the secret for paper, once. It is in this page and nowhere else.
function showPaper(place, paper, note) {
  const print = button("Print it");
  print.addEventListener("click", () => globalThis.print());
  const done = make("a", { href: location.pathname, className: "button plain", textContent: "It is on paper: go on" });
  place.replaceChildren(
    make("h2", { textContent: "The office's paper key" }),
    make("p", { textContent: "For the day on which nobody remembers a passphrase. Print it, put it into an envelope, and lock it away at the office. It is shown this once, and is kept nowhere else." }),
    make("code", { className: "paper", textContent: paper.identity }),
    make("p", { className: "small", textContent: `Its public half: ${paper.recipient}` }),
    note ? make("p", { className: "done", role: "status", textContent: note }) : "",
    make("p", { className: "buttons" }, print, done));
}

// The first key of the office, by its lead.
function offerFirstKey(place) {
  choosePassphrase(place, async (words) => {
    const own = await makeOwn(words);
    const { paper } = await makeOffice({ [at.me]: own.recipient });
    showPaper(place, paper);
  });
}

// One's own passphrase, where the office has a key already.
function offerOwn(place) {
  choosePassphrase(place, async (words) => {
    await makeOwn(words);
    location.reload();
  });
}

// Asks for the opening passphrase, and goes on with it.
function askForWords(place, label, goOn) {
  const wrong = said();
  const working = make("p", { className: "small", role: "status" });
  const input = make("input", { id: "opening", type: "password", autocomplete: "off", required: true });
  const form = make("form", {}, make("label", { htmlFor: "opening", textContent: label }), input,
    make("button", { textContent: "Go on" }), working, wrong);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    working.textContent = "Opening your key: this takes some seconds.";
    trying(form.querySelector("button"), wrong, () => goOn(plain(input.value), working)).finally(() => { working.textContent = ""; });
  });
  place.replaceChildren(form);
  input.focus();
}

// Gives one's own key, opened with the passphrase.
async function ownKey(passphrase) {
  const { wrapped } = await ask(at.mine);
  return opener.ask("unwrap", { wrapped, passphrase });
}

// Another passphrase for the key one has: the old one opens it first.
function offerOther(place) {
  askForWords(place, "Your opening passphrase of now", async (passphrase) => {
    const own = await ownKey(passphrase);
    choosePassphrase(place, async (words) => {
      const fresh = await opener.ask("wrap", { identity: own.identity, passphrase: words });
      await send(at.own, { recipient: own.recipient, wrapped: fresh.wrapped });
      location.reload();
    });
  });
}

// The key one has, closed to a passkey as well: the passphrase opens it first, then the passkey is touched.
function offerPasskey(place, { id, transports }) {
  askForWords(place, "Your opening passphrase", async (passphrase, working) => {
    const own = await ownKey(passphrase);
    working.textContent = "Now touch your passkey.";
    const box = await sealToPasskey(own.identity, { id, transports: transports.split(" ").filter(Boolean) });
    await send(at.passkey, { passkey: id, recipient: own.recipient, box });
    location.reload();
  });
}

// Asks for the passphrase if the key is not at hand, then goes on.
async function withKey(place, goOn) {
  if (unlocked.identities.length || await unlocked.resume()) return goOn();
  askForWords(place, "Your opening passphrase", async (passphrase) => {
    await unlocked.unlock(passphrase);
    await goOn();
  });
}

// Gives the office's key to a colleague whose four words are the same on both screens.
async function offerLetIn(place, { account, recipient, name }) {
  const four = await compared(recipient);
  const wrong = said();
  const same = button("They are the same: give the key");
  same.addEventListener("click", () => trying(same, wrong, () => withKey(place, async () => {
    await send(at.letIn, { to: account, recipient, sealed: await sealedTo(recipient, unlocked.identities[0]) });
    location.reload();
  })));
  place.replaceChildren(
    make("p", {}, `Ask ${name}, at the desk or by telephone, which four words their page shows. Here they are:`),
    make("p", { className: "six", textContent: four }), make("p", {}, same), wrong);
}

// The key on paper, for who has nobody to ask: it opens the office's key, which is then sealed to oneself.
function offerPaper(place) {
  const wrong = said();
  const input = make("input", { id: "paper", autocomplete: "off", spellcheck: false, required: true });
  input.setAttribute("autocapitalize", "characters");
  const form = make("form", {}, make("label", { htmlFor: "paper", textContent: "The line on the paper: AGE-SECRET-KEY-1…" }), input,
    make("button", { textContent: "Open with the paper" }), wrong);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(form.querySelector("button"), wrong, async () => {
      const { paper } = await ask(at.mine);
      const typed = input.value.toUpperCase().replaceAll(/\s/g, "");
      const { plain: bytes } = await opener.ask("open", { box: paper, identities: [typed] });
      const identity = new TextDecoder().decode(bytes).trim();
      await send(at.letIn, { to: at.me, recipient: at.ownRecipient, sealed: await sealedTo(at.ownRecipient, identity) });
      location.reload();
    });
  });
  place.replaceChildren(form);
  input.focus();
}

// A new key in the place of the old one: every open request is opened with the old, and sealed to the new, in this browser.
// If it is broken off, nothing is lost: the old key is sealed to the new one.
async function replaceKey(place) {
  const identities = unlocked.identities;
  const members = Object.fromEntries([...root.querySelectorAll("[data-member]")].map((each) => [each.dataset.member, each.dataset.recipient]));
  const progress = make("p", { role: "status" });
  place.replaceChildren(progress);
  const { office, paper, open } = await makeOffice(members, identities[0]);
  const left = [];
  for (const [number, reference] of open.entries()) {
    progress.textContent = `Sealing ${number + 1} of ${open.length} to the new key. Leave this page open.`;
    await reseal(reference, identities, [office.recipient, paper.recipient]).catch(() => left.push(reference));
  }
  unlocked.lock();
  const done = open.length - left.length;
  const notes = [`${done} open ${done === 1 ? "request is" : "requests are"} sealed to the new key.`];
  if (left.length) notes.push(`Not sealed anew, and still to be opened as before: ${left.join(", ")}.`);
  showPaper(place, paper, notes.join(" "));
}

async function reseal(reference, identities, recipients) {
  const { box } = await ask(at.box.replace("REFERENCE", reference));
  const { plain: bytes } = await opener.ask("open", { box, identities });
  const fresh = await opener.ask("seal", { plain: bytes, recipients });
  await send(at.sealed.replace("REFERENCE", reference), { box: fresh.box });
}

const OFFERS = {
  "first-key": offerFirstKey,
  own: offerOwn,
  other: offerOther,
  passkey: offerPasskey,
  paper: offerPaper,
  "let-in": (place, data) => offerLetIn(place, data),
  "new-key": (place) => withKey(place, () => replaceKey(place)),
};

for (const each of root.querySelectorAll("[data-offer]")) {
  if (each.dataset.offer === "passkey" && !able()) continue;
  each.hidden = false;
  each.addEventListener("click", () => {
    const place = document.getElementById(each.dataset.place);
    const wrong = said();
    each.after(wrong);
    trying(each, wrong, async () => {
      await OFFERS[each.dataset.offer](place, each.dataset);
      each.hidden = true;
    });
  });
}
for (const each of root.querySelectorAll("[data-compare]")) {
  compared(each.dataset.compare).then((four) => { each.textContent = four; });
}
