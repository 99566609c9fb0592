/** The domains of a workspace: adding one, proving it, and what is served at its root. */

import { anyApi, ask } from "./client";

export interface DomainFile {
  readonly name: string;
  readonly size: number;
}

export interface Domain {
  readonly id: string;
  readonly host: string;
  readonly is_system?: boolean;
  readonly is_default: boolean;
  readonly verified_at: string | null;
  readonly root_destination: string | null;
  readonly not_found_destination: string | null;
  readonly icp_number: string | null;
  readonly police_number: string | null;
  readonly link_count: number;
  readonly verification: {
    readonly txt_name: string;
    readonly txt_value: string;
    readonly file_path: string;
    readonly file_body: string;
  } | null;
  readonly files: readonly DomainFile[];
  readonly created_at: string | null;
}

export interface DomainChange {
  root_destination?: string | null;
  not_found_destination?: string | null;
  icp_number?: string | null;
  police_number?: string | null;
  is_default?: boolean;
}

const at = (id: string) => ({ params: { path: { id } } });
const fileAt = (id: string, name: string) => ({ params: { path: { id, name } } });

export async function listDomains(): Promise<readonly Domain[]> {
  return (await ask<{ domains: Domain[] }>(anyApi.GET("/api/v1/domains"))).domains;
}

export function addDomain(host: string): Promise<Domain> {
  return ask<Domain>(anyApi.POST("/api/v1/domains", { body: { host } }));
}

export function changeDomain(id: string, change: DomainChange): Promise<Domain> {
  return ask<Domain>(anyApi.PATCH("/api/v1/domains/{id}", { ...at(id), body: change }));
}

export function deleteDomain(id: string): Promise<void> {
  return ask<void>(anyApi.DELETE("/api/v1/domains/{id}", at(id)));
}

export function verifyDomain(id: string): Promise<Domain> {
  return ask<Domain>(anyApi.POST("/api/v1/domains/{id}/verify", at(id)));
}

export function putDomainFile(id: string, name: string, text: string): Promise<unknown> {
  const plain = { bodySerializer: (body: string) => body, headers: { "Content-Type": "text/plain; charset=utf-8" } };
  return ask<unknown>(anyApi.PUT("/api/v1/domains/{id}/files/{name}", { ...fileAt(id, name), ...plain, body: text }));
}

export function readDomainFile(id: string, name: string): Promise<string> {
  return ask<string>(anyApi.GET("/api/v1/domains/{id}/files/{name}", { ...fileAt(id, name), parseAs: "text" }));
}

export function deleteDomainFile(id: string, name: string): Promise<void> {
  return ask<void>(anyApi.DELETE("/api/v1/domains/{id}/files/{name}", fileAt(id, name)));
}
