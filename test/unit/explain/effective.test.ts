import { describe, expect, test } from "@jest/globals";
import type { EffectiveFacts } from "../../../src/explain/state/effective/effective-facts.ts";
import { effectiveState } from "../../../src/explain/state/effective/effective.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { LiveRole } from "../../../src/model/live.ts";
import { allow, awsAttachment, binding, BOUNDARY, documentOf } from "../../support/pass/bindings.ts";
import { accountWith, emptyAccount, liveFunctionOf, liveRoleOf } from "../../support/pass/live-state.ts";

const HOTFIX = "arn:aws:iam::111122223333:policy/hotfix" as Arn;
const UNBOUND = binding({ boundary: null });

function stateOf(change: Partial<EffectiveFacts>, role: Partial<LiveRole> = {}) {
  const reference = change.reference ?? binding();
  const state = effectiveState({
    reference,
    states: [{ state: reference, isFormer: false }],
    isInGit: true,
    live: emptyAccount(),
    readAt: "2026-10-01T12:00:00.000Z",
    failing: null,
    readings: {
      declaredRole: { kind: "present", value: liveRoleOf(reference, role) },
      function: { kind: "present", value: liveFunctionOf(reference) },
      otherRole: null,
    },
    unread: [],
    ...change,
  });
  if (state.kind !== "read") throw new Error(state.reason);
  return state;
}

describe("unread parts of a role are named, never left out", () => {
  test.each<{
    readonly because: string;
    readonly reference?: EffectiveFacts["reference"];
    readonly role: Partial<LiveRole>;
    readonly unknown: readonly string[];
  }>([
    { because: "nothing is unread", role: {}, unknown: [] },
    {
      because: "a declared policy was not read",
      reference: binding({ attachments: [awsAttachment("Known")] }),
      role: {},
      unknown: ['policy "Known" was not read: its permissions are unknown'],
    },
    {
      because: "an undeclared policy was not read",
      role: { attachments: [HOTFIX] },
      unknown: ['policy "hotfix", not declared, was not read: its permissions are unknown'],
    },
    {
      because: "the boundary was not read",
      role: { boundary: HOTFIX },
      unknown: ['boundary "hotfix" was not read: it may limit these permissions'],
    },
  ])("$because", ({ reference, role, unknown }) => {
    expect(stateOf(reference === undefined ? {} : { reference }, role).unknown).toEqual(unknown);
  });

  test("a role and a function that were not read are unknown for AWS's reason, once", () => {
    const reason = "AccessDenied";
    const unread = { kind: "unknown", reason } as const;

    expect(
      stateOf({ readings: { declaredRole: unread, function: unread, otherRole: unread }, unread: [reason] }),
    ).toMatchObject({
      role: { kind: "unknown", arn: binding().role.arn, reason },
      permissions: { lines: [] },
      boundary: null,
      unknown: [reason],
    });
  });
});

describe("the boundary of a role", () => {
  const former = (state: EffectiveFacts["reference"]) => ({ state, isFormer: true });

  test.each<{
    readonly because: string;
    readonly change: Partial<EffectiveFacts>;
    readonly role: Partial<LiveRole>;
    readonly boundary: object;
  }>([
    {
      because: "is the declared one",
      change: {},
      role: {},
      boundary: { kind: "boundary", arn: BOUNDARY, isDeclared: true, wasDeclared: false },
    },
    {
      because: "is declared to be missing, and is",
      change: { reference: UNBOUND },
      role: {},
      boundary: { kind: "none", isDeclared: true, declaredName: null },
    },
    {
      because: "was added in AWS, where none is declared",
      change: { reference: UNBOUND },
      role: { boundary: BOUNDARY },
      boundary: {
        kind: "boundary",
        arn: BOUNDARY,
        isDeclared: false,
        wasDeclared: false,
        declaredName: null,
      },
    },
    {
      because: "is still that of the last applied revision",
      change: { reference: UNBOUND, states: [former(binding())] },
      role: { boundary: BOUNDARY },
      boundary: { isDeclared: false, wasDeclared: true },
    },
    {
      because: "is still missing, as the last applied revision declared",
      change: { states: [former(UNBOUND)] },
      role: { boundary: null },
      boundary: { kind: "none", isDeclared: false, wasDeclared: true, declaredName: "platform-default" },
    },
    {
      because: "is not declared once the function has left Git",
      change: { isInGit: false },
      role: {},
      boundary: { isDeclared: false, declaredName: null },
    },
  ])("$because", ({ change, role, boundary }) => {
    expect(stateOf(change, role).boundary).toMatchObject(boundary);
  });
});

test("a policy that the last applied revision attached was not added in AWS", () => {
  const known = awsAttachment("Known");
  const state = binding({ attachments: [known] });
  const live = accountWith({ awsManaged: { [known.arn]: documentOf(allow("s3:GetObject")) } });
  const { permissions } = stateOf(
    { live, states: [{ state, isFormer: true }] },
    { attachments: [known.arn] },
  );

  expect(permissions.lines).toContainEqual(
    expect.objectContaining({ what: "s3:GetObject", isDeclared: false, wasDeclared: true }),
  );
});

describe("the trust policy of a role", () => {
  const trust = (statement: object): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Action: "sts:AssumeRole", ...statement }] });
  const LAMBDA = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } };
  const onlyHere = { StringEquals: { "aws:SourceAccount": "111122223333" } };

  test.each([
    { text: trust(LAMBDA), live: null, because: "it is the declared one" },
    {
      text: trust({ ...LAMBDA, Condition: onlyHere }),
      live: "Lambda may be unable to assume the role",
      because: "a condition may exclude Lambda",
    },
    {
      text: trust({ ...LAMBDA, Principal: { Service: "ec2.amazonaws.com" } }),
      live: "Lambda cannot assume the role",
      because: "it names another service",
    },
    {
      text: trust({ ...LAMBDA, Effect: "Deny" }),
      live: "Lambda cannot assume the role",
      because: "it denies Lambda",
    },
  ])("is shown as $live: $because", ({ text, live }) => {
    const { settings } = stateOf({}, { trust: text });

    expect(settings).toEqual(
      live === null ? [] : [{ what: "trust policy", live, declared: "Lambda can assume the role" }],
    );
  });
});
