/** The list of links made on this device: copy, QR code, statistics, delete. Details unfold in place, under the link. */

import { deleteLink, type Answer, type Link } from "./api";
import { copyText, select, setUpConfirmation } from "./copy";
import { element, make, tell } from "./dom";
import { expiryOf } from "./expiry";
import { say } from "./messages";
import { forget, recent } from "./recent";
import type { Detail, Result } from "./result";
import { sentenceFor } from "./several";
import { shortened } from "./several_row";

export interface RecentList {
  refresh(): void;
}

/** What every row works with. */
interface Page {
  readonly result: Result;
  readonly spoken: HTMLElement;
  readonly section: HTMLElement;
  readonly list: HTMLElement;
}

/** The parts of one row. */
interface Item {
  readonly place: HTMLElement;
  readonly acts: HTMLElement;
  readonly problem: HTMLElement;
}

export function setUpRecentList(result: Result, spoken: HTMLElement): RecentList {
  const page = { result, spoken, section: element("recent"), list: element("recent-links") };

  return {
    refresh() {
      const links = recent();
      result.takeHome(); // The card may stand inside the list that is drawn anew.
      page.section.hidden = links.length === 0;
      page.list.replaceChildren(...links.map((link) => row(link, page)));
    },
  };
}

function row(link: Link, page: Page): HTMLElement {
  const item: Item = { place: make("li", ""), acts: make("div", ""), problem: make("p", "") };
  item.acts.className = "acts";
  item.problem.className = "problem";
  item.problem.setAttribute("role", "alert");
  item.problem.hidden = true;
  item.acts.append(
    copyButton(link, item, page),
    detailButton(link, "qr", item, page),
    detailButton(link, "statistics", item, page),
    actButton(link, "delete", () => askWhether(link, item, page)),
  );
  item.place.append(...description(link), item.acts, item.problem);
  return item.place;
}

function copyButton(link: Link, { place, problem }: Item, { spoken }: Page): HTMLButtonElement {
  const button = actButton(link, "copy", () => {
    void copyText(link.short_url).then((isCopied) => {
      tell(problem, isCopied ? "" : say("result.copy_failed"));
      if (isCopied) return confirm(say("recent.copied"));
      const short = place.querySelector("a");
      if (short) select(short);
    });
  });
  const confirm = setUpConfirmation(button, spoken);
  return button;
}

function detailButton(link: Link, detail: Detail, { place }: Item, { list, result }: Page): HTMLButtonElement {
  const button = actButton(link, detail, () => {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    for (const other of list.querySelectorAll(".acts > [aria-expanded]")) other.setAttribute("aria-expanded", "false");
    if (isOpen) return result.takeHome();
    button.setAttribute("aria-expanded", "true");
    result.showIn(place, link, detail);
  });
  button.setAttribute("aria-expanded", "false");
  return button;
}

function askWhether(link: Link, item: Item, page: Page): void {
  const question = make("div", "");
  question.className = "sure";
  const no = make("button", say("recent.no"));
  const yes = make("button", say("recent.yes"));
  for (const button of [no, yes]) button.type = "button";
  no.className = "button";
  yes.className = "button danger";
  yes.addEventListener("click", () => void remove(link, yes, item, page));
  no.addEventListener("click", () => {
    question.replaceWith(item.acts);
    tell(item.problem, "");
    item.acts.querySelector<HTMLElement>("button:last-child")?.focus();
  });
  question.append(make("p", say("recent.sure")), no, yes);
  item.acts.replaceWith(question);
  no.focus();
}

async function remove(link: Link, button: HTMLButtonElement, { place, problem }: Item, page: Page): Promise<void> {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.textContent = say("recent.busy");
  const answer = await deleteLink(link);
  if (answer.kind !== "ok" && !isGone(answer)) {
    tell(problem, sentenceFor(answer));
    button.removeAttribute("aria-disabled");
    button.textContent = say("recent.yes");
    return;
  }
  const next = place.nextElementSibling ?? place.previousElementSibling;
  forget(link);
  page.result.leave(link);
  place.remove();
  page.section.hidden = page.list.children.length === 0;
  page.spoken.textContent = say("recent.deleted", { url: shortened(link.short_url) });
  const start: HTMLElement = document.getElementById("destination") ?? element("scan");
  const focused: HTMLElement = next?.querySelector("button") ?? start;
  focused.focus();
}

/** Somebody deleted it elsewhere, or the token is no longer good: either way it is not ours to keep. */
function isGone(answer: Answer<null>): boolean {
  return answer.kind === "refused" && [401, 404, 410].includes(answer.status);
}

function description(link: Link): HTMLElement[] {
  const line = make("p", "");
  line.className = "line";
  const short = make("a", shortened(link.short_url));
  short.href = link.short_url;
  short.target = "_blank";
  short.rel = "noopener";
  const expiry = make("span", expiryOf(link));
  expiry.className = "quiet small";
  line.append(short, expiry);
  const destination = make("p", shortened(link.destination));
  destination.className = "quiet small cut";
  return [line, destination];
}

function actButton(link: Link, act: string, onClick: () => void): HTMLButtonElement {
  const button = make("button", "");
  button.type = "button";
  button.className = "button";
  button.append(make("span", say(`recent.${act}`)));
  button.setAttribute("aria-label", say("recent.act", { act: say(`recent.${act}`), url: shortened(link.short_url) }));
  button.addEventListener("click", onClick);
  return button;
}
