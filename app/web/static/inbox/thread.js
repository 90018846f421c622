// Opens what was written in this browser, looks for what is new every five seconds, and measures what is being typed.

import { ask, make, plain, send, trying } from "./page.js";
import { Unlocked } from "./unlocked.js";

const root = document.getElementById("thread");
const at = root.dataset;
const list = document.getElementById("lines");
const place = document.getElementById("unlock");
const unlocked = new Unlocked({ worker: at.worker, mine: at.mine });
const EVERY = 5_000; // milliseconds
const opened = new Map(); // id -> words: a box is opened once
let mark = "";
let last = [];

async function wordsOf({ id, box }) {
  if (!opened.has(id)) {
    const { plain: bytes } = await unlocked.opener.ask("open", { box, identities: unlocked.identities });
    opened.set(id, new TextDecoder().decode(bytes).trimEnd());
  }
  return opened.get(id);
}

function head({ at: when, by, who, way }) {
  if (by === "office") return `${when}, ${who || "your office"}: ${way}`;
  return by === "person" ? `${when}, the person` : `${when}, the line: that your office is closed`;
}

async function show(lines) {
  const items = [];
  for (const line of lines) {
    const item = make("li", { className: `text ${line.by}` }, make("span", { className: "at", textContent: head(line) }));
    if (line.box) {
      const words = unlocked.identities.length ? await wordsOf(line).catch(() => "sealed to another key") : "sealed";
      item.append(make("span", { className: unlocked.identities.length ? "words" : "sealed", textContent: words }));
    }
    items.push(item);
  }
  list.replaceChildren(...(items.length ? items : [make("li", { className: "empty", textContent: "Nothing has been written yet." })]));
}

async function look() {
  const answer = await fetch(at.lines, { headers: mark ? { "If-None-Match": mark } : {} });
  if (answer.status === 401) return false;
  if (answer.status === 200) {
    mark = answer.headers.get("ETag") ?? "";
    last = (await answer.json()).lines;
    await show(last);
  }
  return true;
}

async function lookOn() {
  if (await look().catch(() => true)) setTimeout(lookOn, EVERY);
}

function askForPassphrase() {
  opened.clear();
  show(last);
  const wrong = make("p", { className: "wrong-line", role: "alert" });
  const input = make("input", { id: "opening", type: "password", autocomplete: "off", required: true });
  const form = make("form", {}, make("label", { htmlFor: "opening", textContent: "To read: your opening passphrase" }), input,
    make("button", { className: "plain", textContent: "Open" }), wrong);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(form.querySelector("button"), wrong, async () => {
      await unlocked.unlock(plain(input.value));
      place.replaceChildren();
      await show(last);
    });
  });
  place.replaceChildren(form);
}

const text = document.getElementById("text");
const size = document.getElementById("size");
let typing;

async function measure() {
  if (!text.value.trim()) return;
  const { count, cents, dear, most } = await send(at.size, { text: text.value });
  const dearer = dear ? `; ${dear} makes it dearer` : "";
  size.textContent = `${count} ${count === 1 ? "segment" : "segments"}, ${cents}${dearer}${count > most ? `. At most ${most}: make it shorter` : ""}.`;
}

if (text) {
  text.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => measure().catch(() => {}), 400);
  });
}

async function begin() {
  await lookOn();
  const { wrapped, office } = await ask(at.mine);
  if (!wrapped || !office) {
    place.replaceChildren(make("p", {}, "To read what is sealed, you need the office's key: ", make("a", { href: at.key, textContent: "Key" })));
  } else if (await unlocked.resume()) await show(last);
  else askForPassphrase();
}

unlocked.addEventListener("locked", askForPassphrase);
begin();
