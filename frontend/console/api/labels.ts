/** What links are found by: tags, folders, saved views; and templates of campaign parameters. */

import { anyApi, ask } from "./client";
import type { components } from "./schema";

type Shapes = components["schemas"];
export type Tag = Shapes["Tag"];
export type Colour = Tag["colour"];
export type Folder = Shapes["Folder"];
export type View = Shapes["View"];
export type UtmTemplate = Shapes["UtmTemplate"];
export type UtmWish = Omit<UtmTemplate, "id" | "created_at">;

export const COLOURS: readonly Colour[] = ["husk", "water", "amber", "violet", "thorn", "teal", "grey"];

type Kind = "tags" | "folders" | "views" | "utm-templates";
const KEYS = { tags: "tags", folders: "folders", views: "views", "utm-templates": "utm_templates" } as const;

async function list<T>(kind: Kind): Promise<readonly T[]> {
  const answer = await ask<Record<string, readonly T[]>>(anyApi.GET(`/api/v1/${kind}`));
  return answer[KEYS[kind]] ?? [];
}

const create = <T>(kind: Kind, body: unknown) => ask<T>(anyApi.POST(`/api/v1/${kind}`, { body }));
const change = <T>(kind: Kind, id: string, body: unknown) =>
  ask<T>(anyApi.PATCH(`/api/v1/${kind}/{id}`, { params: { path: { id } }, body }));
const remove = (kind: Kind, id: string) => ask<unknown>(anyApi.DELETE(`/api/v1/${kind}/{id}`, { params: { path: { id } } }));

export const listTags = () => list<Tag>("tags");
export const createTag = (wish: { name: string; colour: Colour }) => create<Tag>("tags", wish);
export const changeTag = (id: string, wish: { name?: string; colour?: Colour }) => change<Tag>("tags", id, wish);
export const deleteTag = (id: string) => remove("tags", id);

export const listFolders = () => list<Folder>("folders");
export const createFolder = (name: string) => create<Folder>("folders", { name });
export const renameFolder = (id: string, name: string) => change<Folder>("folders", id, { name });
export const deleteFolder = (id: string) => remove("folders", id);

export const listViews = () => list<View>("views");
export const createView = (name: string, query: View["query"]) => create<View>("views", { name, query });
export const renameView = (id: string, name: string) => change<View>("views", id, { name });
export const deleteView = (id: string) => remove("views", id);

export const listUtm = () => list<UtmTemplate>("utm-templates");
export const createUtm = (wish: UtmWish) => create<UtmTemplate>("utm-templates", wish);
export const deleteUtm = (id: string) => remove("utm-templates", id);
