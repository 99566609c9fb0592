/** What was made: the short link, its QR code, and what can be done with them. */

import type { Link } from "./api";
import { setUpCopy } from "./copy";
import { element, make } from "./dom";
import { say } from "./messages";
import { setUpStatistics } from "./statistics";

export interface Result {
  isShown(): boolean;
  show(link: Link, how: { fresh: boolean }): void;
}

export function setUpResult(): Result {
  const card = element("result");
  const shortUrl = element("short-url");
  const spoken = element("spoken");
  const copyButton = element("copy");
  const copyProblem = element("copy-problem");
  const statistics = setUpStatistics();
  setUpCopy(copyButton, shortUrl, copyProblem, spoken);
  copyButton.hidden = false;

  return {
    isShown: () => !card.hidden,
    show(link, { fresh }) {
      fill(link, shortUrl);
      copyProblem.hidden = true;
      card.hidden = false;
      statistics.follow(link);
      if (!fresh) return;
      restartArrival(card);
      spoken.textContent = say("result.made", { url: link.short_url });
      card.scrollIntoView({ block: "nearest" });
    },
  };
}

function fill(link: Link, shortUrl: HTMLElement): void {
  showInParts(link.short_url, shortUrl);
  element("leads-to").textContent = link.destination;
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
