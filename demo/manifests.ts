import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { compile } from "../src/manifest/compile/compile.ts";
import { parseFile } from "../src/manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../src/manifest/parse/parsed.ts";
import type { Desired } from "../src/model/desired.ts";
import { parseInstanceName } from "../src/model/aws/ids.ts";
import { parseRevision } from "../src/model/values/revision.ts";

/** Text by path, `/` between the parts. */
export type Files = Readonly<Record<string, string>>;

/** Every file below the folder. */
export function readFiles(root: string): Files {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(root, path), readFileSync(path, "utf8")]));
}

/** The desired state that the manifests compile to for an instance. @throws Error if one of them is invalid */
export function desiredOf(files: Files, instance: string): Desired {
  const name = parseInstanceName(instance);
  const revision = parseRevision(`main@sha1:${"0".repeat(40)}`);
  if (name === undefined || revision === undefined) throw new Error(`"${instance}" is not an instance name`);
  const parsed = Object.entries(files)
    .filter(([path]) => /^(platform|teams)\/.*\.ya?ml$/.test(path))
    .map(([path, text]) => parseFile({ path, bytes: Buffer.from(text) }, DEFAULT_MANIFEST_LIMITS));
  const paths = { platformPath: "platform", tenantPath: "teams" };
  const compilation = compile(parsed, {
    ...paths,
    instance: name,
    revision,
    simulator: null,
    nowMs: 0,
    holders: new Map(),
    earlierTenancy: "unknown",
  });
  const [mistake] = compilation.diagnostics.filter((found) => found.severity === "error");
  if (mistake !== undefined) {
    throw new Error(`${mistake.origin.file}:${mistake.origin.line}: ${mistake.message}`);
  }
  return compilation.desired;
}
