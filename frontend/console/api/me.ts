/** The account of the person who is signed in: who they are, how they prove it, where they are signed in. */

import { api, ask } from "./client";
import type { Language } from "../i18n";
import type { components } from "./schema";
import type { Credential, Options, User } from "./session";

type Shapes = components["schemas"];
export type TotpOffer = Shapes["TotpOffer"];
export type SignedInSession = Shapes["SessionShown"];

export function readMe(): Promise<User> {
  return ask(api.GET("/api/v1/me"));
}

export function changeMe(change: {
  name?: string;
  language?: Language;
  email?: string;
  password?: string;
}): Promise<User> {
  return ask(api.PATCH("/api/v1/me", { body: change }));
}

export function changePassword(wish: { current?: string; new: string }): Promise<unknown> {
  return ask(api.POST("/api/v1/me/password", { body: wish }));
}

export function offerTotp(): Promise<TotpOffer> {
  return ask(api.POST("/api/v1/me/totp"));
}

export function confirmTotp(code: string): Promise<Shapes["RecoveryCodes"]> {
  return ask(api.POST("/api/v1/me/totp/confirm", { body: { code } }));
}

export function removeTotp(proof: { password: string } | { code: string }): Promise<unknown> {
  return ask(api.DELETE("/api/v1/me/totp", { body: proof }));
}

export function newPasskeyOptions(): Promise<Options> {
  return ask(api.POST("/api/v1/me/passkeys/options"));
}

export function addPasskey(wish: { token: string; credential: Credential; name: string }): Promise<unknown> {
  return ask(api.POST("/api/v1/me/passkeys", { body: wish }));
}

export function renamePasskey(id: string, name: string): Promise<unknown> {
  return ask(api.PATCH("/api/v1/me/passkeys/{id}", { params: { path: { id } }, body: { name } }));
}

export function removePasskey(id: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/me/passkeys/{id}", { params: { path: { id } } }));
}

export function beginIdentity(provider: string): Promise<Shapes["OidcTrip"]> {
  return ask(api.POST("/api/v1/me/identities/{provider}", { params: { path: { provider } } }));
}

export function removeIdentity(provider: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/me/identities/{provider}", { params: { path: { provider } } }));
}

export async function listSessions(): Promise<readonly SignedInSession[]> {
  return (await ask(api.GET("/api/v1/me/sessions"))).sessions;
}

export function endSession(id: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } }));
}

export function endOtherSessions(): Promise<unknown> {
  return ask(api.DELETE("/api/v1/me/sessions"));
}
