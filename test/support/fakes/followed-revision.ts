import { compileParts, parseSnapshot } from "../../../src/controller/revision/accept.ts";
import type { RevisionToEnforce } from "../../../src/controller/revision/enforce.ts";
import { NOT_RECORDED } from "../../../src/model/authors.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { type FakeController, SETTINGS } from "./fake-controller.ts";

/** A revision of the source of a controller, as a process compiles it that accepts none. */
export async function followedRevision(
  { source, store, clock }: FakeController,
  revision: Revision,
): Promise<RevisionToEnforce> {
  const snapshot = await source.at(revision);
  if (snapshot.kind === "err") throw snapshot.error;
  const { manifestLimits: limits, compile: paths } = SETTINGS;
  const input = complete(parseSnapshot(snapshot.value, { limits, paths, known: new Map() }));
  const record = store.sourceRecords.get(source.name) ?? null;
  const unknown = "unknown" as const;
  const compile = {
    ...SETTINGS.compile,
    nowMs: clock.nowMs(),
    holders: new Map(),
    incumbents: { role: () => unknown, function: () => unknown },
    earlierTenancy: "open" as const,
    readings: new Map(),
  };
  const { enforced } = complete(compileParts([{ namespace: null, record, input }], { compile }));
  return { enforced, authors: NOT_RECORDED, digest: digestOf(revision) };
}
