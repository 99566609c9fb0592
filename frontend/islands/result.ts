/** What was made: the short link, its QR code, and what can be done with them. */

import type { Link } from "./api";
import { setUpCopy } from "./copy";
import { element, make, tell } from "./dom";
import { expiryOf } from "./expiry";
import { say } from "./messages";
import { setUpStatistics } from "./statistics";

export type Detail = "qr" | "statistics";

export interface Result {
  /** Show a link just made, under the button. */
  show(link: Link): void;
  /** Show a link of the list, below it. */
  showIn(place: HTMLElement, link: Link, detail: Detail): void;
  /** Hide the card, and put it back where it came from. */
  takeHome(): void;
  hide(): void;
  /** Hide the card if it shows this link, which is no more. */
  leave(link: Link): void;
}

export function setUpResult(spoken: HTMLElement): Result {
  const card = element("result");
  const home = document.createComment("");
  const shortUrl = element("short-url");
  const copyButton = element("copy");
  const copyProblem = element("copy-problem");
  const statistics = setUpStatistics();
  let shown: Link | undefined;
  card.before(home);
  setUpCopy(copyButton, shortUrl, copyProblem, spoken);
  copyButton.hidden = false;

  function present(link: Link): void {
    shown = link;
    fill(link, shortUrl);
    copyProblem.hidden = true;
    card.hidden = false;
    statistics.follow(link);
  }

  function takeHome(): void {
    if (card.previousSibling === home) return;
    card.hidden = true;
    statistics.unfold(false);
    home.after(card);
  }

  function hide(): void {
    takeHome();
    card.hidden = true;
  }

  return {
    takeHome,
    show(link) {
      takeHome();
      card.classList.remove("inside", "statistics-only");
      statistics.unfold(false);
      present(link);
      restartArrival(card);
      spoken.textContent = say("result.made", { url: link.short_url });
      card.scrollIntoView({ block: "nearest" });
    },
    showIn(place, link, detail) {
      place.append(card);
      card.classList.add("inside");
      card.classList.toggle("statistics-only", detail === "statistics");
      present(link);
      statistics.unfold(detail === "statistics");
      card.scrollIntoView({ block: "nearest" });
    },
    hide,
    leave(link) {
      if (shown?.id === link.id) hide();
    },
  };
}

function fill(link: Link, shortUrl: HTMLElement): void {
  showInParts(link.short_url, shortUrl);
  element("leads-to").textContent = link.destination;
  tell(element("expiry"), expiryOf(link));
  element<HTMLAnchorElement>("open").href = link.short_url;
  const qr = ownPath(link.qr_url);
  const picture = element<HTMLImageElement>("qr");
  picture.src = qr;
  picture.alt = say("result.qr", { url: link.short_url });
  element<HTMLAnchorElement>("download").href = `${qr}?download=1`;
}

/** Scheme quiet, slug unbroken: what people read and dictate is the rest. The text as a whole stays the short link. */
function showInParts(url: string, place: HTMLElement): void {
  const [, scheme = "", host = "", slug = ""] = /^(\w+:\/\/)?(.*\/)?(.*)$/.exec(url) ?? [];
  const quiet = make("span", scheme);
  quiet.className = "scheme";
  place.replaceChildren(quiet, host, make("wbr", ""), slug);
}

/** The code is asked of the host this page came from: the page may be open under another name than the links have. */
function ownPath(url: string): string {
  return new URL(url, location.href).pathname;
}

function restartArrival(card: HTMLElement): void {
  card.classList.remove("result");
  void card.offsetWidth; // Makes the browser notice, so that a second link arrives like the first.
  card.classList.add("result");
}
