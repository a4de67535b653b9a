import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { bundledPackages, noticesOf } from "./bundled-packages.ts";

const SOURCE = "src/page";
/** The path below which the controller serves the page. */
const BASE = "/ui";

/**
 * Files that the page shares with the program may import a hash of Node that the page does not use. A module that
 * uses one is no part of the page: `withoutNode` fails then.
 */
const NODE_LEFT_OUT: Plugin = {
  name: "node left out",
  setup: (builder) => {
    builder.onResolve({ filter: /^node:/ }, ({ path }) => ({
      path,
      namespace: "left-out",
      sideEffects: false,
    }));
    builder.onLoad({ filter: /^node:crypto$/, namespace: "left-out" }, () => ({
      contents: ["hash", "createHash", "createPublicKey"]
        .map((name) => `export const ${name} = null;`)
        .join("\n"),
    }));
  },
};

/** @throws if the code of the page uses a module of Node */
function withoutNode({ outputs }: Metafile): void {
  for (const { inputs } of Object.values(outputs))
    for (const [name, { bytesInOutput }] of Object.entries(inputs))
      if (name.startsWith("left-out:") && bytesInOutput > 0)
        throw new Error(`the page uses ${name.slice("left-out:".length)}, which a browser does not have`);
}

/**
 * Writes the web page to a folder: `index.html`, and the files of `assets/`, whose names change with their content; and in `site/` the
 * same page for an export, which a browser opens from disk.
 * `page.json` lists the packages in the bundle for the bills of materials, and `licences.txt` has their notices. The same
 * sources give the same bytes.
 */
export async function buildPage(root: string, out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const page = await bundle(root, join(out, "assets"), "main.tsx", "esm");
  // A page on disk may load no modules.
  const site = await bundle(root, join(out, "site", "assets"), "site.tsx", "iife");
  writeFileSync(join(out, "index.html"), indexOf(root, "index.html", filesOf(page, "main.tsx", `${BASE}/`)));
  writeFileSync(join(out, "site", "index.html"), indexOf(root, "site.html", filesOf(site, "site.tsx", "")));
  const packages = bundledPackages(root, [...filesIn(page), ...filesIn(site)]);
  writeFileSync(join(out, "page.json"), `${JSON.stringify({ packages }, null, 2)}\n`);
  for (const folder of [out, join(out, "site")])
    writeFileSync(join(folder, "licences.txt"), noticesOf(root, packages));
}

/**
 * One file: with one for each screen and for what some of them share, the first view needed three more rounds of requests, and twenty
 * of them waited for each other and for the list.
 */
async function bundle(
  root: string,
  outdir: string,
  entry: string,
  format: "esm" | "iife",
): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [basename(entry, ".tsx")]: `${SOURCE}/${entry}`, page: `${SOURCE}/style/page.css` },
    outdir,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format,
    platform: "browser",
    target: ["chrome120", "firefox121", "safari17"],
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    // The notices are in a file of their own.
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    plugins: [NODE_LEFT_OUT],
  });
  withoutNode(metafile);
  return metafile;
}

/** The files that a template names. @param base the folder of the page, as the template writes it */
function filesOf(metafile: Metafile, entry: string, base: string): Readonly<Record<string, string>> {
  return {
    script: `${base}${assetOf(metafile, entry)}`,
    style: `${base}${assetOf(metafile, "page.css")}`,
  };
}

/** The files whose code is in the bundle. */
function filesIn({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
}

/** The path of the file that was made of an entry point, below the folder of the page. */
function assetOf({ outputs }: Metafile, entry: string): string {
  const found = Object.entries(outputs).find(([, { entryPoint }]) => basename(entryPoint ?? "") === entry);
  if (found === undefined) throw new Error(`the bundle has no file of ${entry}`);
  return `assets/${basename(found[0])}`;
}

function indexOf(root: string, name: string, files: Readonly<Record<string, string>>): string {
  const template = readFileSync(join(root, SOURCE, name), "utf8");
  return template.replaceAll(/\{(\w+)\}/g, (_, file: string) => {
    const value = files[file];
    if (value === undefined) throw new Error(`${name} names "${file}", which is no file of the page`);
    return value;
  });
}
