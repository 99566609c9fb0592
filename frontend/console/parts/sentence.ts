/** What a problem is called to the person: the server's own sentence, or ours where it could say none. */

import type { Problem } from "../api/problem";
import { t } from "../i18n";

export function sentenceOf(problem: Problem): string {
  if (problem.kind === "network") return t("shell.problem_network");
  if (problem.retryAfterS !== null && problem.status === 429) {
    return t("shell.problem_wait", { seconds: problem.retryAfterS });
  }
  if (problem.kind === "server" || problem.message === "") return problem.message || t("shell.problem_server");
  return problem.message;
}
