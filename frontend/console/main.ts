/** The console: starts with the reader's language and with who is here, then shows the screen of the address. */

// Element Plus's own colours come first, so that ours have the last word.
import "element-plus/es/components/base/style/css";
import "../styles/tokens.css";
import "./styles/element.css";
import "./styles/base.css";

import { createApp } from "vue";
import App from "./App.vue";
import { loadLanguage, i18n, shellLanguage } from "./i18n";
import { router } from "./router";
import { keepScheme } from "./theme";

keepScheme();
await loadLanguage(shellLanguage());
createApp(App).use(i18n).use(router).mount("#app");
