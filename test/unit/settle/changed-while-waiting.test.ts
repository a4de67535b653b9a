import { describe, expect, test } from "@jest/globals";
import { attempted } from "../../../src/controller/pass/attempted.ts";
import type { PassContext } from "../../../src/judge/subject.ts";
import { driftFingerprint, type Drift } from "../../../src/model/drift.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import {
  BINDING,
  driftOf,
  HELD,
  judgedOf,
  KEY,
  knownRecord,
  passOf,
  planOf,
  seenOf,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import { HOUR_MS, recordAfter, settleOne } from "./settled.ts";

const LATER = { startedAtMs: NOW_MS + HOUR_MS };
/** The caller that Git adds, in place of one that someone may remove. */
const change = { kind: "statement-missing", qualifier: null, sid: "second" } as const;
const subject = BINDING.functionArn;
const waiting = driftOf({ subject, change, live: null, cause: "revision", sinceApplied: "unchanged" });
const unproven = driftOf({ subject, change, live: null, cause: "revision" });
const changed: Drift = { ...waiting, sinceApplied: "changed", risksSinceApplied: ["escalation"] };
const hotfix = driftOf({ change: { kind: "inline-extra", policyName: "hotfix" } });
/** Of the role that Git renames. */
const elsewhere = driftOf({
  subject: "arn:aws:iam::111122223333:role/grantkeeper/former",
  change: { kind: "inline-extra", policyName: "hotfix" },
  comparedWith: "applied",
});

const held = (drifts: readonly Drift[], record: KeyRecord = knownRecord()): KeyOutcome =>
  skippedOf({ kind: "nothing-due" }, { drifts, subject: subjectOf(record), verdict: HELD });

describe("a change from Git that waits and that someone changes in AWS", () => {
  const before: readonly { readonly drifts: readonly Drift[]; readonly because: string }[] = [
    { drifts: [waiting], because: "it was known to wait" },
    { drifts: [waiting, hotfix], because: "another drift of the binding is open" },
    { drifts: [unproven], because: "it was not known whether someone had changed it" },
  ];

  test.each(before)(
    "is a new drift with an alert, an entry and a time of its own: $because",
    ({ drifts }) => {
      const others = drifts.filter((drift) => drift === hotfix);
      const record = recordAfter(held(drifts));

      const settled = settleOne(held([changed, ...others], record), {}, LATER);

      expect(settled.opened).toEqual([changed]);
      expect(settled.alerted).toEqual([changed]);
      expect(settled.facts).toMatchObject([
        { kind: "drift-found", severity: "security", risks: ["escalation"] },
      ]);
      expect(settled.record?.driftSinceMs[driftFingerprint(changed)]).toBe(LATER.startedAtMs);
    },
  );

  test("is not alerted to again while it lasts, also if a pass can't prove it again", () => {
    const found = recordAfter(held([changed]));
    const unknown = recordAfter(held([unproven], found), {}, LATER);

    const settled = settleOne(held([changed], unknown), {}, LATER);

    expect(settled).toMatchObject({ opened: [], ended: [], incident: { sinceMs: NOW_MS } });
    expect(settled.record?.driftSinceMs).toEqual(found.driftSinceMs);
  });

  test("has no last clean read if the read before did not know whether it was changed", () => {
    const known = { ...passOf().history.record, lastSweepMs: NOW_MS };
    const pass = { ...LATER, history: { ...passOf().history, record: known } };
    const cleanMs = (drift: Drift): number | null | undefined => {
      const record = recordAfter(held([drift]));
      return recordAfter(held([changed], record), {}, pass).openDrifts?.[driftFingerprint(changed)]
        ?.lastCleanMs;
    };

    expect({ waiting: cleanMs(waiting), unproven: cleanMs(unproven) }).toEqual({
      waiting: NOW_MS,
      unproven: null,
    });
  });

  test("ends as reverted when Grantkeeper restores what was applied, and is new when someone changes it again", () => {
    const found = recordAfter(held([changed]));
    const write = { key: KEY, atMs: NOW_MS, call: "lambda:AddPermission", step: 6, target: subject } as const;
    const writes = recentWrites([{ ...write, beforeHash: null, afterHash: "restored" }]);
    const readBack = {
      kind: "seen",
      drifts: [waiting],
      unread: [],
      isAsApplied: true,
      plan: planOf(),
    } as const;
    const judged = { drifts: [changed], subject: subjectOf(found), verdict: HELD };

    const restored = settleOne(writtenOf(judged, { readBack }), { writes, recorded: new Set([KEY]) });

    expect(restored.incident).toMatchObject({ sinceMs: null, ended: { how: "reverted" } });
    expect(restored.ended).toMatchObject([{ how: "reverted", fingerprint: driftFingerprint(changed) }]);
    const again = settleOne(held([changed], restored.record ?? knownRecord()), {}, LATER);
    expect(again.alerted).toEqual([changed]);
  });
});

describe("a drift of an object that only the applied state has", () => {
  const open = recordAfter(held([waiting, elsewhere]));
  const isOpen = (record: KeyRecord): boolean => driftFingerprint(elsewhere) in record.driftSinceMs;

  test("stays open as long as the object can't be compared", () => {
    const settled = settleOne(held([unproven], open), {}, LATER);

    expect(settled).toMatchObject({ ended: [], incident: { ended: null } });
    expect(isOpen(settled.record ?? knownRecord())).toBe(true);
  });

  test("is gone when AWS has what was applied again", () => {
    expect(settleOne(held([waiting], open), {}, LATER).ended).toMatchObject([{ how: "gone" }]);
  });

  test("ends as released when Git is applied: the object may still have it", () => {
    const settled = settleOne(writtenOf({ drifts: [waiting, elsewhere], subject: subjectOf(open) }));

    expect(settled.ended).toContainEqual(
      expect.objectContaining({ fingerprint: driftFingerprint(elsewhere), how: "released" }),
    );
    expect(settled.incident).toMatchObject({ ended: { how: "released" } });
  });

  test("does not keep the declared state from counting as applied", () => {
    const subject = subjectOf(knownRecord({ applied: null }));
    const { record } = settleOne(skippedOf({ kind: "nothing-due" }, { drifts: [elsewhere], subject }));

    expect(record?.applied).not.toBeNull();
  });
});

describe("the time since which AWS is known to have the applied state without a write", () => {
  const proven = knownRecord({ asAppliedMs: NOW_MS - HOUR_MS });
  const asApplied = (outcome: KeyOutcome, recorded: ReadonlySet<Drift["key"]> = new Set()): unknown =>
    recordAfter(outcome, { recorded }).asAppliedMs;
  const readBack = { kind: "seen", drifts: [waiting], unread: [], plan: planOf() } as const;
  const partly = { drifts: [waiting], subject: subjectOf(proven) };

  test("is unknown from before the first write until a read shows the state", () => {
    const judged = judgedOf({ subject: subjectOf(proven) });
    const context: PassContext = { ...passOf(), ...seenOf() };

    expect(attempted(judged, context)).not.toHaveProperty("asAppliedMs");
  });

  test.each([
    {
      outcome: held([waiting], proven),
      attempted: false,
      after: NOW_MS - HOUR_MS,
      because: "nothing was written: it is kept",
    },
    { outcome: held([waiting]), attempted: false, after: undefined, because: "no read showed it yet" },
    {
      outcome: skippedOf({ kind: "observe" }, { drifts: [waiting], isAsApplied: true }),
      attempted: false,
      after: NOW_MS,
      because: "a read shows all of it",
    },
    {
      outcome: writtenOf(partly, { readBack }),
      attempted: true,
      after: undefined,
      because: "a part was written",
    },
    {
      outcome: writtenOf(partly, { readBack: { ...readBack, isAsApplied: true } }),
      attempted: true,
      after: NOW_MS,
      because: "the state was restored",
    },
    { outcome: writtenOf(partly), attempted: true, after: NOW_MS, because: "Git was applied" },
    {
      outcome: writtenOf(partly, { readBack: { kind: "not-read", reason: "throttled" } }),
      attempted: true,
      after: undefined,
      because: "the read after the writes failed",
    },
  ])("$because", ({ outcome, attempted: isAttempted, after }) => {
    expect(asApplied(outcome, new Set(isAttempted ? [KEY] : []))).toBe(after);
  });
});
