/** One row of the table of several links. */

import { copyText, select, setUpConfirmation } from "./copy";
import { make } from "./dom";
import { say } from "./messages";
import { expiryOf } from "./expiry";
import type { Link } from "./api";
import type { Row } from "./several";

/** Return the row of a link that was made, or of one that was not. Roles are named, for the row is a grid on phones. */
export function tableRow({ url, outcome }: Row, spoken: HTMLElement): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.setAttribute("role", "row");
  const which = make("th", url);
  which.scope = "row";
  which.setAttribute("role", "rowheader");
  row.append(which, ...("link" in outcome ? made(outcome.link, spoken) : [failed(outcome.sentence)]));
  return row;
}

function made(link: Link, spoken: HTMLElement): HTMLElement[] {
  const short = make("a", "");
  short.append(...parts(shortened(link.short_url)).map((part) => make("span", part)));
  short.href = link.short_url;
  short.target = "_blank";
  short.rel = "noopener";
  short.title = expiryOf(link);
  const copy = make("button", "");
  copy.type = "button";
  copy.className = "button";
  copy.append(make("span", say("recent.copy")));
  copy.setAttribute("aria-label", say("several.copy", { url: shortened(link.short_url) }));
  const confirm = setUpConfirmation(copy, spoken);
  copy.addEventListener("click", () => {
    void copyText(link.short_url).then((isCopied) => (isCopied ? confirm(say("recent.copied")) : select(short)));
  });
  return [cell(short), cell(copy)];
}

function failed(sentence: string): HTMLElement {
  const place = cell(sentence);
  place.className = "problem";
  place.colSpan = 2;
  return place;
}

function cell(content: HTMLElement | string): HTMLTableCellElement {
  const made = make("td", "");
  made.setAttribute("role", "cell");
  made.append(content);
  return made;
}

/** Host and slug, between which a line may break. */
function parts(url: string): [string, string] {
  const end = url.lastIndexOf("/") + 1;
  return [url.slice(0, end), url.slice(end)];
}

/** What people read and dictate is the rest. */
export function shortened(url: string): string {
  return url.replace(/^https?:\/\//, "");
}
