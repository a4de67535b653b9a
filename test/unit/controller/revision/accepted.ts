import {
  compileSnapshot,
  type AcceptContext,
  type AcceptedRevision,
} from "../../../../src/controller/revision/accept.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../../src/manifest/parse/parsed.ts";
import { sha256Hex } from "../../../../src/model/values/digest.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import type { RefusedFile, Snapshot } from "../../../../src/model/snapshot.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import { COMPILE_CONTEXT, functionText, NOW_MS, PLATFORM_FILES } from "../../../support/manifests.ts";
import type { SourceRecord } from "../../../../src/model/records/source-record.ts";

export const A = "function/222222222222/eu-west-1/orders/a" as Key;
export const B = "function/222222222222/eu-west-1/orders/b" as Key;
export const FILE_A = "teams/orders/a.yaml";
export const FILE_B = "teams/orders/b.yaml";
export const FUNCTIONS = { [FILE_A]: functionText("a"), [FILE_B]: functionText("b") };
export const REVISION = `main@sha1:${"1".repeat(40)}` as Revision;
export const NOW = new Date(NOW_MS).toISOString();

export function snapshotOf(
  files: Readonly<Record<string, string>>,
  refused: readonly RefusedFile[] = [],
): Snapshot {
  return {
    source: "main",
    revision: REVISION,
    files: Object.entries(files).map(([path, text]) => ({
      path,
      oid: sha256Hex(text),
      bytes: new TextEncoder().encode(text),
    })),
    refused,
    uncommitted: false,
  };
}

export function recordOf(fileKeys: SourceRecord["fileKeys"]): SourceRecord {
  return { source: "main", acceptedRevision: REVISION, heldRevision: null, fileKeys };
}

export function contextOf(
  record: SourceRecord | null = null,
  parsed: AcceptContext["parsed"] = new Map(),
): AcceptContext {
  const { revision: _, ...compile } = COMPILE_CONTEXT;
  return { compile, limits: DEFAULT_MANIFEST_LIMITS, parsed, record };
}

/** The parsed files of the source, for the next revision. */
export function parsedIn({ enforced }: AcceptedRevision): AcceptContext["parsed"] {
  return enforced.inputs.get(null)?.parsed ?? new Map();
}

export function accepted(snapshot: Snapshot, record: SourceRecord | null = null) {
  const compiled = complete(compileSnapshot(snapshot, contextOf(record)));
  if (compiled.kind === "err") throw new Error(compiled.error);
  const { fileKeys, unreadFiles, enforced } = compiled.value;
  const { compilation, brokenFileKeys } = enforced;
  return {
    compilation,
    broken: [...brokenFileKeys].map(([key, { origin, message }]) => [key, origin.file, message]),
    after: teamFiles(fileKeys),
    record: { ...recordOf(fileKeys), unreadFiles },
  };
}
function teamFiles(fileKeys: SourceRecord["fileKeys"]): SourceRecord["fileKeys"] {
  return Object.fromEntries(Object.entries(fileKeys).filter(([path]) => path.startsWith("teams/")));
}

export const ALL = { ...PLATFORM_FILES, ...FUNCTIONS };
export const BROKEN = "spec: {\n";
