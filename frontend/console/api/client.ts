/**
 * The one way to the API. `ask(api.GET("/api/v1/…"))` gives what came back, or throws a Problem.
 *
 * Adds the workspace that is open. A 401 means that the session is over: whoever registered is told, once. Where the
 * server wants somebody who has only just signed in, they are asked to, and the request is sent once more.
 */

import createClient, { type Middleware } from "openapi-fetch";
import type { AnyClient } from "./paths";
import type { paths } from "./schema";
import { networkProblem, Problem, problemOf } from "./problem";

const PATIENCE_MS = 30_000; // Longer than the slowest answer of ours, shorter than people wait.

let workspaceId: string | null = null;
let whenSignedOut: () => void = () => undefined;
let signInAgain: () => Promise<boolean> = () => Promise.resolve(false);

/** Say which workspace the following requests are about. */
export function useWorkspaceId(id: string | null): void {
  workspaceId = id;
}

/** Say what happens when the server does not know us any more. */
export function onSignedOut(act: () => void): void {
  whenSignedOut = act;
}

/** Say how somebody shows anew who they are. What `act` answers tells whether they did. */
export function onSignInAgain(act: () => Promise<boolean>): void {
  signInAgain = act;
}

const context: Middleware = {
  onRequest({ request }) {
    if (workspaceId !== null) request.headers.set("Liulian-Workspace", workspaceId);
  },
  onResponse({ response, schemaPath }) {
    // Signing in is refused with 401 too, and that is an answer, not the end of a session.
    if (response.status === 401 && !schemaPath.startsWith("/api/v1/session")) whenSignedOut();
  },
};

/** Asked with the types of our own OpenAPI document: `python -m tools.api_types` writes them. */
export const api = createClient<paths>({
  baseUrl: "",
  fetch: send,
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(context);
/** The same, for what the document describes too loosely: `ask<Shape>(anyApi.GET(…))`. */
export const anyApi = api as unknown as AnyClient;

async function send(request: Request): Promise<Response> {
  const again = request.clone(); // What is sent is used up by sending.
  const answer = await sendOnce(request);
  return (await wantsSignIn(answer)) && (await signInAgain()) ? sendOnce(again) : answer;
}

function sendOnce(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]) });
}

async function wantsSignIn(answer: Response): Promise<boolean> {
  if (answer.status !== 403) return false;
  const body: unknown = await answer.clone().json().catch(() => null);
  return typeof body === "object" && body !== null && "code" in body && body.code === "sign_in_again";
}

interface Answered<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** Return what the API answered. Throws a Problem for anything but success. */
export async function ask<T>(call: Promise<Answered<T>>): Promise<T> {
  let answered: Answered<T>;
  try {
    answered = await call;
  } catch {
    throw networkProblem();
  }
  if (!answered.response.ok) throw problemOf(answered.response, answered.error);
  return answered.data as T;
}

/** Return the address of a file to download, in the workspace that is open: a link carries no header. */
export function downloadUrl(path: string, query: Readonly<Record<string, string>> = {}): string {
  const all = new URLSearchParams({ ...query, ...(workspaceId === null ? {} : { workspace: workspaceId }) });
  return `${path}?${all}`;
}

export { Problem };
