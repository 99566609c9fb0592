/** The list of links made on this device: copy, QR code, statistics, delete. Details unfold in place, under the link. */

import { deleteLink, type Link } from "./api";
import { copyText, setUpConfirmation } from "./copy";
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

export function setUpRecentList(result: Result, spoken: HTMLElement): RecentList {
  const section = element("recent");
  const list = element("recent-links");

  function refresh(): void {
    const links = recent();
    result.takeHome(); // The card may stand inside the list that is drawn anew.
    section.hidden = links.length === 0;
    list.replaceChildren(...links.map((link) => item(link)));
  }

  function item(link: Link): HTMLLIElement {
    const place = make("li", "");
    const acts = make("div", "");
    acts.className = "acts";
    const problem = make("p", "");
    problem.className = "problem";
    problem.setAttribute("role", "alert");
    problem.hidden = true;
    acts.append(
      copyButton(link, problem),
      detailButton(link, "qr", place),
      detailButton(link, "statistics", place),
      actButton(link, "delete", () => askWhether(link, { place, acts, problem })),
    );
    place.append(...description(link), acts, problem);
    return place;
  }

  function copyButton(link: Link, problem: HTMLElement): HTMLButtonElement {
    const button = actButton(link, "copy", () => {
      void copyText(link.short_url).then((isCopied) => {
        tell(problem, isCopied ? "" : say("result.copy_failed"));
        if (isCopied) confirm(say("recent.copied"));
      });
    });
    const confirm = setUpConfirmation(button, spoken);
    return button;
  }

  function detailButton(link: Link, detail: Detail, place: HTMLElement): HTMLButtonElement {
    const button = actButton(link, detail, () => {
      const isOpen = button.getAttribute("aria-expanded") === "true";
      for (const other of list.querySelectorAll("[aria-expanded]")) other.setAttribute("aria-expanded", "false");
      if (isOpen) return result.takeHome();
      button.setAttribute("aria-expanded", "true");
      result.showIn(place, link, detail);
    });
    button.setAttribute("aria-expanded", "false");
    return button;
  }

  function askWhether(link: Link, parts: Parts): void {
    const question = make("div", "");
    question.className = "sure";
    const no = make("button", say("recent.no"));
    const yes = make("button", say("recent.yes"));
    for (const button of [no, yes]) button.type = "button";
    no.className = "button";
    yes.className = "button danger";
    yes.addEventListener("click", () => void remove(link, yes, parts));
    no.addEventListener("click", () => {
      question.replaceWith(parts.acts);
      tell(parts.problem, "");
      parts.acts.querySelector<HTMLElement>("button:last-child")?.focus();
    });
    question.append(make("p", say("recent.sure")), no, yes);
    parts.acts.replaceWith(question);
    no.focus();
  }

  async function remove(link: Link, button: HTMLButtonElement, { place, problem }: Parts): Promise<void> {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    button.textContent = say("recent.busy");
    const answer = await deleteLink(link);
    const isGone = answer.kind === "refused" && [401, 404, 410].includes(answer.status);
    if (answer.kind !== "ok" && !isGone) {
      tell(problem, sentenceFor(answer));
      button.removeAttribute("aria-disabled");
      button.textContent = say("recent.yes");
      return;
    }
    const next = place.nextElementSibling ?? place.previousElementSibling;
    forget(link);
    result.leave(link);
    place.remove();
    section.hidden = list.children.length === 0;
    spoken.textContent = say("recent.deleted", { url: shortened(link.short_url) });
    (next?.querySelector<HTMLElement>("button") ?? element("destination")).focus();
  }

  return { refresh };
}

interface Parts {
  readonly place: HTMLElement;
  readonly acts: HTMLElement;
  readonly problem: HTMLElement;
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
