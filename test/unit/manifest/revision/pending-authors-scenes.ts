import {
  pendingAuthors as pendingAuthorsInSteps,
  type RecordedBefore,
} from "../../../../src/manifest/revision/pending-authors.ts";
import { authorsNamed, type Authors, type AuthorsRef } from "../../../../src/model/authors.ts";
import { emptyKeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { SourceRecord } from "../../../../src/model/records/source-record.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import { BINDING, KEY } from "../../../support/pass/passes.ts";

export const FILE = "teams/orders/a.yaml";
export const BEFORE = "main@sha1:1111111111111111111111111111111111111111" as Revision;
export const DANA: Authors = { people: ["dana@example.com"], assistants: [], unknown: null };
export const LEE: Authors = { people: ["lee@example.com"], assistants: [], unknown: null };
export const BOTH: Authors = { ...DANA, people: ["dana@example.com", "lee@example.com"] };
export const SIDE = {
  fileKeys: { [FILE]: [KEY] },
  objects: [{ kind: "FunctionPermission", file: FILE }],
  brokenFiles: [],
};
export const RECORD: SourceRecord = {
  source: "main",
  acceptedRevision: BEFORE,
  heldRevision: null,
  fileKeys: { [FILE]: [KEY] },
  authors: { all: null, byKey: { [KEY]: LEE } },
};

export const appliedAt = (revision: Revision | null) => [
  {
    ...emptyKeyRecord(KEY),
    applied:
      revision === null
        ? null
        : { revision, sourceText: "", desired: { kind: "binding" as const, binding: BINDING }, atMs: 0 },
  },
];

export const before = (change: Partial<RecordedBefore> = {}): RecordedBefore => ({
  record: RECORD,
  keys: appliedAt(BEFORE),
  objects: SIDE.objects,
  paths: { platformPath: "platform", tenantPath: "teams" },
  approvers: new Set(),
  ...change,
});

export const madeBy = (byFile: Readonly<Record<string, Authors>>) =>
  ({ kind: "read", byFile: new Map(Object.entries(byFile)) }) as const;

export const recordedAuthors = (...inputs: Parameters<typeof pendingAuthorsInSteps>) =>
  complete(pendingAuthorsInSteps(...inputs));

/** With the authors themselves in place of their numbers. */
export function pendingAuthors(...inputs: Parameters<typeof recordedAuthors>) {
  const pending = recordedAuthors(...inputs);
  const named = (refs: Readonly<Record<string, AuthorsRef>>) =>
    Object.fromEntries(Object.keys(refs).map((name) => [name, authorsNamed(refs, name, pending)]));
  const { all, byKey, unread } = pending;
  return { all, byKey: named(byKey), ...(unread !== undefined && { unread: named(unread) }) };
}
