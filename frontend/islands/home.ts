/** The home page's island: makes links where the form is, shows them under the button, remembers them on this device. */

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/page.css";
import "../styles/home.css";
import "../styles/choices.css";
import "../styles/lists.css";
import "../styles/statistics.css";
import "../styles/story.css";
import "../styles/text.css";
import { element } from "./dom";
import { setUpForm } from "./form";
import { remember } from "./recent";
import { setUpRecentList } from "./recent_list";
import { setUpResult } from "./result";
import { setUpScan } from "./scan";
import { setUpSeveral } from "./several";

const spoken = element("spoken");
const result = setUpResult(spoken);
const list = setUpRecentList(result, spoken);
if (document.getElementById("form")) setUpMaking(); // It is not there where only people who have signed in make links.
list.refresh();
setUpScan();

function setUpMaking(): void {
  const several = setUpSeveral(spoken, (urls) => form.fill(urls));
  const form = setUpForm(several, (links, wanted) => {
    remember(links);
    list.refresh();
    const [link] = links;
    if (wanted > 1 || !link) return result.hide();
    several.hide();
    result.show(link);
  });
}
