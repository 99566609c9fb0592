/** Statistics of the link just made: unfold in place, and follow what happens while somebody looks. */

import { readStatistics, type Answer, type Link, type Row, type Statistics } from "./api";
import { drawHours } from "./chart";
import { element, make, tell } from "./dom";
import { formatted, nameOf, say } from "./messages";

const LOOK_EVERY_MS = 2000;
const LOOK_SELDOM_MS = 30_000; // Where the server fails, we ask less and less often, up to this.
const ROWS_MAX = 5;
const METRICS = ["clicks", "human_clicks", "visitors"] as const;

export interface FollowedStatistics {
  follow(link: Link): void;
  unfold(open: boolean): void;
}

export function setUpStatistics(): FollowedStatistics {
  const panel = element("statistics");
  const toggle = element("statistics-toggle");
  const note = element("statistics-note");
  let link: Link | undefined;
  let timer = 0;
  let wait = LOOK_EVERY_MS;

  function isWatched(): boolean {
    return !panel.hidden && document.visibilityState === "visible" && link?.manage_token !== undefined;
  }

  async function look(): Promise<void> {
    clearTimeout(timer);
    const asked = link;
    if (!asked || !isWatched()) return;
    const zone = ownZone();
    const answer = await readStatistics(asked, today(zone), zone);
    if (asked !== link) return; // A newer link took the place meanwhile; it is being followed already.
    if (answer.kind === "ok") show(answer.value);
    tell(note, noteFor(answer));
    if (isFinal(answer)) return;
    wait = answer.kind === "ok" ? LOOK_EVERY_MS : Math.min(2 * wait, LOOK_SELDOM_MS);
    clearTimeout(timer);
    timer = window.setTimeout(() => void look(), wait);
  }

  function unfold(open: boolean): void {
    panel.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    void look();
  }

  toggle.addEventListener("click", () => {
    unfold(panel.hidden);
    if (!panel.hidden) panel.scrollIntoView({ block: "nearest" }); // On a phone it unfolds below the window.
  });
  document.addEventListener("visibilitychange", () => void look());
  setUpDefinitions(panel);

  return {
    unfold,
    follow(next) {
      link = next;
      wait = LOOK_EVERY_MS;
      toggle.hidden = next.manage_token === undefined;
      show(NOTHING);
      tell(note, "");
      void look();
    },
  };
}

const NOTHING: Statistics = {
  totals: { clicks: 0, human_clicks: 0, visitors: 0 },
  series: [],
  breakdowns: {},
  outcomes: {},
};

/** Asking again would bring the same: the link is deleted, or its token does not manage it any more. */
function isFinal(answer: Answer<Statistics>): boolean {
  return answer.kind === "refused" && (answer.status === 401 || answer.status === 404);
}

function noteFor(answer: Answer<Statistics>): string {
  if (answer.kind === "ok") return "";
  if (!isFinal(answer)) return say("statistics.failed");
  return say(answer.kind === "refused" && answer.status === 401 ? "statistics.refused" : "statistics.gone");
}

function show(statistics: Statistics): void {
  for (const metric of METRICS) element(`total-${metric}`).textContent = formatted(statistics.totals[metric]);
  const isEmpty = Object.values(statistics.outcomes).every((count) => count === 0);
  element("statistics-empty").hidden = !isEmpty;
  element("statistics-detail").hidden = isEmpty;
  if (isEmpty) return;
  drawHours(statistics.series);
  list("apps", rows(statistics.breakdowns["app"], "app"));
  list("systems", rows(statistics.breakdowns["system"], "system"));
  list("outcomes", outcomeRows(statistics.outcomes));
}

function rows(breakdown: readonly Row[] | undefined, kind: "app" | "system"): (readonly [string, number])[] {
  return (breakdown ?? []).map((row) => [nameOf(kind, row.value), row.clicks] as const);
}

function outcomeRows(outcomes: Statistics["outcomes"]): (readonly [string, number])[] {
  return Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([outcome, count]) => [nameOf("outcome", outcome), count] as const);
}

function list(name: string, entries: readonly (readonly [string, number])[]): void {
  const items = entries.slice(0, ROWS_MAX).map(([label, count]) => {
    const item = make("li", "");
    const number = make("span", formatted(count));
    number.className = "number";
    item.append(make("span", label), number);
    return item;
  });
  element(`breakdown-${name}`).replaceChildren(...items);
}

function setUpDefinitions(panel: HTMLElement): void {
  const buttons = [...panel.querySelectorAll<HTMLElement>(".metric")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-expanded") === "true";
      for (const other of buttons) setOpen(other, other === button && !isOpen);
    });
  }
}

function setOpen(button: HTMLElement, open: boolean): void {
  button.setAttribute("aria-expanded", String(open));
  element(button.getAttribute("aria-controls") ?? "").hidden = !open;
}

/** "Today" is the day of whoever looks, not of the server. */
function ownZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && zone !== "Etc/Unknown" ? zone : "UTC";
}

function today(zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  return parts.format(new Date());
}
