/** What links are found by: tags, folders, saved views; and templates of campaign parameters. */

import { api, ask } from "./client";
import type { components } from "./schema";

type Shapes = components["schemas"];
export type Tag = Shapes["Tag"];
export type Colour = Tag["colour"];
export type Folder = Shapes["Folder"];
export type View = Shapes["View"];
export type UtmTemplate = Shapes["UtmTemplate"];
export type UtmWish = Omit<UtmTemplate, "id" | "created_at">;

export const COLOURS: readonly Colour[] = ["husk", "water", "amber", "violet", "thorn", "teal", "grey"];

const at = (id: string) => ({ params: { path: { id } } });

export const listTags = async () => (await ask(api.GET("/api/v1/tags"))).tags;
export const createTag = (wish: { name: string; colour: Colour }) => ask(api.POST("/api/v1/tags", { body: wish }));
export const changeTag = (id: string, wish: { name?: string; colour?: Colour }) =>
  ask(api.PATCH("/api/v1/tags/{id}", { ...at(id), body: wish }));
export const deleteTag = (id: string) => ask(api.DELETE("/api/v1/tags/{id}", at(id)));

export const listFolders = async () => (await ask(api.GET("/api/v1/folders"))).folders;
export const createFolder = (name: string) => ask(api.POST("/api/v1/folders", { body: { name } }));
export const renameFolder = (id: string, name: string) => ask(api.PATCH("/api/v1/folders/{id}", { ...at(id), body: { name } }));
export const deleteFolder = (id: string) => ask(api.DELETE("/api/v1/folders/{id}", at(id)));

export const listViews = async () => (await ask(api.GET("/api/v1/views"))).views;
export const createView = (name: string, query: View["query"]) => ask(api.POST("/api/v1/views", { body: { name, query } }));
export const renameView = (id: string, name: string) => ask(api.PATCH("/api/v1/views/{id}", { ...at(id), body: { name } }));
export const deleteView = (id: string) => ask(api.DELETE("/api/v1/views/{id}", at(id)));

export const listUtm = async () => (await ask(api.GET("/api/v1/utm-templates"))).utm_templates;
export const createUtm = (wish: UtmWish) => ask(api.POST("/api/v1/utm-templates", { body: wish }));
export const deleteUtm = (id: string) => ask(api.DELETE("/api/v1/utm-templates/{id}", at(id)));
