import { describe, expect, test } from "@jest/globals";
import { sweepRequest } from "../../../src/judge/reads.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import { binding, desiredAccount, NOW_MS } from "../../support/pass/bindings.ts";
import { KEY, knownRecord, subjectOf } from "../../support/pass/passes.ts";
import type { Subject } from "../../../src/judge/subject.ts";

const READER = { account: desiredAccount(), id: "pass-1" };
const BINDING = binding();
const sweep = (...subjects: readonly Subject[]) => sweepRequest(subjects, { ...READER, startedAtMs: NOW_MS });
const removed: Subject = { kind: "removed", key: KEY, record: knownRecord({}, BINDING) };

describe("a sweep", () => {
  const HALF_HOUR_MS = 30 * 60_000;
  test.each([
    { name: "from the first one", known: undefined, policies: { after: 0, most: 100 } },
    {
      name: "after those of this round",
      known: { lastMs: NOW_MS - 1, round: { sinceMs: 1, readTo: 7 } },
      policies: { after: 7, most: 100 },
    },
    {
      name: "not for half an hour after a complete round",
      known: { lastMs: NOW_MS - HALF_HOUR_MS + 1, round: null },
      policies: undefined,
    },
    {
      name: "from the first one half an hour after a complete round",
      known: { lastMs: NOW_MS - HALF_HOUR_MS, round: null },
      policies: { after: 0, most: 100 },
    },
    {
      name: "from the first one if the last round is of the future",
      known: { lastMs: NOW_MS + HALF_HOUR_MS, round: null },
      policies: { after: 0, most: 100 },
    },
  ])("has policies of published versions $name", ({ known: versions, policies }) => {
    const of = { functionName: "orders-api", lastMs: null, withPolicy: [], ...(versions && { versions }) };

    const { functions } = sweep(subjectOf(knownRecord({ undeclaredQualifiers: of })));

    expect(functions.map(({ versionPolicies }) => versionPolicies)).toEqual([policies]);
  });

  test.each([
    { keys: 50, most: 2 },
    { keys: 600, most: 2 },
    { keys: 6_000, most: 1 },
  ])(
    "has policies of as many versions of each of $keys functions as a turn allows: $most",
    ({ keys, most }) => {
      const subjects = Array.from({ length: keys }, (_, at) => {
        const key = `${KEY}${String(at)}` as typeof KEY;
        return { ...subjectOf(knownRecord()), key, record: { ...emptyKeyRecord(key) } };
      });

      const turns = sweep(...subjects).functions.filter(({ aliases }) => aliases);

      expect(new Set(turns.map(({ versionPolicies }) => versionPolicies?.most))).toEqual(new Set([most]));
    },
  );

  test.each([
    { name: "a function without a manifest", subject: removed, nowMs: NOW_MS },
    { name: "a command", subject: subjectOf(knownRecord()), nowMs: undefined },
  ])("has no policies of versions for $name", ({ subject, nowMs: startedAtMs }) => {
    const { functions } = sweepRequest([subject], { ...READER, ...(startedAtMs && { startedAtMs }) });

    expect(functions.map(({ aliases, versionPolicies }) => [aliases, versionPolicies])).toEqual([
      [true, undefined],
    ]);
  });
});
