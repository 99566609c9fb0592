/** The account of the person who is signed in: who they are, how they prove it, where they are signed in. */

import { api, ask } from "./client";
import type { Options, Passkey, User } from "./session";

export interface TotpOffer {
  readonly secret: string;
  readonly uri: string;
  readonly qr_svg: string;
}

export interface SignedInSession {
  readonly id: string;
  readonly current: boolean;
  readonly app: string | null;
  readonly system: string | null;
  readonly created_at: string;
  readonly last_seen_at: string;
}

export function readMe(): Promise<User> {
  return ask<User>(api.GET("/api/v1/me"));
}

export function changeMe(change: {
  name?: string;
  language?: string;
  email?: string;
  password?: string;
}): Promise<User> {
  return ask<User>(api.PATCH("/api/v1/me", { body: change }));
}

export function changePassword(wish: { current?: string; new: string }): Promise<void> {
  return ask<void>(api.POST("/api/v1/me/password", { body: wish }));
}

export function offerTotp(): Promise<TotpOffer> {
  return ask<TotpOffer>(api.POST("/api/v1/me/totp"));
}

export function confirmTotp(code: string): Promise<{ readonly recovery_codes: readonly string[] }> {
  return ask<{ recovery_codes: string[] }>(api.POST("/api/v1/me/totp/confirm", { body: { code } }));
}

export function removeTotp(proof: { password: string } | { code: string }): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/me/totp", { body: proof }));
}

export function newPasskeyOptions(): Promise<Options> {
  return ask<Options>(api.POST("/api/v1/me/passkeys/options"));
}

export function addPasskey(wish: { token: string; credential: unknown; name: string }): Promise<Passkey> {
  return ask<Passkey>(api.POST("/api/v1/me/passkeys", { body: wish }));
}

export function renamePasskey(id: string, name: string): Promise<Passkey> {
  return ask<Passkey>(api.PATCH("/api/v1/me/passkeys/{id}", { params: { path: { id } }, body: { name } }));
}

export function removePasskey(id: string): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/me/passkeys/{id}", { params: { path: { id } } }));
}

export async function listSessions(): Promise<readonly SignedInSession[]> {
  return (await ask<{ sessions: SignedInSession[] }>(api.GET("/api/v1/me/sessions"))).sessions;
}

export function endSession(id: string): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } }));
}

export function endOtherSessions(): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/me/sessions"));
}
