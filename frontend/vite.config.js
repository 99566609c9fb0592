// Builds the islands and styles of the public pages into the Python package, under names that carry their content.
// The pages find them through the manifest; nothing is inlined as `data:`, which the pages' content policy refuses.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/",
  publicDir: false,
  build: {
    outDir: "../src/liulian/web/static",
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: false,
    reportCompressedSize: true,
    target: ["es2020", "chrome80", "safari13"], // What web views inside chat apps still run.
    rollupOptions: { input: { home: "islands/home.ts", tool: "islands/tool.ts" } },
  },
});
