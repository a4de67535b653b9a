import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import type { Subject } from "../../../src/judge/subject.ts";
import { driftFingerprint } from "../../../src/model/drift.ts";
import type { PastWrite } from "../../../src/model/keys/key-record.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { BINDING, driftOf, KEY, knownRecord, planOf, writtenOf } from "../../support/pass/passes.ts";
import { HOUR_MS, settleOne } from "./settled.ts";

describe("a release while someone's change in AWS is still open", () => {
  const hotfix = driftOf({ change: { kind: "inline-extra", policyName: "hotfix" } });
  const tags = driftOf({ change: { kind: "not-released" }, cause: "revision" });
  const record = knownRecord({
    incidentSinceMs: NOW_MS - HOUR_MS,
    driftSinceMs: { [driftFingerprint(hotfix)]: NOW_MS - HOUR_MS },
  });
  const subject: Subject = { kind: "desired", key: KEY, record, desired: { ...BINDING, released: true } };
  const untag: PastWrite = {
    key: KEY,
    atMs: NOW_MS,
    call: "iam:UntagRole",
    step: 12,
    target: hotfix.subject,
    beforeHash: null,
    afterHash: null,
  };
  const outcome = writtenOf(
    { drifts: [tags], subject },
    { readBack: { kind: "seen", drifts: [], unread: [], plan: planOf() } },
  );
  const settled = settleOne(outcome, { writes: recentWrites([untag]) });

  test("ends the incident as released, never as reverted: the change may still exist", () => {
    expect(settled.incident).toMatchObject({ sinceMs: null, ended: { how: "released" } });
    expect(settled.ended.map(({ fingerprint, how }) => [fingerprint, how])).toEqual([
      [driftFingerprint(tags), "applied"],
      [driftFingerprint(hotfix), "released"],
    ]);
    expect(settled.facts).toContainEqual(
      expect.objectContaining({ kind: "drift-ended", how: "released", fields: ["inline-extra"] }),
    );
  });

  test("counts towards no contention", () => {
    expect(settled.record?.revertsMs).toEqual({});
  });
});
