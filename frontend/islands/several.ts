/** Several links at once: a table that fills while they are made. A row that fails says why, and the others stand. */

import { createLinks, randomKey, readCodes, type Answer, type Link, type Outcome, type Wish } from "./api";
import { copyText, setUpConfirmation } from "./copy";
import { csvOf } from "./csv";
import { element, tell } from "./dom";
import { formatted, say } from "./messages";
import { LINKS_MAX } from "./recent";
import { saveFile } from "./save";
import { tableRow } from "./several_row";

export const URLS_MAX = 100;
const PART = 10; // Few enough that the table moves while a slow name is being looked up.

export interface Row {
  readonly url: string;
  readonly outcome: Outcome;
}

export interface Several {
  hide(): void;
  /** Make the links and return them, in the order of the table. */
  run(urls: readonly string[], wish: Wish): Promise<Link[]>;
}

export function setUpSeveral(spoken: HTMLElement, putBack: (urls: readonly string[]) => void): Several {
  const card = element("several");
  const heading = element("several-heading");
  const progress = element<HTMLProgressElement>("several-progress");
  const acts = element("several-acts");
  const body = element("several-rows");
  const again = element("several-again");
  let rows: Row[] = [];

  function start(count: number): void {
    rows = [];
    card.hidden = false;
    body.replaceChildren();
    for (const part of [acts, again, element("several-note"), element("several-problem")]) part.hidden = true;
    progress.max = count;
    progress.hidden = false;
    showProgress();
    card.scrollIntoView({ block: "nearest" });
  }

  function showProgress(): void {
    progress.value = rows.length;
    heading.textContent = say("several.busy", { done: formatted(rows.length), count: formatted(progress.max) });
  }

  function add(urls: readonly string[], outcomes: readonly Outcome[]): void {
    const made = urls.map((url, index) => ({ url, outcome: outcomes[index] ?? { sentence: say("form.server") } }));
    rows.push(...made);
    body.append(...made.map((row) => tableRow(row, spoken)));
    showProgress();
  }

  function finish(): void {
    const links = linksOf(rows);
    progress.hidden = true;
    heading.textContent = summary(rows.length, links.length);
    spoken.textContent = heading.textContent;
    acts.hidden = links.length === 0;
    again.hidden = links.length === rows.length;
    tell(element("several-note"), links.length > LINKS_MAX ? say("several.note", { count: LINKS_MAX }) : "");
    heading.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  setUpActs(() => rows, spoken);
  again.addEventListener("click", () => putBack(rows.filter((row) => !("link" in row.outcome)).map((row) => row.url)));

  return {
    hide: () => (card.hidden = true),
    async run(urls, wish) {
      start(urls.length);
      let stop: string | undefined;
      for (let from = 0; from < urls.length; from += PART) {
        const part = urls.slice(from, from + PART);
        const answer: Answer<Outcome[]> | undefined = stop === undefined ? await ask(part, wish) : undefined;
        const sentence = answer && answer.kind !== "ok" ? sentenceFor(answer) : stop;
        add(part, answer?.kind === "ok" ? answer.value : part.map(() => ({ sentence: sentence ?? "" })));
        if (answer && isFinal(answer)) stop = sentence;
      }
      finish();
      return linksOf(rows);
    },
  };
}

/** Ask once more with the same key where no answer came: nothing is made twice. */
async function ask(urls: readonly string[], wish: Wish): Promise<Answer<Outcome[]>> {
  const key = randomKey();
  const answer = await createLinks(urls, wish, key);
  return answer.kind === "network" ? createLinks(urls, wish, key) : answer;
}

/** Without a network, or over the limit of an hour, the rest would fare no better. */
function isFinal(answer: Answer<unknown>): boolean {
  return answer.kind === "network" || (answer.kind === "refused" && answer.status === 429);
}

export function sentenceFor(answer: Exclude<Answer<unknown>, { kind: "ok" }>): string {
  if (answer.kind === "refused") return answer.sentence || say("form.server");
  return say(answer.kind === "network" ? "form.network" : "form.server");
}

function linksOf(rows: readonly Row[]): Link[] {
  return rows.flatMap((row) => ("link" in row.outcome ? [row.outcome.link] : []));
}

function summary(count: number, made: number): string {
  if (made === count) return say("several.made", { count: formatted(count) });
  if (made === 0) return say("several.none", { count: formatted(count) });
  return say("several.partly", { count: formatted(made), failed: formatted(count - made) });
}

function setUpActs(rows: () => readonly Row[], spoken: HTMLElement): void {
  const problem = element("several-problem");
  const copy = element("several-copy");
  const confirmCopy = setUpConfirmation(copy, spoken);
  const urls = (): string[] => linksOf(rows()).map((link) => link.short_url);

  copy.addEventListener("click", () => {
    void copyText(urls().join("\n")).then((isCopied) => {
      tell(problem, isCopied ? "" : say("result.copy_failed"));
      if (isCopied) confirmCopy(say("several.copied", { count: formatted(urls().length) }));
    });
  });
  element("several-csv").addEventListener("click", () => saveFile(csvOf(cells(rows())), `${say("several.file")}.csv`));

  const zip = document.getElementById("several-zip"); // Only where the server can make one.
  zip?.addEventListener("click", () => void saveCodes(zip, urls(), problem));
}

async function saveCodes(button: HTMLElement, urls: readonly string[], problem: HTMLElement): Promise<void> {
  const label = button.querySelector("span") ?? button;
  const restText = label.textContent ?? "";
  label.textContent = say("several.zip_busy");
  const answer = await readCodes(urls);
  label.textContent = restText;
  tell(problem, answer.kind === "ok" ? "" : say("several.zip_failed"));
  if (answer.kind === "ok") saveFile(answer.value, `${say("several.file")}.zip`);
}

function cells(rows: readonly Row[]): string[][] {
  const columns = ["destination", "short", "expires", "problem"];
  const values = rows.map(({ url, outcome }) =>
    "link" in outcome ? [url, outcome.link.short_url, outcome.link.expires_at ?? "", ""] : [url, "", "", outcome.sentence],
  );
  return [columns.map((column) => say(`several.csv_${column}`)), ...values];
}
