/** Who is here: the first thing the console asks, and everything that changes it. */

import { api, ask } from "./client";

export type Role = "owner" | "admin" | "editor" | "analyst";

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly language: string | null;
  readonly has_password: boolean;
  readonly totp_enabled: boolean;
  readonly passkeys: readonly Passkey[];
  readonly identities: readonly { readonly issuer: string }[];
}

export interface Membership {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly string[];
}

export interface Session {
  readonly state: "setup" | "signed_out" | "signed_in";
  readonly password_reset_by_mail: boolean;
  readonly oidc: readonly { readonly id: string; readonly name: string }[];
  readonly anonymous_links: boolean;
  readonly user: User | null;
  readonly workspaces: readonly Membership[];
}

export interface Options {
  readonly token: string;
  readonly options: Record<string, unknown>;
}

export function readSession(): Promise<Session> {
  return ask<Session>(api.GET("/api/v1/session"));
}

export function setUp(wish: { token: string; email: string; name: string; password: string }): Promise<Session> {
  return ask<Session>(api.POST("/api/v1/setup", { body: wish }));
}

export function signIn(wish: { email: string; password: string; totp?: string }): Promise<Session> {
  return ask<Session>(api.POST("/api/v1/session", { body: wish }));
}

export function signOut(): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/session"));
}

export function passkeyOptions(): Promise<Options> {
  return ask<Options>(api.POST("/api/v1/session/passkey/options"));
}

export function signInByPasskey(wish: { token: string; credential: unknown }): Promise<Session> {
  return ask<Session>(api.POST("/api/v1/session/passkey", { body: wish }));
}

export function requestReset(email: string): Promise<void> {
  return ask<void>(api.POST("/api/v1/password-resets", { body: { email } }));
}

export function confirmReset(wish: { token: string; password: string }): Promise<void> {
  return ask<void>(api.POST("/api/v1/password-resets/confirm", { body: wish }));
}
