/** How the API is asked: the path as the document has it, its parameters and body. What comes back is typed by `ask`. */

export interface Asked {
  readonly params?: { readonly path?: Record<string, string>; readonly query?: Record<string, unknown> };
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly bodySerializer?: (body: never) => unknown;
  readonly parseAs?: "json" | "text" | "blob";
  readonly signal?: AbortSignal;
}

type Ask = (
  path: `/api/v1/${string}`,
  asked?: Asked,
  // Said by whoever asks.
) => Promise<{ data?: any; error?: unknown; response: Response }>;

export interface AnyClient {
  readonly GET: Ask;
  readonly POST: Ask;
  readonly PUT: Ask;
  readonly PATCH: Ask;
  readonly DELETE: Ask;
}
