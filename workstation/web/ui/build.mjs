// Bundles the pages into ../static/built with hashed names and a manifest: name → file.
import { build } from "esbuild";
import { readdir, rename, rm, mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "..", "static", "built");
const fresh = `${target}.new`;

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/live.ts", "src/sign_in.ts", "style/live.css", "style/sign_in.css", "src/wall.ts", "style/wall.css", "src/today.ts", "style/today.css"],
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  minify: true,
  sourcemap: process.argv.includes("--map") ? "linked" : false,
  legalComments: "eof",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [file, output] of Object.entries(result.metafile.outputs)) {
  if (!output.entryPoint || output.entryPoint.startsWith("node_modules")) continue;
  const name = basename(output.entryPoint).replace(/\.ts$/, ".js");
  manifest[name] = basename(file);
}
await writeFile(join(fresh, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");

await rm(target, { recursive: true, force: true });
await rename(fresh, target);
let weight = 0;
for (const file of await readdir(target)) weight += gzipSync(await readFile(join(target, file))).length;
console.log(`pages built: ${Object.values(manifest).length} entries, ${Math.round(weight / 1024)} KB gz`);
