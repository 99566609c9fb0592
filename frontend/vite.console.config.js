// Builds the console into a folder of its own beside the public pages' files. It is for the browsers of people at work,
// so its target is newer; the pages for visitors keep theirs. Code is split by screen; what opens first stays small.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const PACKED_BYTES_MIN = 1024; // Below that, packing saves nothing.

// `import { ElTableColumn } from "element-plus"` brings the styles of that component, and of no other.
const elementStyles = {
  name: "element-styles",
  transform(code, id) {
    if (id.includes("node_modules") || !/\.(vue|ts)(\?|$)/.test(id)) return null;
    const styles = [];
    for (const [, names] of code.matchAll(/import\s*\{([^}]*)\}\s*from\s*["']element-plus["']/g)) {
      for (const [, name] of names.matchAll(/\bEl([A-Z]\w*)/g)) styles.push(name.replace(/\B[A-Z]/g, "-$&").toLowerCase());
    }
    const imports = styles.map((name) => `import "element-plus/es/components/${name}/style/css";`);
    return imports.length === 0 ? null : { code: `${code}\n${imports.join("\n")}`, map: null };
  },
};

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

export default defineConfig({
  base: "/static/console/",
  publicDir: false,
  plugins: [vue(), elementStyles, chosenScheme, packed],
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
    rollupOptions: { input: { console: "console/main.ts" } },
  },
});
