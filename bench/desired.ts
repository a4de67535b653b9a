import { compile, type Compilation } from "../src/manifest/compile/compile.ts";
import { parseFile } from "../src/manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS, type ParsedFile } from "../src/manifest/parse/parsed.ts";
import { parseInstanceName } from "../src/model/aws/ids.ts";
import { parseRevision } from "../src/model/values/revision.ts";
import type { Files } from "./generate.ts";

export const INSTANCE = present(parseInstanceName("bench"));
const REVISION = present(parseRevision(`main@sha1:${"0".repeat(40)}`));

export function present<Value>(value: Value | null | undefined): Value {
  if (value === undefined || value === null) throw new Error("not of the form that is expected");
  return value;
}

export function parseAll(files: Files): readonly ParsedFile[] {
  const encoder = new TextEncoder();
  return Object.entries(files).map(([path, text]) =>
    parseFile({ path, bytes: encoder.encode(text) }, DEFAULT_MANIFEST_LIMITS),
  );
}

/** @throws Error if a generated manifest is invalid, which is a bug of the generator */
export function compileAll(files: readonly ParsedFile[]): Compilation {
  const paths = { platformPath: "platform", tenantPath: "teams" };
  const compilation = compile(files, {
    ...paths,
    instance: INSTANCE,
    revision: REVISION,
    simulator: null,
    nowMs: 0,
    holders: new Map(),
    earlierTenancy: "unknown",
  });
  const [mistake] = compilation.diagnostics;
  if (mistake !== undefined) throw new Error(`${mistake.origin.file}: ${mistake.message}`);
  return compilation;
}
