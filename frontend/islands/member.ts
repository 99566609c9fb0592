/** Pages of a community: what their forms do without leaving the page. Everything here works without it, only slower. */

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/page.css";
import "../styles/member.css";
import "../styles/member_parts.css";
import "../styles/member_exchange.css";
import "../styles/member_acts.css";
import "../styles/member_me.css";
import { setUpCopyButtons } from "./member_copy";
import { setUpForms } from "./member_forms";
import { base, dayHere, ownZone } from "./member_page";
import { tellVisit } from "./member_visit";
import { forgetErased } from "./member_waiting";

forgetErased();
setUpForms();
setUpCopyButtons();
tellVisit();

// Where somebody is, as their browser says: days begin there.
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-zone]")) field.value = field.value || ownZone();

// Inside WeChat a page can say how it looks when it is passed on. Elsewhere nothing of that is loaded.
if (/MicroMessenger/i.test(navigator.userAgent)) {
  void import("./member_share").then((share) => share.setUpShare(base)).catch(() => undefined);
}

// A page left open overnight shows yesterday. It is shown anew when somebody looks, unless they are writing.
const shownOn = dayHere();
document.addEventListener("visibilitychange", () => {
  const isWriting = document.activeElement?.matches("input, textarea, select") ?? false;
  if (document.visibilityState === "visible" && dayHere() !== shownOn && navigator.onLine && !isWriting) location.reload();
});
