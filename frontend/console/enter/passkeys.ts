/** Passkeys: between the API's JSON and the browser's own values. Never decides who is who. */

import type { Credential } from "../api/session";

/** Browsers know passkeys on https and on localhost only. */
export function isPasskeyKnown(): boolean {
  return typeof PublicKeyCredential !== "undefined" && PublicKeyCredential.parseRequestOptionsFromJSON !== undefined;
}

/** Ask the device who is here. Throws what the browser throws. */
export async function askPasskey(options: Record<string, unknown>): Promise<Credential> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never);
  return asJson(await navigator.credentials.get({ publicKey }));
}

/** Have the device make a new passkey. Throws what the browser throws. */
export async function makePasskey(options: Record<string, unknown>): Promise<Credential> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as never);
  return asJson(await navigator.credentials.create({ publicKey }));
}

/** The person closed the browser's own dialog, or the device did not answer in time. */
export function wasGivenUp(thrown: unknown): boolean {
  return thrown instanceof DOMException && ["NotAllowedError", "AbortError"].includes(thrown.name);
}

/** This device has a passkey of this account already. */
export function isThereAlready(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "InvalidStateError";
}

function asJson(credential: unknown): Credential {
  return (credential as PublicKeyCredential).toJSON() as unknown as Credential;
}
