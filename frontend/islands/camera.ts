/** The camera in a dialog: looks until a code is in view, asks when there are several, and always lets go of the camera. */

import { element, tell } from "./dom";
import { choiceButtons, use } from "./found";
import { formatted, say } from "./messages";
import type { Code } from "./reader";

const LOOK_EVERY_MS = 120; // Eight times a second: steady for the eye, and old phones stay cool.
const LOOKS_ALIKE = 2; // The first look may have caught only one of two codes.

const dialog = element<HTMLDialogElement>("camera");
const video = element<HTMLVideoElement>("camera-video");
const view = element("camera-view");
const marks = element("camera-marks");
const choices = element("camera-choices");
const says = element("camera-says");
const torch = element("camera-torch");
const turn = element("camera-switch");

let stream: MediaStream | undefined;
let session = 0; // Grows with each start and stop, so that what comes late knows that it is late.

/** Open the dialog and look. */
export function openCamera(): void {
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute("open", ""); // Old web views.
  void start({ facingMode: { ideal: "environment" } });
}

function close(): void {
  if (dialog.close) dialog.close();
  else dialog.removeAttribute("open");
  stop();
}

function stop(): void {
  session += 1;
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  video.srcObject = null;
}

async function start(wanted: MediaTrackConstraints): Promise<void> {
  stop();
  const mine = session;
  reset();
  if (!window.isSecureContext) return help("insecure");
  if (!navigator.mediaDevices?.getUserMedia) return help("unsupported");
  tell(says, say("scan.starting"));
  const reader = import("./reader");
  reader.catch(() => undefined); // Waited for below; until then its failure must not count as unheard.
  try {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const opened = await navigator.mediaDevices.getUserMedia({ video: { ...size, ...wanted }, audio: false });
    if (mine !== session) return opened.getTracks().forEach((track) => track.stop());
    stream = opened;
    video.srcObject = opened;
    view.hidden = false;
    await video.play();
    await showControls(opened);
  } catch (failure) {
    if (mine === session) help(reasonFor(failure));
    return;
  }
  try {
    await look(mine, (await reader).read);
  } catch {
    if (mine === session) help("no_reader");
  }
}

function reset(): void {
  for (const part of [view, choices, torch, turn]) part.hidden = true;
  torch.setAttribute("aria-pressed", "false");
  marks.replaceChildren();
}

function help(reason: string): void {
  stop();
  reset();
  tell(says, say(`scan.${reason}`));
  element("camera-take").focus();
}

function reasonFor(failure: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    NotAllowedError: "refused",
    SecurityError: "refused",
    NotFoundError: "missing",
    OverconstrainedError: "missing",
    NotReadableError: "busy",
    AbortError: "busy",
  };
  return reasons[(failure as Partial<DOMException> | null)?.name ?? ""] ?? "failed";
}

async function look(mine: number, read: (source: HTMLVideoElement) => Promise<Code[]>): Promise<void> {
  tell(says, say("scan.looking"));
  let seen = 0;
  let alike = 0;
  while (mine === session) {
    const codes = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await read(video) : [];
    if (mine !== session) return;
    alike = codes.length === seen ? alike + 1 : 1;
    seen = codes.length;
    if (seen > 0 && alike >= LOOKS_ALIKE) return settle(codes);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function settle(codes: readonly Code[]): void {
  const [first] = codes;
  if (first && codes.length === 1) return choose(first.text);
  video.pause(); // The picture stands still, so that the marks stay where the codes are.
  tell(says, say("scan.several", { count: formatted(codes.length) }));
  marks.replaceChildren(...codes.map(mark));
  choices.replaceChildren(...choiceButtons(codes.map((code) => code.text), choose));
  choices.hidden = false;
  choices.querySelector("button")?.focus();
}

function choose(text: string): void {
  close();
  use(text);
}

/** For the finger only; whoever works with the keyboard or hears the page has the list below. */
function mark(code: Code, index: number): HTMLElement {
  const button = document.createElement("button");
  const [left, right] = extent(code.corners.map((corner) => corner.x), video.videoWidth);
  const [top, bottom] = extent(code.corners.map((corner) => corner.y), video.videoHeight);
  button.type = "button";
  button.className = "mark";
  button.tabIndex = -1;
  button.textContent = formatted(index + 1);
  Object.assign(button.style, { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) });
  button.addEventListener("click", () => choose(code.text));
  return button;
}

function extent(values: readonly number[], whole: number): [number, number] {
  return [Math.min(...values) / whole, Math.max(...values) / whole];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

async function showControls(opened: MediaStream): Promise<void> {
  const [track] = opened.getVideoTracks();
  const able = track?.getCapabilities?.() as (MediaTrackCapabilities & { torch?: boolean }) | undefined;
  torch.hidden = able?.torch !== true;
  turn.hidden = (await cameras()).length < 2;
}

async function cameras(): Promise<MediaDeviceInfo[]> {
  const devices = (await navigator.mediaDevices.enumerateDevices?.()) ?? [];
  return devices.filter((device) => device.kind === "videoinput" && device.deviceId !== "");
}

async function turnTorch(): Promise<void> {
  const isLit = torch.getAttribute("aria-pressed") !== "true";
  const wish = { advanced: [{ torch: isLit } as MediaTrackConstraintSet] };
  try {
    await stream?.getVideoTracks()[0]?.applyConstraints(wish);
    torch.setAttribute("aria-pressed", String(isLit));
  } catch {
    torch.hidden = true; // The device said it could, and cannot.
  }
}

async function turnCamera(): Promise<void> {
  const all = await cameras();
  const now = stream?.getVideoTracks()[0]?.getSettings().deviceId;
  const next = all[(all.findIndex((camera) => camera.deviceId === now) + 1) % all.length];
  if (next) await start({ deviceId: { exact: next.deviceId } });
}

element("camera-close").addEventListener("click", close);
element("camera-take").addEventListener("click", () => {
  close();
  element<HTMLInputElement>("take-file").click();
});
torch.addEventListener("click", () => void turnTorch());
turn.addEventListener("click", () => void turnCamera());
dialog.addEventListener("close", stop);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && stream) close();
});
