/** Who is here: the first thing the console asks, and everything that changes it. */

import { api, ask } from "./client";
import type { components } from "./schema";

type Shapes = components["schemas"];
export type Session = Shapes["SessionState"];
export type User = Shapes["User"];
export type Passkey = Shapes["PasskeyShown"];
export type Membership = Shapes["OwnWorkspace"];
export type Role = Membership["role"];
/** One right, as roles, keys and the documentation call it. */
export type Scope = Membership["scopes"][number];
/** What the browser's own passkey calls take, and the token by which the answer is recognised. */
export type Options = Shapes["PasskeyOptions"];
export type Credential = Record<string, unknown>;

export function readSession(): Promise<Session> {
  return ask(api.GET("/api/v1/session"));
}

export function setUp(wish: { token: string; email: string; name: string; password: string }): Promise<Session> {
  return ask(api.POST("/api/v1/setup", { body: wish }));
}

export function signIn(wish: { email: string; password: string; totp?: string }): Promise<Session> {
  return ask(api.POST("/api/v1/session", { body: wish }));
}

export function signOut(): Promise<unknown> {
  return ask(api.DELETE("/api/v1/session"));
}

export function passkeyOptions(): Promise<Options> {
  return ask(api.POST("/api/v1/session/passkey/options"));
}

export function signInByPasskey(wish: Shapes["PasskeySignIn"]): Promise<Session> {
  return ask(api.POST("/api/v1/session/passkey", { body: wish }));
}

export function requestReset(email: string): Promise<unknown> {
  return ask(api.POST("/api/v1/password-resets", { body: { email } }));
}

export function confirmReset(wish: { token: string; password: string }): Promise<unknown> {
  return ask(api.POST("/api/v1/password-resets/confirm", { body: wish }));
}
