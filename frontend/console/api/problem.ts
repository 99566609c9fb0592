/** What a request that failed comes back as: one class, whatever the reason, with what a screen can do about it. */

export type ProblemKind = "network" | "server" | "refused";

interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly code: string; readonly message: string }[];
}

/** A request that failed. `fields` are the sentences of refused fields by name; `message` is for the person. */
export class Problem extends Error {
  constructor(
    readonly kind: ProblemKind,
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
    /** Seconds to wait, where the server said so. */
    readonly retryAfterS: number | null = null,
    /** The whole answer, for the few screens that know more about a code. */
    readonly body: unknown = null,
  ) {
    super(message);
    this.name = "Problem";
  }

  is(code: string): boolean {
    return this.code === code;
  }
}

/** Nothing came back: no connection, or nobody answered in time. */
export function networkProblem(): Problem {
  return new Problem("network", 0, "network", "");
}

/** An answer that is no success, in whatever form: a proxy between us may have answered in its own way. */
export function problemOf(response: Response, error: unknown): Problem {
  const body: ProblemBody = typeof error === "object" && error !== null ? error : {};
  const kind = response.status >= 500 ? "server" : "refused";
  const fields = Object.fromEntries((body.errors ?? []).map((each) => [each.field, each.message]));
  const sentence = body.detail ?? body.title ?? "";
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return new Problem(kind, response.status, body.code ?? "", sentence, fields, Number.isNaN(wait) ? null : wait, error);
}

/** Turn whatever was thrown into a Problem. What is none is a fault of ours, and is shown as one. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  console.error(thrown);
  return new Problem("server", 0, "fault", "");
}
