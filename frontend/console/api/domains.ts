/** The domains of a workspace: adding one, proving it, and what is served at its root. */

import { api, ask } from "./client";
import type { components } from "./schema";

type Shapes = components["schemas"];
export type Domain = Shapes["Domain"];
export type DomainChange = Partial<Shapes["DomainPatch"]>;

const at = (id: string) => ({ params: { path: { id } } });
const fileAt = (id: string, name: string) => ({ params: { path: { id, name } } });

export async function listDomains(): Promise<readonly Domain[]> {
  return (await ask(api.GET("/api/v1/domains"))).domains;
}

export function addDomain(host: string): Promise<Domain> {
  return ask(api.POST("/api/v1/domains", { body: { host } }));
}

export function changeDomain(id: string, change: DomainChange): Promise<Domain> {
  return ask(api.PATCH("/api/v1/domains/{id}", { ...at(id), body: change }));
}

export function deleteDomain(id: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/domains/{id}", at(id)));
}

export function verifyDomain(id: string): Promise<Domain> {
  return ask(api.POST("/api/v1/domains/{id}/verify", at(id)));
}

export function putDomainFile(id: string, name: string, text: string): Promise<unknown> {
  const plain = { bodySerializer: (body: string) => body, headers: { "Content-Type": "text/plain; charset=utf-8" } };
  return ask(api.PUT("/api/v1/domains/{id}/files/{name}", { ...fileAt(id, name), ...plain, body: text }));
}

export function readDomainFile(id: string, name: string): Promise<string> {
  return ask(api.GET("/api/v1/domains/{id}/files/{name}", { ...fileAt(id, name), parseAs: "text" }));
}

export function deleteDomainFile(id: string, name: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/domains/{id}/files/{name}", fileAt(id, name)));
}
