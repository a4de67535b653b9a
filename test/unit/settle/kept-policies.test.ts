import { describe, expect, test } from "@jest/globals";
import { keyView } from "../../../src/settle/key/key-view.ts";
import { outcomeView } from "../../../src/settle/outcome/outcome.ts";
import { verifiedBefore } from "../../../src/settle/conditions/key-status.ts";
import { openDriftsOf } from "../../../src/settle/drift/open-drifts.ts";
import { overlayLive } from "../../../src/controller/pass/overlay.ts";
import { measurePass } from "../../../src/controller/pass-metrics.ts";
import { settle } from "../../../src/settle/settle.ts";
import type { AccountRecord } from "../../../src/model/records/account-record.ts";
import type { Drift } from "../../../src/model/drift.ts";
import { NO_LIVE_RULES } from "../../../src/model/answers/live-rules.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import type { ClockOffset } from "../../../src/model/changes/clock-offset.ts";
import type { EarlierOffset } from "../../../src/model/changes/earlier-offsets.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../support/pass/live-state.ts";
import {
  BINDING,
  doneOf,
  driftOf,
  knownRecord,
  passOf,
  settleContext,
  skippedOf,
  statusOf,
} from "../../support/pass/passes.ts";
import { MINUTE_MS } from "../../support/pass/settled-keys.ts";

const KEPT_MS = NOW_MS - 40 * MINUTE_MS;
const SWEPT_MS = NOW_MS - 5 * MINUTE_MS;

function accountRead(policiesReadMs: number, observedAtMs = NOW_MS): LiveAccount {
  const kept = policiesReadMs < observedAtMs ? { policiesKept: true as const } : {};
  const found = liveFunctionOf(BINDING, { policiesReadMs, ...kept });
  return accountWith({ role: liveRoleOf(BINDING), found }, { observedAtMs });
}

function passWith(record: Partial<AccountRecord>, change: Partial<Pass> = {}): Pass {
  const pass = passOf([BINDING], change);
  return { ...pass, history: { ...pass.history, record: { ...pass.history.record, ...record } } };
}

/** After the writes of a pass, the observation has the time of the read-back. */
function readBackOfAnother(observed: LiveAccount): LiveAccount {
  const other = liveFunctionOf(BINDING, { name: "other", policiesReadMs: NOW_MS });
  return overlayLive(observed, accountWith({ found: other }, { observedAtMs: NOW_MS }));
}

function recordAfter(live: LiveAccount, before: Partial<AccountRecord> = {}, swept = true) {
  const pass = passWith(before);
  const { settlement } = complete(settle(doneOf([], pass, { live, swept }), settleContext()));
  return settlement.change.accounts?.[0];
}

describe("of policies that a sweep kept as they were read before", () => {
  test("the record of the account has the oldest reading, until a sweep reads all", () => {
    expect(recordAfter(accountRead(KEPT_MS))?.oldestPolicyReadMs).toBe(KEPT_MS);
    expect(recordAfter(accountRead(KEPT_MS), { oldestPolicyReadMs: 7 }, false)?.oldestPolicyReadMs).toBe(7);
    expect(recordAfter(accountRead(NOW_MS), { oldestPolicyReadMs: 7 })).not.toHaveProperty(
      "oldestPolicyReadMs",
    );
  });

  test("a read-back of another function keeps nothing, and the sweep is as old as its start", () => {
    const observed = accountRead(SWEPT_MS, SWEPT_MS);
    const pass = passWith({ oldestPolicyReadMs: 7, earlierOffsets: [{ sinceMs: 7, offset: null }] });
    const done = doneOf([], pass, { observed, live: readBackOfAnother(observed), swept: true });

    const settled = complete(settle(done, settleContext()));
    const telemetry = new MemoryTelemetry();
    measurePass(done, settled, { clock: { nowMs: () => NOW_MS }, telemetry });

    const [record] = settled.settlement.change.accounts ?? [];
    const { name } = pass.account;
    expect(telemetry.gauges.get(`function_policies ${name} read`)).toBe(2);
    expect(telemetry.gauges.get(`function_policies ${name} kept`)).toBe(0);
    expect(record).toMatchObject({ lastSweepMs: SWEPT_MS });
    expect(record).not.toHaveProperty("oldestPolicyReadMs");
    expect(record).not.toHaveProperty("earlierOffsets");
  });

  test.each([
    { readMs: KEPT_MS, expected: KEPT_MS, because: "its policies are older than the rest" },
    { readMs: NOW_MS, expected: NOW_MS, because: "all of it was read" },
  ])("a key was read when its oldest part was read: $because", ({ readMs, expected }) => {
    const live = accountRead(readMs);
    const view = outcomeView(skippedOf({ kind: "nothing-due" }), []);

    const shown = keyView(view, { live, rules: NO_LIVE_RULES, usedRoles: [], adoption: null });

    expect(shown.readAt).toBe(new Date(expected).toISOString());
  });

  test("a function that cannot be read any more was verified until the oldest reading, and a policy until the sweep", () => {
    const pass = passWith({ lastSweepMs: SWEPT_MS, oldestPolicyReadMs: KEPT_MS });
    const policyKey = "policy/111122223333/orders/audit-read" as typeof BINDING.key;

    expect(verifiedBefore(statusOf(), pass)).toBe(new Date(KEPT_MS).toISOString());
    expect(verifiedBefore(statusOf({ key: policyKey }), pass)).toBe(new Date(SWEPT_MS).toISOString());
  });

  const statement = driftOf({
    subject: BINDING.functionArn,
    change: { kind: "statement-missing", qualifier: null, sid: "s" },
    cause: "out-of-band",
  });
  const ofRole = driftOf({ change: { kind: "inline-extra", policyName: "hotfix" }, cause: "out-of-band" });

  test.each<{ readonly drift: Drift; readonly readMs: number; readonly cleanMs: number; because: string }>([
    { drift: statement, readMs: KEPT_MS, cleanMs: KEPT_MS, because: "of a statement from that reading" },
    { drift: statement, readMs: NOW_MS, cleanMs: SWEPT_MS, because: "of a statement that was read later" },
    { drift: ofRole, readMs: KEPT_MS, cleanMs: SWEPT_MS, because: "of the role from the sweep" },
  ])("the last read without a difference is $because", ({ drift, readMs, cleanMs }) => {
    const base = accountRead(readMs, SWEPT_MS);
    const pass = passWith({ lastSweepMs: SWEPT_MS }, { base, clockOffset: null });
    const record = knownRecord({ comparedSinceMs: 1 });

    const open = openDriftsOf(pass, record, {
      opened: [drift],
      drifts: [drift],
      writes: { byTarget: new Map() },
    });

    expect(Object.values(open)).toMatchObject([{ lastCleanMs: cleanMs }]);
  });

  const SAME = { minMs: 0, maxMs: 0, wasSet: false };
  const AHEAD = { minMs: 0, maxMs: 900, wasSet: false };
  const since = (minutes: number, offset = SAME) => ({ sinceMs: KEPT_MS + minutes * MINUTE_MS, offset });

  const offsetOf = (base: LiveAccount | null, record: Partial<AccountRecord>): unknown => {
    const before = { lastSweepMs: SWEPT_MS, clockOffset: SAME, ...record };
    const pass = passWith(before, { base, clockOffset: SAME });
    const open = openDriftsOf(pass, knownRecord({ comparedSinceMs: 1 }), {
      opened: [statement],
      drifts: [statement],
      writes: { byTarget: new Map() },
    });
    const [found] = Object.values(open);
    return [found?.lastCleanMs, found?.clockOffset];
  };

  test("the clocks were compared since the sweep that read them, although it wrote another function", () => {
    const base = readBackOfAnother(accountRead(SWEPT_MS, SWEPT_MS));

    expect(offsetOf(base, { lastSweepMs: NOW_MS - 1 })).toEqual([NOW_MS - 1, SAME]);
  });

  test.each<{
    readonly earlierOffsets: readonly EarlierOffset[];
    offset: ClockOffset | null;
    because: string;
  }>([
    { earlierOffsets: [since(0), since(20, AHEAD)], offset: AHEAD, because: "all of them are known" },
    { earlierOffsets: [since(1)], offset: null, because: "none is known of that time" },
    { earlierOffsets: [{ ...since(0), offset: null }], offset: null, because: "one of them is not known" },
  ])("the clocks were compared since the kept reading if $because", ({ earlierOffsets, offset }) => {
    expect(offsetOf(accountRead(KEPT_MS, SWEPT_MS), { earlierOffsets })).toEqual([KEPT_MS, offset]);
  });

  test("the last read without a difference is the oldest one of the account after a start of the process", () => {
    const record = { oldestPolicyReadMs: KEPT_MS, earlierOffsets: [since(0)] };

    expect(offsetOf(null, record)).toEqual([KEPT_MS, SAME]);
  });

  test("the offsets of the clocks are recorded back to the oldest reading, until a sweep reads all", () => {
    const before = {
      lastSweepMs: SWEPT_MS,
      clockOffset: AHEAD,
      earlierOffsets: [since(-20), since(-1), since(20)],
    };

    expect(recordAfter(accountRead(KEPT_MS), before)?.earlierOffsets).toEqual([
      since(-1),
      since(20),
      { sinceMs: SWEPT_MS, offset: AHEAD },
    ]);
    expect(recordAfter(accountRead(KEPT_MS), before, false)?.earlierOffsets).toEqual(before.earlierOffsets);
    expect(recordAfter(accountRead(NOW_MS), before)).not.toHaveProperty("earlierOffsets");
  });
});
