/** The pages of one small tool, `/expand` and `/report`: forms that need no script, only their styles. */

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/page.css";
import "../styles/tool.css";
