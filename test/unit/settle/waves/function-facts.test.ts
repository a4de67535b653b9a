import { describe, expect, test } from "@jest/globals";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import type { KeyView } from "../../../../src/model/answers/key-view.ts";
import type { WaveFunctionFacts } from "../../../../src/settle/waves/function-facts.ts";
import { functionFacts, oldAliases } from "../../../../src/settle/waves/function-facts.ts";
import { passProblem } from "../../../../src/settle/waves/problems.ts";
import {
  actionOf,
  BINDING,
  driftOf,
  knownRecord,
  planOf,
  REFUSED,
  writtenOf,
} from "../../../support/pass/passes.ts";
import { binding } from "../../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../../support/pass/live-state.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";
import { settleOne } from "../settled.ts";
import { planWith, provenView, switchOf } from "./views.ts";

const DECLARED = binding({ name: "a-role" }, { functionName: "a", functionRole: "manage" });
const onDeclared = liveFunctionOf(DECLARED);

function factsOf(change: Partial<KeyView>, isEnforced = true): WaveFunctionFacts | null {
  return functionFacts(provenView("a", change), {
    isEnforced: () => isEnforced,
    recordOf: () => undefined,
  });
}

describe("a function of a wave", () => {
  test("is ready with the digest of its switch, if the switch is proved to change nothing", () => {
    expect(factsOf({})).toMatchObject({
      place: "elsewhere",
      switch: planWith(switchOf("a")).approvable[0]?.digest,
      otherRole: "orders-shared",
      needs: null,
    });
  });

  test.each<{ change: Partial<KeyView>; isEnforced?: boolean; because: string }>([
    { change: { adoption: "proven" }, because: "its declared role is not complete" },
    { change: { adoption: "observed" }, because: "it has no proof" },
    { change: { plan: null }, because: "its plan is not known" },
    { change: { verdict: REFUSED }, because: "its manifest is refused" },
    { change: { usedRoles: [] }, because: "no role was compared" },
    {
      change: { usedRoles: [{ kind: "unknown", arn: "x", reason: "throttled" }] },
      because: "the comparison was not possible",
    },
    { change: { plan: planOf() }, because: "its switch is withheld" },
    { change: { plan: planWith(actionOf()) }, because: "another change awaits the approval" },
    { change: {}, isEnforced: false, because: "observe mode writes nothing" },
  ])("is not ready: $because", ({ change, isEnforced = true }) => {
    expect(factsOf(change, isEnforced)).toMatchObject({ place: "elsewhere", switch: null });
  });

  test.each<{ change: Partial<KeyView>; place: string; isUnread?: boolean; because: string }>([
    { change: { adoption: "switched" }, place: "switched", because: "every version was seen there" },
    { change: { adoption: "enforced" }, place: "switched", because: "it is enforced" },
    { change: { adoption: null }, place: "left", because: "Git does not manage it" },
    { change: { adoption: "not-needed" }, place: "left", because: "it does not exist" },
    {
      change: { desired: binding({}, { functionRole: "verify" }) },
      place: "left",
      because: "its manifest does not set the role",
    },
    {
      change: { desired: binding({}, { functionRole: "manage", released: true }) },
      place: "left",
      because: "it is released",
    },
    { change: { adoption: "unknown" }, place: "unread", isUnread: true, because: "it was not read" },
    {
      change: { adoption: "adopted", liveFunction: null },
      place: "unread",
      isUnread: true,
      because: "the function was not read",
    },
    {
      change: { adoption: "unknown", desired: DECLARED, liveFunction: onDeclared },
      place: "moved",
      isUnread: true,
      because: "its aliases were not read",
    },
    {
      change: { desired: DECLARED, liveFunction: onDeclared },
      place: "moved",
      because: "an alias runs a version with another role",
    },
  ])("is $place: $because", ({ change, place, isUnread = false }) => {
    expect(factsOf(change)).toMatchObject({ place, isUnread });
  });

  test.each<{ change: Partial<KeyView>; because: string }>([
    { change: { desired: null, adoption: null }, because: "nothing was applied" },
    { change: { adoption: "unknown" }, because: "another state was applied" },
    {
      change: { desired: binding({}, { functionRole: "verify" }) },
      because: "it was applied without its role",
    },
  ])("is not known, and has not left, while its manifest has an error and $because", ({ change }) => {
    expect(factsOf({ ...change, isInvalid: true })).toMatchObject({ place: "unread", isUnread: true });
  });

  test("names the aliases that its switch does not move", () => {
    const version = (name: string, roleArn: string) => ({ version: name, roleArn });
    const alias = (name: string, of: string) => ({ name, versions: [of], routingConfig: null });
    const found = provenView("a").liveFunction;
    if (found === null) throw new Error("there is no function");
    const read = {
      ...found,
      versions: { kind: "present", value: [version("1", "old"), version("2", DECLARED.role.arn)] },
      aliases: { kind: "present", value: [alias("live", "1"), alias("next", "2"), alias("dev", "$LATEST")] },
    } as never;

    expect(factsOf({ desired: DECLARED, liveFunction: read })?.oldAliases).toEqual(["live"]);
    expect(oldAliases(provenView("a"))).toEqual([]);
    expect(oldAliases(provenView("a", { liveFunction: null }))).toEqual([]);
    expect(oldAliases(provenView("a", { desired: null }))).toEqual([]);
  });

  test("is none without a binding", () => {
    expect(factsOf({ desired: null })).toBeNull();
  });

  test("names why its plan has no switch", () => {
    const withheld = {
      kind: "waiting",
      subject: "x",
      reason: "an alias shares its traffic",
      fix: null,
    } as const;
    const reasons = [
      factsOf({ plan: planOf([], { withheld: [withheld] }) }),
      factsOf({ plan: planOf(), obstacle: { reason: "AWS refused it", missing: null } }),
      factsOf({ plan: planOf() }),
      factsOf({ plan: null }),
    ].map((facts) => facts?.needs);

    expect(reasons).toEqual(["an alias shares its traffic", "AWS refused it", null, null]);
  });
});

describe("a problem of a function in a pass", () => {
  const failedWith = (kind: "terminal" | "circuit" | "throttled", action = switchOf("a")) =>
    writtenOf(
      {},
      { writes: [{ kind: "failed", action, intent: 1, error: awsError(kind), isOverdue: false }] },
    );
  const drifted = (change: Parameters<typeof driftOf>[0]) =>
    writtenOf({}, { readBack: { kind: "seen", drifts: [driftOf(change)], unread: [], plan: planOf() } });

  test.each([
    { outcome: failedWith("terminal"), kind: "switch-failed", because: "AWS refused the switch" },
    { outcome: failedWith("circuit"), kind: "switch-failed", because: "the switch is not allowed" },
    { outcome: failedWith("throttled"), kind: undefined, because: "the switch is tried again" },
    { outcome: failedWith("terminal", actionOf()), kind: undefined, because: "another write failed" },
    {
      outcome: drifted({ subject: BINDING.role.arn }),
      kind: "role-changed",
      because: "its role was changed",
    },
    {
      outcome: drifted({ subject: BINDING.role.arn, cause: "revision" }),
      kind: undefined,
      because: "Git changed its role",
    },
    {
      outcome: drifted({ subject: BINDING.role.arn, certainty: "pending" }),
      kind: undefined,
      because: "AWS shows our own write late",
    },
    {
      outcome: drifted({ subject: BINDING.functionArn }),
      kind: undefined,
      because: "its callers were changed",
    },
    {
      outcome: { kind: "unknown", subject: writtenOf().judged.subject, reason: "x" } as const,
      kind: undefined,
      because: "it was not read",
    },
    {
      outcome: writtenOf({ subject: { kind: "removed", key: BINDING.key, record: knownRecord() } }),
      kind: undefined,
      because: "it left Git",
    },
  ])("is $kind: $because", ({ outcome, kind }) => {
    expect(passProblem(settleOne(outcome))?.kind).toBe(kind);
  });

  test("is over when the change of its role was reverted in the pass", () => {
    const drift = driftOf({ subject: BINDING.role.arn });
    const ended = [{ how: "reverted", fingerprint: driftFingerprint(drift) }] as never;

    expect(passProblem({ ...settleOne(writtenOf()), ended })).toMatchObject({
      kind: "role-changed",
      isOver: true,
    });
  });
});
