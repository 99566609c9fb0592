/** How an import is called on screens: its state, its progress. */

import type { Import, ImportState } from "../api/imports";
import { t } from "../i18n";
import { numberOf } from "../use/times";

export type Tone = "calm" | "good" | "bad" | "note";

const TONES: Readonly<Record<ImportState, Tone>> = {
  waiting_for_mapping: "note",
  ready: "note",
  running: "note",
  paused: "calm",
  done: "good",
  failed: "bad",
  cancelled: "calm",
};

export function toneOf(task: Import): Tone {
  return isTried(task) ? "note" : TONES[task.state];
}

export function wordOf(task: Import): string {
  if (isTried(task)) return t("transfer.state_tried");
  return task.state === "running" && task.dry_run ? t("transfer.state_trying") : t(`transfer.state_${task.state}`);
}

/** A trial came to its end: nothing was made, and it can be started in earnest. */
export function isTried(task: Import): boolean {
  return task.state === "done" && task.dry_run;
}

/** Columns and options may still be chosen. */
export function isOpen(task: Import): boolean {
  return task.state === "waiting_for_mapping" || task.state === "ready" || isTried(task);
}

/** Something has been started: there are numbers and rows to show. */
export function isBegun(task: Import): boolean {
  return task.started_at !== null && task.state !== "waiting_for_mapping" && task.state !== "ready";
}

/** How many rows came to what, in a line. */
export function countsOf(task: Import): string {
  const made = task.dry_run ? "transfer.would_create" : "transfer.did_create";
  return [
    t(made, { count: numberOf(task.created) }),
    task.skipped > 0 ? t("transfer.did_skip", { count: numberOf(task.skipped) }) : "",
    task.failed > 0 ? t("transfer.did_fail", { count: numberOf(task.failed) }) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What was refused before anything was sent; null when the file may go. */
export function refusalOf(file: File, bytesMax: number): string | null {
  if (/\.(xlsx?|numbers|et|ods)$/i.test(file.name)) return t("transfer.is_workbook");
  if (file.size > bytesMax) return t("transfer.too_long", { megabytes: bytesMax / 1024 ** 2 });
  return file.size === 0 ? t("transfer.is_empty") : null;
}
