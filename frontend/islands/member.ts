/** Pages of a community: what their forms do without leaving the page. Everything here works without it, only slower. */

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/page.css";
import "../styles/member.css";
import "../styles/member_parts.css";
