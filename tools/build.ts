/**
 * Writes the programs of the package to dist/: `npm run build [-- --without-simulator] [--out FOLDER]`.
 *
 * Each program is one bundle of our own modules, with shared parts and parts that are loaded later in files of their own:
 * an installed controller starts faster from few files than from several hundred (npm run bench). Packages from npm stay
 * outside: their versions, licences and advisories remain visible to those who install it.
 *
 * All files lie in one folder, because a thread's program is looked up next to the code that starts it.
 */
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const PROGRAMS = [
  "src/main.ts",
  "demo/demo.ts",
  "src/cli/history/verify-worker.ts",
  "src/store/sqlite/audit/link-worker.ts",
];
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SIMULATOR = ["../simulator/*", "../src/simulator/*"];

const { values } = parseArgs({
  options: {
    "without-simulator": { type: "boolean", default: false },
    out: { type: "string", default: `${ROOT}dist` },
  },
});
const { "without-simulator": isProduction, out } = values;

// The demo is nothing without the simulator.
const programs = PROGRAMS.filter((program) => !(isProduction && program.startsWith("demo/")));

rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: programs,
  // An import of it fails, as that of a missing file.
  external: isProduction ? SIMULATOR : [],
  outdir: out,
  entryNames: "[name]",
  chunkNames: "part-[hash]",
  bundle: true,
  splitting: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node24",
  minifySyntax: true,
  logLevel: "warning",
});
console.log(`${out}: ${programs.map((program) => basename(program, ".ts")).join(", ")}`);
