// Opens the sealed details of one request in this browser, and shows them; one at a time, and nothing of them is kept.

import { ask, make, plain, trying } from "./page.js";
import { able } from "./touch.js";
import { Unlocked } from "./unlocked.js";

const section = document.getElementById("sealed");
const { reference, box, mine, worker, key } = section.dataset;
const unlocked = new Unlocked({ worker, mine });
const place = make("div", { className: "letter" });
let passkeys = []; // those that open as well

const REACH = {
  call: "Call this phone",
  other_phone: "Call this other phone",
  text: "Text this phone",
  self: "Do not call: the person calls you",
};

function yesNo(answer) {
  return answer === null ? "not known" : answer ? "yes" : "no";
}

// The lines of a letter as the page shows them, and as they are copied.
function lines(letter) {
  return [
    [REACH[letter.reach] ?? letter.reach, letter.phone],
    ["Voicemail", letter.voicemail ? "Yes, it is safe to leave one" : "No: leave none"],
    ["Ask for", letter.ask_for || "no word was given"],
    ["Say the word", letter.word],
    ["Place", [letter.county, letter.place].filter(Boolean).join(", ") || "not known"],
    ["Held now", yesNo(letter.held)],
    ["May be a minor", yesNo(letter.may_be_minor)],
    ["We may text", letter.texting ? "yes" : "no, call only"],
    ["Agreed at", letter.consented_at.slice(0, 16).replace("T", " ") + " UTC"],
  ];
}

// What a case system takes: the reference stands where a name would, because we never ask for one.
function forLegalServer(letter) {
  const fields = [
    ["First Name", letter.ask_for || "Unknown"],
    ["Last Name", letter.reference],
    ["Phone", letter.phone],
    ["Safe To Leave Voicemail", letter.voicemail ? "Yes" : "No"],
    ["Language", letter.spoken],
    ["State", letter.place],
    ["County", letter.county],
    ["Legal Problem Code", letter.issue],
    ["Intake Date", letter.consented_at.slice(0, 10)],
  ];
  return fields.map(([name, value]) => `${name}\t${value}`).join("\n");
}

async function copy(letter, said) {
  await navigator.clipboard.writeText(forLegalServer(letter));
  said.textContent = "Copied. Paste it into LegalServer, then copy something else.";
}

function show(letter) {
  const said = make("p", { className: "small", role: "status" });
  const button = make("button", { type: "button", className: "plain", textContent: "Copy for LegalServer" });
  button.addEventListener("click", () => trying(button, said, () => copy(letter, said)));
  const lock = make("button", { type: "button", className: "quiet", textContent: "Lock" });
  lock.addEventListener("click", () => unlocked.lock());
  const rows = lines(letter).map(([name, value]) => {
    const shown = name === lines(letter)[0][0] && value.startsWith("+") ? make("a", { href: `tel:${value}`, className: "phone" }, value) : value;
    return make("div", {}, make("dt", {}, name), make("dd", {}, shown));
  });
  place.replaceChildren(make("dl", { className: "facts" }, ...rows), make("p", { className: "buttons" }, button, lock), said);
}

// Fetches the box, opens it, and refuses one that belongs to another request.
async function open() {
  const { box: sealed } = await ask(box);
  const { plain: bytes } = await unlocked.opener.ask("open", { box: sealed, identities: unlocked.identities });
  const letter = JSON.parse(new TextDecoder().decode(bytes));
  if (letter.reference !== reference) {
    throw new Error("This box belongs to another request: somebody moved it. Tell the person who looks after the line.");
  }
  show(letter);
}

// A button for each passkey; which of them is at hand, only the person knows.
function passkeyButtons() {
  const said = make("p", { className: "wrong-line", role: "alert" });
  const buttons = passkeys.map(({ id, name }) => {
    const which = passkeys.length > 1 ? `: ${name}` : "";
    const button = make("button", { type: "button", textContent: `Open with your passkey${which}` });
    button.addEventListener("click", () => trying(button, said, async () => {
      await unlocked.unlockByPasskey(id);
      await open();
    }));
    return button;
  });
  return buttons.length ? [make("p", { className: "buttons" }, ...buttons), said] : [];
}

function askForPassphrase() {
  const said = make("p", { className: "wrong-line", role: "alert" });
  const working = make("p", { className: "small", role: "status" });
  const input = make("input", { id: "opening", type: "password", autocomplete: "off", required: true });
  const button = make("button", { textContent: "Open" });
  const form = make("form", {},
    make("label", { htmlFor: "opening", textContent: "Your opening passphrase" }), input, button, working, said);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    working.textContent = "Opening: this takes some seconds.";
    trying(button, said, async () => {
      await unlocked.unlock(plain(input.value));
      await open();
    }).finally(() => { working.textContent = ""; });
  });
  place.replaceChildren(...passkeyButtons(), form, make("p", { className: "small", textContent: "Six words, chosen under Key. They never leave this browser." }));
}

function askToOpen() {
  const said = make("p", { className: "wrong-line", role: "alert" });
  const button = make("button", { type: "button", textContent: "Open here" });
  button.addEventListener("click", () => trying(button, said, open));
  place.replaceChildren(make("p", {}, button), said);
}

async function begin() {
  section.querySelector(".by-hand").before(place);
  const { wrapped, office, passkeys: ready } = await ask(mine);
  passkeys = able() ? ready : [];
  if (!wrapped || !office) {
    const link = make("a", { href: key, textContent: wrapped ? "Ask a colleague for the office's key" : "Choose an opening passphrase" });
    place.replaceChildren(make("p", {}, "To open it here, you need the office's key. ", link));
  } else if (await unlocked.resume()) askToOpen();
  else askForPassphrase();
}

unlocked.addEventListener("locked", askForPassphrase);
begin().catch((error) => place.replaceChildren(make("p", { className: "wrong-line", textContent: error.message })));
