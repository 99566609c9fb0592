/** The links of a workspace: lists of them, one of them, and what can be done with one or many. */

import { api, ask } from "./client";
import type { components } from "./schema";

type Shapes = components["schemas"];
export type Link = Shapes["Link"];
export type LinkPage = Shapes["LinkPage"];
export type LinkCreate = Shapes["LinkCreate"];
export type LinkPatch = Shapes["LinkPatch"];
export type Guard = Shapes["Guard"];
export type Audience = Shapes["Audience"];
export type ListFilter = Shapes["ListFilter"];
export type BulkEdit = Shapes["BulkEdit"];
export type BulkEdited = Shapes["BulkEdited"];
export type LinkIds = Shapes["LinkIds"];
export type Stats = Shapes["Stats"];
export type LinkState = NonNullable<ListFilter["state"]>;
export type Sort = "created" | "clicks" | "title" | "updated";
export type Clicks = Readonly<Record<string, { readonly clicks: number; readonly human_clicks: number }>>;

export const PAGE = 50;

const at = (id: string) => ({ params: { path: { id } } });

export interface Asked extends ListFilter {
  readonly sort: Sort;
  readonly order: "asc" | "desc";
}

export function listLinks(asked: Asked, cursor: string | null): Promise<LinkPage> {
  const query = { ...asked, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
  return ask<LinkPage>(api.GET("/api/v1/links", { params: { query } }));
}

export function readLink(id: string): Promise<Link> {
  return ask(api.GET("/api/v1/links/{id}", at(id)));
}

export function createLink(wish: LinkCreate): Promise<Link> {
  return ask<Link>(api.POST("/api/v1/links", { body: wish }));
}

export function changeLink(id: string, change: LinkPatch): Promise<Link> {
  return ask<Link>(api.PATCH("/api/v1/links/{id}", { ...at(id), body: change }));
}

export function deleteLink(id: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/links/{id}", at(id)));
}

export function archiveLink(id: string): Promise<Link> {
  return ask<Link>(api.POST("/api/v1/links/{id}/archive", at(id)));
}

/** Back into the list, from the archive or from among the deleted. */
export function restoreLink(id: string): Promise<Link> {
  return ask<Link>(api.POST("/api/v1/links/{id}/restore", at(id)));
}

export function favour(id: string, is: boolean): Promise<unknown> {
  const path = "/api/v1/links/{id}/favourite";
  return ask(is ? api.PUT(path, at(id)) : api.DELETE(path, at(id)));
}

export function editLinks(wish: BulkEdit): Promise<BulkEdited> {
  return ask<BulkEdited>(api.POST("/api/v1/links/bulk-edit", { body: wish }));
}

/** All links that a list holds now, by their ids: what is made later is not among them. Null once nobody waits. */
export async function nameLinks(asked: Asked, isWanted: () => boolean): Promise<string[] | null> {
  const { sort: _sort, order: _order, ...filter } = asked;
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: LinkIds = await ask<LinkIds>(api.POST("/api/v1/links/ids", { body: { filter, cursor } }));
    if (!isWanted()) return null;
    for (const id of page.ids) ids.push(id);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}

/** The numbers of at most a hundred links as they are now. */
export async function readClicks(ids: readonly string[]): Promise<Clicks> {
  return (await ask<{ clicks: Clicks }>(api.POST("/api/v1/links/clicks", { body: { ids: [...ids] } }))).clicks;
}

export function claimLink(token: string): Promise<Link> {
  return ask<Link>(api.POST("/api/v1/links/claim", { body: { manage_token: token } }));
}

export function readStats(id: string, query: { from: string; to: string; interval: string; tz: string }): Promise<Stats> {
  return ask<Stats>(api.GET("/api/v1/links/{id}/stats", { params: { path: { id }, query } }));
}
