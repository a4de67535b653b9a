import { describe, expect, test } from "@jest/globals";
import { sweepRequest, targetedRequest } from "../../../src/judge/reads.ts";
import type { Subject } from "../../../src/judge/subject.ts";
import type { Suspension } from "../../../src/model/approval.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import type { AdoptedRole } from "../../../src/model/keys/adopted-role.ts";
import type { FormerRole } from "../../../src/model/keys/former-role.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Digest } from "../../../src/model/values/digest.ts";
import { after, DECLARED, OLD, seen } from "../../support/pass/adoption.ts";
import {
  allow,
  attachment,
  awsAttachment,
  binding,
  BOUNDARY,
  caller,
  compiled,
  desiredAccount,
  NOW_MS,
  policy,
} from "../../support/pass/bindings.ts";
import { KEY, knownRecord, subjectOf } from "../../support/pass/passes.ts";

const READER = { account: desiredAccount(), id: "pass-1" };
const FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:orders-api";
const OLD_POLICY = "arn:aws:iam::111122223333:policy/orders-old" as Arn;
const DIGEST = "sha256:1" as Digest;
const FORMER: FormerRole = {
  arn: OLD,
  roleId: "AROAOLD",
  fingerprint: {
    trust: DIGEST,
    tags: DIGEST,
    boundary: null,
    documents: { "inline policy app": DIGEST, [OLD_POLICY]: DIGEST },
  },
  readMs: 0,
  switchedMs: 0,
};
const UNDO: Suspension = {
  id: "1",
  scope: { key: KEY, accountId: null, namespace: null },
  reason: "INC-1",
  actor: "local:ci",
  at: "2026-10-01T12:00:00.000Z",
  until: "2026-10-02T12:00:00.000Z",
  undo: { subject: DIGEST, way: "switch", to: OLD, covers: [], shown: DIGEST },
};
const POLICY = policy(compiled(allow("s3:GetObject")));

/** Declared, and never applied. */
function declared(
  desired: DesiredBinding | DesiredPolicy,
  change: Partial<KeyRecord> = {},
  of: { readonly forbidden?: string } = {},
): Subject {
  return { kind: "desired", key: desired.key, desired, record: { ...emptyKeyRecord(KEY), ...change }, ...of };
}

const removed = (state: DesiredBinding, change: Partial<KeyRecord> = {}): Subject => ({
  kind: "removed",
  key: KEY,
  record: knownRecord(change, state),
});
const statement = (at: string): KeyRecord["inventory"][number] => ({
  type: "statement",
  id: at,
  uniqueId: null,
});

const sweep = (...subjects: readonly Subject[]) => sweepRequest(subjects, { ...READER, startedAtMs: NOW_MS });
const targeted = (...subjects: readonly Subject[]) => targetedRequest(subjects, READER);

describe("a targeted read", () => {
  test("is of the declared role, the one before it, and the policies that the role will have", () => {
    const moved = binding({
      name: "orders-api-new",
      attachments: [attachment("audit-read"), awsAttachment("ReadOnlyAccess")],
    });

    const { roleNames, policyArns } = targeted(declared(moved, knownRecord()));

    expect(roleNames).toEqual(["orders-api-new", "orders-api-eu-west-1"]);
    expect(policyArns).toEqual(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
  });

  test("of a ManagedPolicy has its document alone", () => {
    const { policyArns, roleNames, functions } = targeted(declared(POLICY));

    expect({ policyArns, roleNames, functions }).toEqual({
      policyArns: [POLICY.arn],
      roleNames: [],
      functions: [],
    });
  });

  test("of a state that must not be shown is of what was applied alone", () => {
    const secret = binding({ name: "orders-api-secret" });

    const request = targeted(declared(secret, knownRecord(), { forbidden: "another team" }));

    expect(request.roleNames).toEqual(["orders-api-eu-west-1"]);
  });

  test("has each qualifier that is declared, and each that has a statement of ours", () => {
    const inventory = [
      statement(`${FUNCTION}:live#gk`),
      statement(`${FUNCTION}#gk`),
      statement("nonsense#gk"),
    ];

    const { functions } = targeted(declared(binding({}, { callers: [caller("in", "prod")] }), { inventory }));

    expect(functions.map(({ functionName, qualifiers }) => [functionName, ...qualifiers])).toEqual([
      ["orders-api", null, "prod", "live"],
    ]);
  });

  test("has the function of an earlier declaration that still has a statement of ours", () => {
    const inventory = [statement(`${FUNCTION}-before#gk`)];

    const { functions } = targeted(declared(binding(), { inventory }));

    expect(functions.map(({ functionName }) => functionName)).toEqual(["orders-api", "orders-api-before"]);
  });

  test.each<{ readonly what: string; readonly record: Partial<KeyRecord>; readonly arns: readonly string[] }>(
    [
      {
        what: "the recorded former role and its policies",
        record: { formerRole: FORMER },
        arns: [OLD_POLICY],
      },
      { what: "the role that it is adopted from", record: { adoption: after([0, seen()]).record }, arns: [] },
    ],
  )("for an undo is also of $what", ({ record, arns }) => {
    const subject = declared(binding(), record);

    const request = targetedRequest([subject], { ...READER, suspensions: [UNDO] });

    expect(request.roleNames).toContain("orders-shared");
    expect(request.policyArns).toEqual(arns);
    expect(request.functions.map(({ aliases }) => aliases)).toEqual([true]);
  });

  test("for an undo without a recorded role is of the declared one alone", () => {
    const request = targetedRequest([declared(binding())], { ...READER, suspensions: [UNDO] });

    expect(request.roleNames).toEqual(["orders-api-eu-west-1"]);
  });

  test.each([
    { boundary: null, arns: [OLD_POLICY] },
    { boundary: BOUNDARY, arns: [OLD_POLICY, BOUNDARY] },
  ])(
    "has the policies of a role before it was taken over, with the boundary $boundary",
    ({ boundary, arns }) => {
      const former = { attachments: [OLD_POLICY], boundary } as unknown as AdoptedRole["former"];
      const adoptedRole = {
        arn: DECLARED as Arn,
        roleId: "AROA",
        atMs: 0,
        former,
        changedAtMs: null,
        lastWritten: null,
      };

      expect(targeted(declared(binding(), { adoptedRole })).policyArns).toEqual(arns);
    },
  );

  test.each([
    { functionRole: "manage", switchTo: DECLARED },
    { functionRole: "verify", switchTo: null },
  ] as const)(
    "of $functionRole has the role that may be switched to: $switchTo",
    ({ functionRole, switchTo }) => {
      const { functions } = targeted(declared(binding({}, { functionRole })));

      expect(functions.map((one) => one.switchTo)).toEqual([switchTo]);
    },
  );
});

describe("a sweep", () => {
  test("of a function that Git keeps needs no version of the others", () => {
    const { everyVersion, roleNames, policies } = sweep(subjectOf());

    expect({ everyVersion, roleNames, policies }).toEqual({
      everyVersion: false,
      roleNames: ["orders-api-eu-west-1"],
      policies: [],
    });
  });

  test("has no role of a state without a boundary, whose listing is enough", () => {
    expect(sweep(declared(binding({ boundary: null }))).roleNames).toEqual([]);
  });

  test.each([
    { deletionPolicy: "delete", everyVersion: true },
    { deletionPolicy: "retain", everyVersion: false },
  ] as const)("reads every version before a removal with $deletionPolicy: $everyVersion", (row) => {
    const state = binding({ boundary: null }, { deletionPolicy: row.deletionPolicy });

    const request = sweep(removed(state));

    expect(request.everyVersion).toBe(row.everyVersion);
    expect(request.roleNames).toEqual(["orders-api-eu-west-1"]);
    expect(request.functions.map(({ versions }) => versions)).toEqual([true]);
  });

  test.each([
    { reason: "QuotaExceeded", freshQuotas: true },
    { reason: "PlanRejected", freshQuotas: undefined },
  ] as const)("asks for fresh quotas after $reason: $freshQuotas", ({ reason, freshQuotas }) => {
    const condition = { type: "Stalled", status: "True", reason, message: "", lastTransitionTime: "" };
    const status = { conditions: [condition] } as unknown as KeyRecord["status"];

    expect(sweep(declared(binding(), { status })).freshQuotas).toBe(freshQuotas);
  });

  test("of a removed key that was never applied asks for no function", () => {
    const never: Subject = { kind: "removed", key: KEY, record: emptyKeyRecord(KEY) };

    expect(sweep(never)).toMatchObject({ functions: [], everyVersion: false });
  });

  test("reads the stack and the mappings of a proven role that is taken over in place", () => {
    const { record: adoption } = after([0, seen()]);
    const proven = {
      ...adoption,
      proof: { ...adoption.proof, provenMs: 1 },
    } as unknown as KeyRecord["adoption"];
    const state = binding({ adopt: "reviewed" });

    const before = sweep(declared(state));
    const request = sweep(declared(state, { ...(proven && { adoption: proven }) }));

    expect([before.stackRoles, before.everyVersion]).toEqual([[], false]);
    expect([request.stackRoles, request.everyVersion]).toEqual([["orders-api-eu-west-1"], true]);
    expect(request.functions.map(({ takesOver }) => takesOver)).toEqual([true]);
  });

  test("has the alias of a function whose turn it is, and of a policy no function", () => {
    const { record: adoption } = after([0, seen()]);

    const { functions } = sweep(declared(binding(), { adoption }), declared(POLICY));

    expect(functions.map(({ aliases }) => aliases)).toEqual([true]);
  });
});
