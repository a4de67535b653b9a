import { describe, expect, test } from "@jest/globals";
import type { Disposition } from "../../../../src/model/aws/errors/aws-error.ts";
import type { PendingStep, PendingSteps } from "../../../../src/settle/adoption/adoption-facts.ts";
import { pendingSteps } from "../../../../src/settle/adoption/pending-steps.ts";
import { latestNeeds, replacementNeeds, stepNeed } from "../../../../src/settle/adoption/step-needs.ts";
import { outcomeView, type KeyOutcome } from "../../../../src/settle/outcome/outcome.ts";
import { DECLARED, seen } from "../../../support/pass/adoption.ts";
import { NOW_MS } from "../../../support/pass/bindings.ts";
import { actionOf, BINDING, planOf, skippedOf, writtenOf } from "../../../support/pass/passes.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";

const FUNCTION = { arn: BINDING.functionArn };
const MANAGED = { ...BINDING, functionRole: "manage" } as const;
const ROLE = BINDING.role.arn;
const DUE = { kind: "nothing-due" } as const;
const DIGEST = `sha256:${"0".repeat(64)}`;

function stepsOf(outcome: KeyOutcome, binding: typeof BINDING = MANAGED): PendingSteps {
  const view = outcomeView(outcome, []);
  if (view.kind !== "judged") throw new Error("it is judged");
  return pendingSteps(binding, FUNCTION, view);
}

const withheld = (subject: string, approval: string | null = null) => ({
  ...planOf([]),
  withheld: [
    {
      kind: "waiting",
      subject,
      reason: "not read",
      fix: "read it",
      ...(approval !== null && { approval }),
    } as never,
  ],
});
const obstacle = (reason: string): unknown => ({ kind: "obstacle", reason, fix: expect.any(String) });

function failedWith(kind: Disposition["kind"]): KeyOutcome {
  const error = awsError(kind, {
    call: "iam:TagRole role/x",
    action: "iam:TagRole",
    code: "AccessDenied",
    message: "no",
  });
  const writes = [{ kind: "failed", action: actionOf(), intent: 1, atMs: NOW_MS, error, isOverdue: false }];
  return writtenOf({}, { writes: writes as never });
}

describe("what a step of an adoption waits for", () => {
  test.each<{ readonly outcome: KeyOutcome; readonly role: unknown; readonly because: string }>([
    { outcome: skippedOf(DUE), role: { kind: "next-pass" }, because: "nothing is against it" },
    {
      outcome: skippedOf(DUE, { plan: withheld(ROLE) }),
      role: { kind: "obstacle", reason: "not read", fix: "read it" },
      because: "its plan withholds it",
    },
    {
      outcome: skippedOf(DUE, { plan: withheld("another role") }),
      role: { kind: "next-pass" },
      because: "only something else is withheld",
    },
    {
      outcome: skippedOf(DUE, { plan: withheld(ROLE, DIGEST) }),
      role: { kind: "approval" },
      because: "a part of its plan awaits an approval",
    },
    {
      outcome: skippedOf(DUE, {
        plan: planOf([actionOf({ target: ROLE })]),
        verdict: { kind: "hold", reason: "take-over", subject: DIGEST } as never,
      }),
      role: { kind: "approval" },
      because: "its plan awaits an approval",
    },
    {
      outcome: skippedOf(DUE, {
        plan: planOf([]),
        verdict: { kind: "hold", reason: "take-over", subject: DIGEST } as never,
      }),
      role: { kind: "next-pass" },
      because: "the plan that awaits an approval does not write to it",
    },
    {
      outcome: skippedOf(DUE, { verdict: { kind: "refuse", reason: "ESC-001", findings: [] } as never }),
      role: obstacle("ESC-001"),
      because: "a rule refuses its plan",
    },
    {
      outcome: skippedOf({ kind: "suspended", suspension: { actor: "kim" } as never }),
      role: obstacle("suspended by kim"),
      because: "it is suspended",
    },
    {
      outcome: skippedOf({ kind: "stalled", stalled: { message: "no such tag" } as never }),
      role: obstacle("no such tag"),
      because: "AWS refused the plan",
    },
    {
      outcome: failedWith("terminal"),
      role: obstacle("iam:TagRole role/x: AccessDenied: no"),
      because: "a write failed",
    },
  ])("is $role if $because", ({ outcome, role }) => {
    expect(stepsOf(outcome).role).toMatchObject(role as object);
  });

  test("is the deployer for a switch with functionRole: verify, and the plan with manage", () => {
    const plan = withheld(FUNCTION.arn, DIGEST);

    expect(stepsOf(skippedOf(DUE, { plan }), BINDING).switch).toEqual({ kind: "deployer" });
    expect(stepsOf(skippedOf(DUE, { plan })).switch).toEqual({ kind: "approval" });
  });
});

const needs = (step: PendingSteps["switch"], mode: "enforce" | "observe" = "enforce") =>
  latestNeeds(seen({ mode, pending: { switch: step, role: { kind: "next-pass" } } }));

describe("the need of the switch", () => {
  test.each<{ readonly step: PendingSteps["switch"]; readonly fix: unknown; readonly message: string }>([
    {
      step: { kind: "deployer" },
      fix: `where it is deployed, set its role to ${DECLARED}`,
      message: "orders-api runs on role orders-shared",
    },
    {
      step: { kind: "approval" },
      fix: expect.stringContaining("grantkeeper get waves"),
      message: "orders-api runs on role orders-shared; Grantkeeper sets the declared one",
    },
    {
      step: { kind: "obstacle", reason: "the account names no binder", fix: "add it" },
      fix: "add it",
      message:
        "orders-api runs on role orders-shared; Grantkeeper sets the declared one; the account names no binder",
    },
    {
      step: { kind: "next-pass" },
      fix: null,
      message: "orders-api runs on role orders-shared; Grantkeeper sets the declared one",
    },
  ])("names who does what: $step.kind", ({ step, fix, message }) => {
    expect(needs(step)).toEqual([{ kind: "function-role", message, fix }]);
  });

  test.each([
    { step: { kind: "deployer" }, kinds: ["function-role"], because: "the deployer needs no mode" },
    { step: { kind: "approval" }, kinds: ["mode", "function-role"], because: "observe writes nothing" },
    { step: { kind: "next-pass" }, kinds: ["mode", "function-role"], because: "observe writes nothing" },
  ] as const)("is $kinds in observe if $because", ({ step, kinds }) => {
    expect(needs(step, "observe").map(({ kind }) => kind)).toEqual(kinds);
  });

  test("is none on the declared role", () => {
    expect(latestNeeds(seen({ roleArn: DECLARED }))).toEqual([]);
  });
});

test.each<{ readonly step: PendingStep; readonly fix: string | null; readonly because: string }>([
  { step: { kind: "next-pass" }, fix: null, because: "no plan is pending yet" },
  {
    step: { kind: "approval" },
    fix: "approve the pending plan: grantkeeper get approvals --all",
    because: "one is pending",
  },
  { step: { kind: "obstacle", reason: "x", fix: null }, fix: null, because: "only time helps" },
])("a replacement of policies asks for an approval only if a plan is pending: $because", ({ step, fix }) => {
  const found = replacementNeeds(seen({ pending: { switch: { kind: "deployer" }, role: step } }));

  expect(found.map((need) => need.fix)).toEqual([fix]);
  expect(stepNeed("mode", "m", step).fix).toBe(fix);
});
