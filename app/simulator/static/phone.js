// Makes the page live: it asks every second whether something happened, and then draws what the server draws.
// Everything works without it, by plain forms.
"use strict";

const body = document.body;
const scroll = document.getElementById("scroll");
const problem = document.getElementById("problem");
const write = document.getElementById("write");
const counts = new Map();
let revision = Number(body.dataset.revision);
let drawing = null;

keepLanguage();
for (const form of document.querySelectorAll("form[data-live]")) form.addEventListener("submit", live);
write.addEventListener("keydown", sendOnEnter);
write.addEventListener("input", grow);
watchDrawer();
// On a small screen the tabs scroll sideways: the phone at hand is not left half out of sight.
document.querySelector("#tabs [aria-current]").scrollIntoView({ inline: "nearest", block: "nearest" });
setInterval(poll, 1000);
poll();

function keepLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = remembered("lang");
  if (asked) remember("lang", body.dataset.lang);
  else if (kept && kept !== body.dataset.lang) {
    const address = new URL(location.href);
    address.searchParams.set("lang", kept);
    location.replace(address);
  }
}

function remembered(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function remember(name, value) {
  try { localStorage.setItem(name, value); } catch { /* a private window keeps nothing, and that is fine */ }
}

async function live(event) {
  event.preventDefault();
  const form = event.target;
  const fields = new FormData(form);
  const pressed = event.submitter;
  if (pressed && pressed.name) fields.set(pressed.name, pressed.value);
  const writing = "write" in form.dataset;
  if (writing) { write.value = ""; grow(); }
  problem.textContent = "";
  setTimeout(poll, 60);
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error((await answer.json()).error);
  } catch (error) {
    problem.textContent = error instanceof TypeError ? problem.dataset.words : error.message;
    if (writing && !write.value) write.value = fields.get("body");
  }
  await poll();
}

function sendOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (write.value.trim()) write.form.requestSubmit();
}

function grow() {
  write.rows = Math.min(5, Math.max(1, write.value.split("\n").length, Math.ceil(write.value.length / 30)));
}

async function poll() {
  if (document.hidden) return;
  try {
    const now = await (await fetch("/phones.json")).json();
    for (const phone of now.phones) noteNews(phone);
    if (now.revision !== revision) await redraw(now.revision);
  } catch { /* the simulator is restarting: the next second tries again */ }
}

function noteNews(phone) {
  const seen = counts.get(phone.id);
  counts.set(phone.id, phone.thread.length);
  if (seen === undefined || phone.thread.length <= seen || phone.id === body.dataset.phone) return;
  const tab = document.querySelector(`[data-tab="${phone.id}"] .tab-news`);
  if (tab) tab.hidden = false;
}

// One drawing at a time: a second wish while one is under way waits for it, so that no older page overwrites a newer.
async function redraw(wanted) {
  if (drawing) await drawing;
  if (revision >= wanted && revision - wanted < 1000) return;
  drawing = draw();
  try { await drawing; } finally { drawing = null; }
}

async function draw() {
  const address = new URL(location.href);
  address.hash = "";
  address.searchParams.set("phone", body.dataset.phone);
  address.searchParams.set("lang", body.dataset.lang);
  address.searchParams.delete("problem");
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  revision = Number(page.body.dataset.revision);
  const atEnd = Math.abs(scroll.scrollTop) < 80;
  merge(document.getElementById("thread"), page.getElementById("thread"), "bubble", false);
  merge(document.getElementById("mails"), page.getElementById("mails"), "mail", true);
  for (const id of ["flags", "mail-count", "advanced"]) swap(id, page);
  swapTabs(page);
  swapTricks(page);
  const empty = document.getElementById("empty");
  if (empty && !page.getElementById("empty")) empty.remove();
  if (atEnd) scroll.scrollTop = 0;
}

// Adds what is new and renews what changed, so that a screen reader hears only the additions.
function merge(old, fresh, kind, newestFirst) {
  const key = `data-${kind}`;
  const wanted = new Set([...fresh.children].map((item) => item.getAttribute(key)));
  for (const item of [...old.children]) if (!wanted.has(item.getAttribute(key))) item.remove();
  const items = newestFirst ? [...fresh.children].reverse() : [...fresh.children];
  for (const item of items) {
    const id = item.getAttribute(key);
    const known = id === null ? old.querySelector(`:scope > :not([${key}])`) : old.querySelector(`:scope > [${key}="${id}"]`);
    if (!known && newestFirst) old.prepend(item);
    else if (!known) { item.classList.add("arriving"); old.append(item); }
    else if (bare(known) !== item.outerHTML) known.innerHTML = item.innerHTML, (known.className = item.className);
  }
}

function bare(item) {
  const copy = item.cloneNode(true);
  copy.classList.remove("arriving");
  return copy.outerHTML;
}

function swap(id, page) {
  const old = document.getElementById(id);
  const fresh = page.getElementById(id);
  if (old.innerHTML !== fresh.innerHTML && !old.contains(document.activeElement)) old.innerHTML = fresh.innerHTML;
  else if (old.innerHTML !== fresh.innerHTML) {
    const index = [...old.querySelectorAll("button")].indexOf(document.activeElement);
    old.innerHTML = fresh.innerHTML;
    old.querySelectorAll("button")[index]?.focus();
  }
}

function swapTabs(page) {
  const tabs = document.getElementById("tabs");
  const known = new Set([...tabs.querySelectorAll("[data-tab]")].map((tab) => tab.dataset.tab));
  for (const tab of page.querySelectorAll("#tabs [data-tab]")) if (!known.has(tab.dataset.tab)) tabs.append(tab.parentElement);
}

// A trick that was played is over: the form must say so, unless someone is choosing in it just now.
function swapTricks(page) {
  const old = document.querySelector(".bad-day form");
  if (old.contains(document.activeElement) && document.activeElement.tagName !== "BUTTON") return;
  const fresh = page.querySelector(".bad-day form");
  for (const radio of fresh.querySelectorAll("input[type=radio]")) {
    old.querySelector(`input[type=radio][value="${radio.value}"]`).checked = radio.checked;
  }
  old.querySelector("select").value = fresh.querySelector("select").value;
}

function watchDrawer() {
  const drawer = document.getElementById("drawer");
  if (remembered("drawer") === "open") drawer.open = true;
  drawer.addEventListener("toggle", () => remember("drawer", drawer.open ? "open" : ""));
  for (const link of document.querySelectorAll('a[href="#bad-day"]')) link.addEventListener("click", () => { drawer.open = true; });
}
