/**
 * Writes the programs of the package to dist/: `npm run build [-- --without-simulator] [--out FOLDER]`.
 *
 * Each program is one bundle of our own modules, with shared parts and parts that are loaded later in files of their own:
 * an installed controller starts faster from few files than from several hundred (npm run bench). Packages from npm stay
 * outside: their versions, licences and advisories remain visible to those who install it. zod alone is in the bundle,
 * without its 50 locales and the other parts that nothing uses: outside, all of it is loaded at each start. It remains a
 * dependency with an exact version in package.json, so it is installed, in the SBOM and in `npm audit` like the others,
 * and what is in the bundle is that version.
 *
 * The programs are in one folder, because a thread's program is looked up next to the code that starts it. The web page is in
 * `page/`, with React in its bundle (tools/page/).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, type Plugin } from "esbuild";
import { buildPage } from "./page/build-page.ts";

const PROGRAMS = [
  "src/main.ts",
  "demo/demo.ts",
  "src/cli/history/verify-worker.ts",
  "src/store/sqlite/audit/link-worker.ts",
];
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SIMULATOR = ["../simulator/*", "../src/simulator/*"];

const BUNDLED: ReadonlySet<string> = new Set(["zod"]);

/** zod's messages in other languages: nothing uses them, but they are a part of the name `z`. */
const WITHOUT_LOCALES: Plugin = {
  name: "zod without locales",
  setup: (builder) => {
    builder.onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ importer, path }) =>
      importer.includes("/node_modules/zod/") ? { path, namespace: "empty" } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export {};" }));
  },
};

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
  // An import of the simulator fails, as that of a missing file.
  external: [...packages(), ...(isProduction ? SIMULATOR : [])],
  outdir: out,
  entryNames: "[name]",
  chunkNames: "part-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node24",
  minifySyntax: true,
  logLevel: "warning",
  plugins: [WITHOUT_LOCALES],
});
writeFileSync(join(out, "code.sha256"), `${hashOf(out)}\n`);
await buildPage(ROOT, join(out, "page"));
console.log(`${out}: page, ${programs.map((program) => basename(program, ".ts")).join(", ")}`);

/** Of the names and texts of all modules: what a controller keeps for its next start holds for the same code only. */
function hashOf(folder: string): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).sort())
    hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}

/** The names of the packages that stay outside, with the modules inside them. */
function packages(): readonly string[] {
  const { dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const names = Object.keys(dependencies).filter((name) => !BUNDLED.has(name));
  return names.flatMap((name) => [name, `${name}/*`]);
}
