/** The home page's island: makes a link where the form is, shows it under the button, remembers it on this device. */

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/home.css";
import "../styles/statistics.css";
import "../styles/story.css";
import { setUpForm } from "./form";
import { latest, remember } from "./recent";
import { setUpResult } from "./result";

const result = setUpResult();
setUpForm((link) => {
  remember(link);
  result.show(link, { fresh: true });
});

const last = latest();
if (last && !result.isShown()) result.show(last, { fresh: false });
