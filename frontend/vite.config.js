// Builds the islands and styles of the public pages into the Python package, under names that carry their content.
// The pages find them through the manifest; nothing is inlined as `data:`, which the pages' content policy refuses.
import { gzipSync } from "node:zlib";
import { defineConfig } from "vite";

// The reader of QR codes is a megabyte; packed, which the server knows of, it is less than half.
const packReader = {
  name: "pack-reader",
  generateBundle(_options, bundle) {
    for (const [fileName, file] of Object.entries(bundle)) {
      if (!fileName.endsWith(".wasm")) continue;
      this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(file.source, { level: 9 }) });
    }
  },
};

export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [packReader],
  build: {
    outDir: "../src/liulian/web/static",
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: false,
    reportCompressedSize: true,
    target: ["es2020", "chrome80", "safari13"], // What web views inside chat apps still run.
    rollupOptions: { input: { home: "islands/home.ts", tool: "islands/tool.ts", member: "islands/member.ts" } },
  },
});
