// Builds the console into a folder of its own beside the public pages' files. It is for the browsers of people at work,
// so its target is newer; the pages for visitors keep theirs. Code is split by screen; what opens first stays small.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const PACKED_BYTES_MIN = 1024; // Below that, packing saves nothing.

// `import { ElTableColumn } from "element-plus"` brings that component with its styles, and no other. Asked for through
// the package's index, all of them would count as needed wherever one is.
const COMPONENTS = join(import.meta.dirname, "node_modules/element-plus/es/components");
const HOMES = { option: "select", "tab-pane": "tabs" };
const ELEMENTS = /import\s*\{([^}]*)\}\s*from\s*["']element-plus["'];?/g;

const elementParts = {
  name: "element-parts",
  transform(code, id) {
    if (id.includes("node_modules") || !/\.(vue|ts)(\?|$)/.test(id) || !code.includes("element-plus")) return null;
    return { code: code.replace(ELEMENTS, (_, names) => names.split(",").map(elementImport).join("")), map: null };
  },
};

function elementImport(given) {
  const name = given.trim();
  if (name === "") return "";
  const words = name.split(" ")[0].replace(/^El/, "").replace(/\B[A-Z]/g, "-$&").toLowerCase().split("-");
  const part = words.join("-");
  const home = [part, HOMES[part], words[0]].find((each) => each && existsSync(join(COMPONENTS, each, "index.mjs")));
  if (home === undefined) throw new Error(`${name}: say in HOMES with which component it comes`);
  const folder = "element-plus/es/components";
  return `import { ${name} } from "${folder}/${home}/index.mjs"; import "${folder}/${part}/style/css";\n`;
}

// The dark colours stand once in tokens.css, for people whose system is dark. Here people may also choose.
const chosenScheme = {
  name: "chosen-scheme",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("/styles/tokens.css")) return null;
    const dark = /@media \(prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}\s*\}/.exec(code);
    if (dark === null) throw new Error("tokens.css: no dark colours were found");
    const bySystem = dark[0].replace(":root {", ':root:not([data-theme="light"]) {');
    const chosen = `:root[data-theme="dark"] { color-scheme: dark; ${dark[1]} }\n:root[data-theme="light"] { color-scheme: light; }`;
    return { code: code.replace(dark[0], `${bySystem}\n${chosen}`), map: null };
  },
};

// Liulian often stands alone, with nothing before it that packs answers. Packed when written: only then is code final.
const packed = {
  name: "packed",
  writeBundle({ dir }, bundle) {
    for (const [fileName, file] of Object.entries(bundle)) {
      const source = file.type === "chunk" ? file.code : file.source;
      if (!/\.(js|css)$/.test(fileName) || source.length < PACKED_BYTES_MIN) continue;
      writeFileSync(join(dir, `${fileName}.gz`), gzipSync(source, { level: 9 }));
    }
  },
};

// What the list of links needs comes in one file, not in sixty: a phone far away waits for each. Screens that open later,
// and what only they use, stay on their own.
const FIRST = ["main.ts", "shell/AppShell.vue", "links/LinksPage.vue"];
let first = null;

function firstScreen(id, chunking) {
  const roots = FIRST.map((name) => join(import.meta.dirname, "console", name));
  first ??= closureOf(roots, (each) => chunking.getModuleInfo(each)?.importedIds ?? []);
  // The program itself waits for its sentences, and those may need what stands here: it comes after.
  return first.has(id) && id !== roots[0] ? "first" : null;
}

/** Return the modules and all that they import at once. */
function closureOf(roots, importsOf) {
  const found = new Set(roots);
  for (const id of found) for (const needed of importsOf(id)) found.add(needed);
  return found;
}

export default defineConfig({
  base: "/static/console/",
  publicDir: false,
  plugins: [vue(), elementParts, chosenScheme, packed],
  define: {
    __VUE_OPTIONS_API__: true, // Element Plus mixes both.
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: false,
  },
  build: {
    outDir: "../src/liulian/web/static/console",
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    target: ["es2022", "chrome111", "safari16.4", "firefox113"],
    rollupOptions: {
      input: { console: "console/main.ts" },
      output: { codeSplitting: { groups: [{ name: firstScreen, debugName: "first screen" }] } },
    },
  },
});
