// Adds a passkey on the page "You", and shows one in the place of a code.

import { ask, send, trying } from "./page.js";
import { able, touched } from "./touch.js";

const adding = document.getElementById("add-passkey");
const using = document.getElementById("use-passkey");

// Sends a credential, and of what comes with it only what is said: it could be a secret that opens files.
function sendCredential(url, credential, clientExtensionResults, fields = {}) {
  const told = { ...credential.toJSON(), clientExtensionResults };
  return send(url, { ...fields, credential: JSON.stringify(told) });
}

// Makes a passkey in this browser, and has the server know it.
async function add() {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await ask(adding.dataset.options));
  const credential = await touched(() => navigator.credentials.create({ publicKey }));
  const enabled = credential.getClientExtensionResults().prf?.enabled === true;
  await sendCredential(adding.dataset.send, credential, { prf: { enabled } }, { name: adding.elements.name.value });
  location.reload();
}

// Shows a passkey, and goes in.
async function show() {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask(using.dataset.options));
  const credential = await touched(() => navigator.credentials.get({ publicKey }));
  const { to } = await sendCredential(using.dataset.send, credential, {});
  location.assign(to);
}

function beginAdding() {
  document.getElementById("passkeys").hidden = false;
  adding.hidden = false;
  adding.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(adding.querySelector("button"), adding.querySelector(".wrong-line"), add);
  });
}

function beginUsing() {
  using.hidden = false;
  const button = using.querySelector("button");
  button.addEventListener("click", () => trying(button, using.querySelector(".wrong-line"), show));
}

if (able() && adding) beginAdding();
if (able() && using) beginUsing();
