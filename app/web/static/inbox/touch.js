// Asks a passkey for a touch, and says in words why it did not answer.

const NEEDED = ["parseCreationOptionsFromJSON", "parseRequestOptionsFromJSON"];
const WHY = {
  NotAllowedError: "The passkey did not answer, or it was broken off. Try once more, or go on without it.",
  InvalidStateError: "There is a passkey of yours on this device already.",
};
const OTHERWISE = "This browser could not use the passkey. Try another browser, or go on without it.";

// True if this browser can make and use passkeys.
export function able() {
  return NEEDED.every((name) => typeof globalThis.PublicKeyCredential?.[name] === "function");
}

// Does something that asks for a touch, or throws an Error in words for the person.
export async function touched(deed) {
  try {
    return await deed();
  } catch (error) {
    throw new Error(WHY[error.name] ?? OTHERWISE, { cause: error });
  }
}
