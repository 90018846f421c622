// Small things that the pages with keys share: making elements, asking the server, and saying what went wrong.

// Makes an element with these properties and children. Text is set as text: nothing a person wrote is ever HTML.
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

// Gives what the server answers as JSON, or throws an Error in words for the person.
export async function ask(url, options = {}) {
  const answer = await fetch(url, options).catch(() => {
    throw new Error("The line does not answer. Is this computer online? Nothing was changed.");
  });
  if (answer.status === 401) throw new Error("You are signed out. Sign in again in another tab, then try once more here.");
  if (!answer.ok) throw new Error((await answer.text()).trim() || `The line answered ${answer.status}.`);
  return answer.json();
}

// Sends fields to the server with the word that proves that this page is ours.
export function send(url, fields) {
  const proof = document.querySelector('input[name="proof"]').value;
  return ask(url, { method: "POST", body: new URLSearchParams({ proof, ...fields }) });
}

const WHY = {
  wrong_passphrase: "That passphrase does not open it. Six words, with one space between them.",
  wrong_key: "It is sealed to another key.",
  damaged: "It is damaged and cannot be opened. Tell the person who looks after the line.",
  changed: "The program that opens has been changed on its way here. Type no passphrase, and tell the person who looks after the line.",
  unknown: "This browser could not do it. Close other programs, or try another browser.",
};

// Gives the words for an error, whether it came from the server or from the worker.
export function inWords(error) {
  return WHY[error.why] ?? error.message;
}

// Runs something that may fail while a button waits, and says in `place` what went wrong.
export async function trying(button, place, deed) {
  button.disabled = true;
  place.textContent = "";
  try {
    await deed();
  } catch (error) {
    place.textContent = inWords(error);
  } finally {
    button.disabled = false;
  }
}

// Gives words as a passphrase is compared: small, with one space between them, however it was typed.
export function plain(passphrase) {
  return passphrase.trim().toLowerCase().split(/\s+/).join(" ");
}
