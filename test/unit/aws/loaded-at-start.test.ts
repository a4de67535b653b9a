import { expect, test } from "@jest/globals";
import { buildSync, type Metafile } from "esbuild";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** As the package is built: what is imported by a call is in a file of its own. */
const { metafile } = buildSync({
  absWorkingDir: ROOT,
  entryPoints: ["src/aws/create-aws.ts"],
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  packages: "external",
  outdir: "dist",
  metafile: true,
  write: false,
  logLevel: "silent",
});

/** The packages that are loaded together with this file, without those of later imports. */
function loadedWith(file: string, { outputs }: Metafile, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of outputs[file]?.imports ?? [])
    if (kind === "import-statement") loadedWith(path, { inputs: {}, outputs }, seen);
  return seen;
}

test("the adapters to AWS load only the clients that every pass needs when the controller starts", () => {
  const loaded = [...loadedWith("dist/create-aws.js", metafile)];

  expect(loaded.filter((name) => name.startsWith("@aws-sdk/client-")).sort()).toEqual([
    "@aws-sdk/client-iam",
    "@aws-sdk/client-lambda",
    "@aws-sdk/client-sts",
  ]);
});
