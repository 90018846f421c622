// Keeps the list fresh for a working day: it asks every fifteen seconds, and shows only what has changed.
const list = document.getElementById("list");
const news = document.getElementById("news");
const EVERY = 15_000; // milliseconds
let mark = "";
let next;

function waiting() {
  return Number(list.querySelector(".count")?.dataset.waiting ?? 0);
}

function say(words) {
  if (news.textContent !== words) news.textContent = words;
}

// Shows the list as it is now. The focus stays on the row it was on.
function show(html, before) {
  const at = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.innerHTML = html;
  if (at) list.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus();
  const now = waiting();
  document.title = document.title.replace(/^(\(\d+\) )?/, now ? `(${now}) ` : "");
  if (now > before) say(now - before === 1 ? "A new request waits for you." : `${now - before} new requests wait for you.`);
}

function signedOut() {
  say("You are signed out. ");
  news.append(Object.assign(document.createElement("a"), { href: list.dataset.signIn, textContent: "Sign in again" }));
}

// One look; true if there is any use in looking again.
async function look() {
  const answer = await fetch(list.dataset.part, { headers: mark ? { "If-None-Match": mark } : {} });
  if (answer.status === 401) {
    signedOut();
    return false;
  }
  if (answer.status === 200) {
    show(await answer.text(), waiting());
    mark = answer.headers.get("ETag") ?? "";
  }
  if (answer.status >= 400) throw new Error("the line does not answer");
  if (news.textContent.startsWith("This list")) say("");
  return true;
}

async function lookOn() {
  clearTimeout(next);
  let again = true;
  try {
    again = await look();
  } catch {
    say("This list may be old: the line does not answer, or this computer is offline. It is asked again by itself.");
  }
  if (again) next = setTimeout(lookOn, EVERY);
}

lookOn();
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") lookOn();
});
