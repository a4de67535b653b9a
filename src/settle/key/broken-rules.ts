import type { Judged } from "../../judge/judgement.ts";
import type { Pass } from "../../judge/pass.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";

type Recorded = Pick<KeyRecord, "brokenRules">;

/**
 * The rules that a key breaks, each with the pass that found it first; one that is broken no longer is forgotten. A
 * manifest that cannot be used is not judged: nothing is known to have changed.
 */
export function brokenRulesAfter({ subject, findings }: Judged, { revision, startedAtMs }: Pass): Recorded {
  const before = subject.record.brokenRules ?? {};
  if (subject.kind === "invalid") return recorded(before);
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return recorded(
    Object.fromEntries(rules.map((rule) => [rule, before[rule] ?? { sinceMs: startedAtMs, revision }])),
  );
}

/** The record of a key that breaks no rule is as it was before there was this field. */
function recorded(brokenRules: NonNullable<KeyRecord["brokenRules"]>): Recorded {
  return Object.keys(brokenRules).length === 0 ? {} : { brokenRules };
}

export function withoutBrokenRules(record: KeyRecord): KeyRecord {
  const { brokenRules: _, ...rest } = record;
  return rest;
}
