/**
 * Forms that do their act without leaving the page: `<form method="post" action="…" data-act>`.
 *
 * What is in the form goes as JSON to the same address, with the act's own key, time and zone; the answer's `sentences`
 * appear where the thumb was. `data-waits` (the name of what is done): without network the act waits on this device.
 * `data-again`: it can be done again at once. `data-after="reload"`: the page is shown anew afterwards. Without this script the form posts, and leads back.
 */

import { make, tell } from "./dom";
import { dayHere, ownZone, randomKey } from "./member_page";
import { scaledPhoto } from "./member_photo";
import { deliver, deliverAll, keep, waiting, type Waiting } from "./member_waiting";
import { formatted, say } from "./messages";

interface Answer {
  readonly sentences?: readonly string[];
  readonly goals?: readonly { readonly name: string; readonly share: number; readonly done: number }[];
}

export function setUpForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-act]")) setUp(form);
  showWaiting();
  void sendWaiting();
  window.addEventListener("online", () => void sendWaiting());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void sendWaiting();
  });
}

function setUp(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit], button:not([type])");
  let isBusy = false;
  if (waitsToday(form)) showFeedback(form, [say("waiting.kept")]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    button?.setAttribute("aria-busy", "true");
    void submit(form).finally(() => {
      isBusy = false;
      button?.removeAttribute("aria-busy");
    });
  });
}

async function submit(form: HTMLFormElement): Promise<void> {
  const problem = problemOf(form);
  tell(problem, "");
  const act = await actOf(form);
  if (!act) return tell(problem, say("act.no_picture"));
  const waits = form.dataset["waits"] !== undefined;
  const isKept = waits && keep(act);
  const outcome = await deliver<Answer>(act);
  if (outcome.kind !== "later" || isKept) delete form.dataset["key"];
  if (outcome.kind === "ok") return succeed(form, outcome.value);
  if (outcome.kind === "refused") return tell(problem, outcome.sentence || say("act.server"));
  if (!isKept) return tell(problem, say(outcome.isOnline ? "act.server" : "act.network"));
  showFeedback(form, [say("waiting.kept")]);
  showWaiting();
}

/** Return the form as an act, none where a photo is none. Its key stays the same until the server has answered. */
async function actOf(form: HTMLFormElement): Promise<Waiting | null> {
  const at = new Date().toISOString(); // Of the tap, however long the photo takes.
  const open_ms = Math.round(performance.now()); // Of this page: nobody reads it in less than three seconds.
  const body: Record<string, unknown> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") body[name] = value;
    else if (value.size > 0) {
      const photo = await scaledPhoto(value).catch(() => null);
      if (photo === null) return null;
      body[name] = photo;
    }
  }
  const key = (form.dataset["key"] ??= randomKey());
  const path = new URL(form.action).pathname;
  return { key, path, name: form.dataset["waits"] ?? "", body: { ...body, key, at, zone: ownZone(), open_ms } };
}

function succeed(form: HTMLFormElement, answer: Answer | null): void {
  const sentences = answer?.sentences ?? [];
  if (sentences.length > 0) showFeedback(form, sentences);
  for (const goal of answer?.goals ?? []) moveGoal(goal.name, goal.share, goal.done);
  form.reset();
  if (form.dataset["after"] === "reload") location.reload();
}

/** Let the bar of a goal say what the feedback says. */
function moveGoal(name: string, share: number, done: number): void {
  for (const bar of document.querySelectorAll("progress")) {
    if (bar.getAttribute("aria-label") !== name) continue;
    bar.value = Math.max(0, Math.min(100, 100 * share));
    const number = bar.parentElement?.querySelector("strong");
    if (number) number.textContent = formatted(Math.round(100 * done) / 100);
  }
}

/** Say what the act has changed where the thumb was: in the place of the form, or above one that can be used again. */
function showFeedback(form: HTMLFormElement, sentences: readonly string[]): void {
  const card = make("div", "");
  card.className = "feedback";
  card.setAttribute("role", "status");
  card.tabIndex = -1;
  card.append(...sentences.map((sentence, index) => lineOf(sentence, index === 0)));
  form.parentElement?.querySelector(":scope > .feedback")?.remove();
  form.before(card);
  form.hidden = form.dataset["again"] === undefined;
  if (form.hidden) card.focus({ preventScroll: true });
}

function lineOf(sentence: string, isFirst: boolean): HTMLElement {
  const line = make("p", sentence);
  if (isFirst) line.className = "first";
  return line;
}

function problemOf(form: HTMLFormElement): HTMLElement {
  const known = form.querySelector<HTMLElement>(":scope > .problem");
  if (known) return known;
  const place = make("p", "");
  place.className = "problem";
  place.setAttribute("role", "alert");
  form.append(place);
  return place;
}

/** Tell whether this form's act of today waits on this device: nobody has to do it again. */
function waitsToday(form: HTMLFormElement): boolean {
  const path = new URL(form.action).pathname;
  const service = new FormData(form).get("service");
  return waiting().some(
    ({ path: to, body }) =>
      to === path && body["service"] === service && dayHere(new Date(String(body["at"]))) === dayHere(),
  );
}

async function sendWaiting(): Promise<void> {
  if (waiting().length === 0) return;
  const results = await deliverAll();
  const arrived = results.filter((each) => each.outcome.kind === "ok");
  const refused = results.find((each) => each.outcome.kind === "refused");
  showWaiting();
  const place = document.getElementById("waiting-said");
  if (!place) return;
  if (refused?.outcome.kind === "refused") tell(place, say("waiting.refused", { why: refused.outcome.sentence }));
  else if (arrived.length > 0) tell(place, say("waiting.arrived", { number: arrived.length }));
}

/** Show what waits on this device, so that nobody does it twice or thinks it lost. */
function showWaiting(): void {
  const place = document.getElementById("waiting");
  if (!place) return;
  const acts = waiting();
  const names = [...new Set(acts.map((act) => act.name).filter((name) => name !== ""))].join(" · ");
  tell(place, acts.length === 0 ? "" : say("waiting.here", { number: acts.length, names }));
}
