/** The workspace that is open: its name, its people, its programs, and what was done in it. */

import { api, ask } from "./client";
import type { Membership, Role, Session } from "./session";

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly role: Role;
  readonly member_count: number;
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly joined_at: string;
}

export interface Invitation {
  readonly id: string;
  readonly email: string | null;
  readonly role: Role;
  readonly created_at: string;
  readonly expires_at: string;
}

export interface InvitationOffer {
  readonly workspace_name: string;
  readonly role: Role;
  readonly email: string | null;
  readonly expires_at: string;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly created_by: { readonly name: string } | null;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
}

export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null };
  readonly action: string;
  readonly kind: string;
  readonly object_id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next_cursor: string | null;
}

export function readWorkspace(): Promise<Workspace> {
  return ask<Workspace>(api.GET("/api/v1/workspace"));
}

export function renameWorkspace(name: string): Promise<Workspace> {
  return ask<Workspace>(api.PATCH("/api/v1/workspace", { body: { name } }));
}

export function createWorkspace(name: string): Promise<Membership> {
  return ask<Membership>(api.POST("/api/v1/workspaces", { body: { name } }));
}

export function deleteWorkspace(name: string): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/workspace", { body: { name } }));
}

export async function listMembers(): Promise<readonly Member[]> {
  return (await ask<{ members: Member[] }>(api.GET("/api/v1/members"))).members;
}

export function changeRole(id: string, role: Role): Promise<Member> {
  return ask<Member>(api.PATCH("/api/v1/members/{user_id}", { params: { path: { user_id: id } }, body: { role } }));
}

export function removeMember(id: string): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/members/{user_id}", { params: { path: { user_id: id } } }));
}

export async function listInvitations(): Promise<readonly Invitation[]> {
  return (await ask<{ invitations: Invitation[] }>(api.GET("/api/v1/invitations"))).invitations;
}

export function invite(wish: { email?: string; role: Role }): Promise<Invitation & { readonly url: string }> {
  return ask<Invitation & { url: string }>(api.POST("/api/v1/invitations", { body: wish }));
}

export function withdrawInvitation(id: string): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/invitations/{id}", { params: { path: { id } } }));
}

export function lookAtInvitation(token: string): Promise<InvitationOffer> {
  return ask<InvitationOffer>(api.POST("/api/v1/invitations/look", { body: { token } }));
}

export function acceptInvitation(wish: {
  token: string;
  email?: string;
  name?: string;
  password?: string;
}): Promise<Session> {
  return ask<Session>(api.POST("/api/v1/invitations/accept", { body: wish }));
}

export async function listApiKeys(): Promise<readonly ApiKey[]> {
  return (await ask<{ api_keys: ApiKey[] }>(api.GET("/api/v1/api-keys"))).api_keys;
}

export function createApiKey(wish: {
  name: string;
  scopes: readonly string[];
  expires_at?: string;
}): Promise<ApiKey & { readonly token: string }> {
  return ask<ApiKey & { token: string }>(api.POST("/api/v1/api-keys", { body: wish }));
}

export function revokeApiKey(id: string): Promise<void> {
  return ask<void>(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } }));
}

export function listAudit(query: { cursor?: string; action?: string; actor?: string; limit?: number }): Promise<AuditPage> {
  return ask<AuditPage>(api.GET("/api/v1/audit", { params: { query } }));
}
