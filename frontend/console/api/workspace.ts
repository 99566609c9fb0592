/** The workspace that is open: its name, its people, its programs, and what was done in it. */

import { api, ask } from "./client";
import type { components } from "./schema";
import type { Membership, Role, Scope, Session } from "./session";

type Shapes = components["schemas"];
export type Workspace = Shapes["Workspace"];
export type Member = Shapes["Member"];
export type Invitation = Shapes["Invitation"];
export type InvitationOffer = Shapes["InvitationLook"];
export type ApiKey = Shapes["ApiKey"];
export type AuditEntry = Shapes["AuditEntry"];
export type AuditPage = Shapes["AuditPage"];

export function readWorkspace(): Promise<Workspace> {
  return ask(api.GET("/api/v1/workspace"));
}

export function renameWorkspace(name: string): Promise<Workspace> {
  return ask(api.PATCH("/api/v1/workspace", { body: { name } }));
}

export function createWorkspace(name: string): Promise<Membership> {
  return ask(api.POST("/api/v1/workspaces", { body: { name } }));
}

export function deleteWorkspace(name: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/workspace", { body: { name } }));
}

export async function listMembers(): Promise<readonly Member[]> {
  return (await ask(api.GET("/api/v1/members"))).members;
}

export function changeRole(id: string, role: Role): Promise<Member> {
  return ask(api.PATCH("/api/v1/members/{id}", { params: { path: { id } }, body: { role } }));
}

export function removeMember(id: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/members/{id}", { params: { path: { id } } }));
}

export async function listInvitations(): Promise<readonly Invitation[]> {
  return (await ask(api.GET("/api/v1/invitations"))).invitations;
}

export function invite(wish: { email?: string; role: Role }): Promise<Shapes["NewInvitation"]> {
  return ask(api.POST("/api/v1/invitations", { body: wish }));
}

export function withdrawInvitation(id: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/invitations/{id}", { params: { path: { id } } }));
}

export function lookAtInvitation(token: string): Promise<InvitationOffer> {
  return ask(api.POST("/api/v1/invitations/look", { body: { token } }));
}

export function acceptInvitation(wish: {
  token: string;
  email?: string;
  name?: string;
  password?: string;
}): Promise<Session> {
  return ask(api.POST("/api/v1/invitations/accept", { body: wish }));
}

export async function listApiKeys(): Promise<readonly ApiKey[]> {
  return (await ask(api.GET("/api/v1/api-keys"))).api_keys;
}

export function createApiKey(wish: {
  name: string;
  scopes: Scope[];
  expires_at?: string;
}): Promise<Shapes["NewApiKey"]> {
  return ask(api.POST("/api/v1/api-keys", { body: wish }));
}

export function revokeApiKey(id: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } }));
}

export function listAudit(query: { cursor?: string; action?: string; actor?: string; limit?: number }): Promise<AuditPage> {
  return ask(api.GET("/api/v1/audit", { params: { query } }));
}
