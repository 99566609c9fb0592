/** Pages of a community: what their forms do without leaving the page. Everything here works without it, only slower. */

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/page.css";
import "../styles/member.css";
import "../styles/member_parts.css";
import { setUpCopyButtons } from "./member_copy";
import { setUpForms } from "./member_forms";
import { ownZone } from "./member_page";
import { tellVisit } from "./member_visit";

setUpForms();
setUpCopyButtons();
tellVisit();

// Where somebody is, as their browser says: days begin there.
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-zone]")) field.value = field.value || ownZone();
