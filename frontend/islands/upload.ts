/** A picture that was chosen, taken, dropped or pasted: read it, and say at the buttons what happens meanwhile. */

import { element, tell } from "./dom";
import { offer, use } from "./found";
import { formatted, say } from "./messages";
import { readPicture, type Reading } from "./picture";

const note = element("ways-note");
let latest = 0;

/** Read a picture. One that comes while another is being read takes its place. */
export async function usePicture(file: Blob): Promise<void> {
  const mine = ++latest;
  const tellMine = (sentence: string): void => {
    if (mine === latest) tell(note, sentence);
  };
  element("found").hidden = true;
  tellMine(say("upload.busy"));
  const reading = await readPicture(file, () => tellMine(say("upload.sent")));
  if (mine !== latest) return;
  tellMine(sentenceFor(reading));
  if ("texts" in reading) settle(reading.texts);
}

function sentenceFor(reading: Reading): string {
  if ("problem" in reading) return reading.problem;
  return reading.texts.length === 0 ? say("upload.none") : "";
}

function settle(texts: readonly string[]): void {
  if (texts[0] !== undefined && texts.length === 1) use(texts[0]);
  if (texts.length > 1) offer(texts, say("upload.several", { count: formatted(texts.length) }));
}
