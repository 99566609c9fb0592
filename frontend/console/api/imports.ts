/** Files of links that are brought in, and what became of their rows. The server does the work; it goes on without us. */

import { api, ask, downloadUrl } from "./client";
import type { components } from "./schema";
import { networkProblem, problemOf } from "./problem";

type Shapes = components["schemas"];
/** The columns by what they are for us, which the document cannot say of the keys of an object. */
export type Mapping = Readonly<Partial<Record<Field, string>>>;
/** As the server answers them: none is left out. */
export type ImportOptions = Required<Shapes["ImportOptions"]>;
export type Import = Omit<Shapes["ImportShown"], "mapping" | "options"> & {
  readonly mapping: Mapping;
  readonly options: ImportOptions;
};
export type ImportState = Import["state"];
export type ImportRow = Shapes["ImportRow"];
export type RowState = ImportRow["state"];
export type ImportPage = Omit<Shapes["ImportPage"], "imports"> & { readonly imports: readonly Import[] };
export type RowPage = Shapes["ImportRowPage"];

export const SOURCES = [
  "auto", "csv", "liulian", "yourls", "shlink", "kutt", "dub", "bitly", "short_io", "rebrandly", "caoliao",
] as const;
export type Source = (typeof SOURCES)[number];

/** What a column can be for us, in the order in which people think of it. */
export const FIELDS = [
  "destination", "short_url", "slug", "domain", "title", "note", "tags", "folder", "created_at", "expires_at", "guard",
  "audience",
] as const;
export type Field = (typeof FIELDS)[number];

export const FILE_BYTES_MAX = 100 * 1024 ** 2;
const PAGE = 20;
const ROWS = 20;

const at = (id: string) => ({ params: { path: { id } } });
const on = (cursor: string | null) => (cursor === null ? {} : { cursor });

/** A file on its way: `done` when the server has looked into it. */
export interface Upload {
  readonly done: Promise<Import>;
  readonly stop: () => void;
}

/** Send a file. `onPart` hears which part of it, up to 1, has gone: fetch cannot tell, so this is asked the old way. */
export function uploadImport(file: File, source: Source, onPart: (part: number) => void): Upload {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("source", source);
  body.append("file", file);
  const done = new Promise<Import>((resolve, reject) => {
    request.upload.onprogress = (event) => onPart(event.total > 0 ? event.loaded / event.total : 0);
    request.onerror = () => reject(networkProblem());
    request.onabort = () => reject(new DOMException("", "AbortError"));
    request.onload = () => {
      const answer = bodyOf(request.responseText);
      if (request.status === 201) return resolve(answer as Import);
      return reject(problemOf(responseOf(request), answer));
    };
  });
  request.open("POST", downloadUrl("/api/v1/imports"));
  request.send(body);
  return { done, stop: () => request.abort() };
}

export function listImports(cursor: string | null = null): Promise<ImportPage> {
  return ask(api.GET("/api/v1/imports", { params: { query: { limit: PAGE, ...on(cursor) } } })) as Promise<ImportPage>;
}

export function readImport(id: string): Promise<Import> {
  return ask(api.GET("/api/v1/imports/{id}", at(id))) as Promise<Import>;
}

export interface ImportChange {
  readonly mapping: Mapping;
  readonly options: ImportOptions;
}

export function changeImport(id: string, change: ImportChange): Promise<Import> {
  return ask(api.PATCH("/api/v1/imports/{id}", { ...at(id), body: change })) as Promise<Import>;
}

export function startImport(id: string, isDry: boolean): Promise<Import> {
  return ask(api.POST("/api/v1/imports/{id}/start", { ...at(id), body: { dry_run: isDry } })) as Promise<Import>;
}

export function moveImport(id: string, how: "pause" | "resume" | "cancel"): Promise<Import> {
  return ask(api.POST(`/api/v1/imports/{id}/${how}`, at(id))) as Promise<Import>;
}

export function listRows(id: string, state: RowState, cursor: string | null = null): Promise<RowPage> {
  const query = { state, limit: ROWS, ...on(cursor) };
  return ask(api.GET("/api/v1/imports/{id}/rows", { params: { path: { id }, query } }));
}

export function failuresUrl(id: string): string {
  return downloadUrl(`/api/v1/imports/${id}/failures.csv`);
}

const EXPORTS = {
  csv: "/api/v1/exports/links.csv",
  json: "/api/v1/exports/links.json",
  everything: "/api/v1/exports/everything.zip",
} as const;
export type ExportKind = keyof typeof EXPORTS;
export const EXPORT_KINDS = Object.keys(EXPORTS) as readonly ExportKind[];

export function exportUrl(kind: ExportKind): string {
  return downloadUrl(EXPORTS[kind]);
}

/** What was answered, as the rest of the console knows answers. */
function responseOf(request: XMLHttpRequest): Response {
  const wait = request.getResponseHeader("Retry-After");
  return new Response(null, { status: request.status, headers: wait === null ? {} : { "Retry-After": wait } });
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // A proxy between us may answer in its own way.
  }
}
