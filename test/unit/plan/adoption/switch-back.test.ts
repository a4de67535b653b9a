import { describe, expect, test } from "@jest/globals";
import { fingerprintOf } from "../../../../src/diff/function/former-role.ts";
import type { UndoFinding } from "../../../../src/model/keys/adoption-undo.ts";
import type { FormerRole } from "../../../../src/model/keys/former-role.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveRole } from "../../../../src/model/live.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { planAdoptionUndo } from "../../../../src/plan/adoption-undo.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import { withRole } from "../../../support/pass/apply.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import {
  allow,
  appliedRecord,
  binding,
  desiredAccount,
  documentOf,
  NOW_MS,
} from "../../../support/pass/bindings.ts";
import { context } from "../../../support/pass/plans.ts";
import { ACCOUNT, managed, NO_NEEDS } from "../role/function-scene.ts";

const FORMER_ARN = "arn:aws:iam::111122223333:role/old" as Arn;
const OLD = liveRoleOf(binding({ name: "old", path: "/", arn: FORMER_ARN }), {
  boundary: null,
  tags: [],
  inline: [{ name: "all", text: documentOf(allow("s3:*")) }],
});

interface Scene {
  readonly desired?: DesiredBinding;
  readonly role?: LiveRole | null;
  readonly recorded?: LiveRole | null;
  readonly found?: Partial<LiveFunction> | null;
  readonly live?: Partial<LiveAccount>;
  readonly at?: Partial<PlanContext>;
  readonly record?: Partial<KeyRecord>;
}

function formerOf(role: LiveRole, live: LiveAccount): FormerRole {
  const reading = fingerprintOf(role, live);
  if (reading.kind === "unread") throw new Error(reading.document);
  const { arn, roleId } = role;
  return { arn, roleId, fingerprint: reading.fingerprint, readMs: NOW_MS - 1, switchedMs: NOW_MS };
}

/** A function that was switched from OLD to its declared role. */
function undo({ desired = managed(), role = OLD, recorded = OLD, ...scene }: Scene): UndoFinding {
  const found = liveFunctionOf(desired, { roleArn: desired.role.arn, ...scene.found });
  const account = accountWith({
    role: liveRoleOf(desired),
    ...(scene.found !== null && { found }),
  });
  const live = { ...(role === null ? account : withRole(account, role)), ...scene.live };
  const record = appliedRecord(desired, {
    ...(recorded !== null && { formerRole: formerOf(recorded, live) }),
    ...scene.record,
  });
  return planAdoptionUndo(desired, context(live, { account: ACCOUNT, record, ...scene.at }));
}

const kindsOf = (finding: UndoFinding): readonly string[] =>
  finding.kind === "refused" ? finding.obstacles.map(({ kind }) => kind) : [finding.kind];

describe("the way back to the former role", () => {
  test("is one call that sets it, with what the function gains and loses", () => {
    expect(undo({})).toMatchObject({
      kind: "planned",
      way: "switch",
      to: FORMER_ARN,
      changes: [],
      plan: {
        purpose: "adoption-undo",
        actions: [
          {
            call: "lambda:UpdateFunctionConfiguration",
            input: { FunctionName: "orders-api", Role: FORMER_ARN },
            before: managed().role.arn,
            after: FORMER_ARN,
            cause: "operator",
            due: { kind: "now" },
            delta: {
              allowed: [{ action: { name: "s3:*" } }],
              noLongerAllowed: [{ action: { name: "dynamodb:GetItem" } }],
            },
          },
        ],
      },
    });
  });

  test.each<Scene & { readonly kinds: readonly string[]; readonly because: string }>([
    {
      recorded: null,
      kinds: ["no-record"],
      because: "no other role was ever seen",
    },
    { found: { roleArn: FORMER_ARN }, kinds: ["nothing"], because: "it is back already" },
    { found: null, kinds: ["function-gone"], because: "there is no function" },
    {
      found: null,
      live: { regions: new Map() },
      kinds: ["not-read"],
      because: "the function was not read",
    },
    {
      found: { roleArn: "arn:aws:iam::111122223333:role/third" },
      kinds: ["third-role"],
      because: "someone set a third role",
    },
    { found: { edge: true }, kinds: ["edge"], because: "it runs at Lambda@Edge" },
    {
      desired: binding(),
      kinds: ["role-of-deployer"],
      because: "Grantkeeper does not set its role",
    },
    { at: { account: desiredAccount() }, kinds: ["role-of-deployer"], because: "there is no binder" },
    { role: null, kinds: ["role-gone"], because: "the role was deleted" },
    {
      role: null,
      live: { complete: false },
      kinds: ["not-read"],
      because: "the role was not read",
    },
    {
      role: { ...OLD, arn: "arn:aws:iam::111122223333:role/x/old" as Arn },
      kinds: ["role-gone"],
      because: "another role has its name",
    },
    { role: { ...OLD, roleId: "AROANEW" }, kinds: ["role-recreated"], because: "it was created again" },
    {
      role: { ...OLD, trust: documentOf() },
      kinds: ["trust"],
      because: "Lambda may not assume it",
    },
    { role: { ...OLD, trust: "{" }, kinds: ["trust"], because: "its trust cannot be read" },
    {
      role: { ...OLD, attachments: ["arn:aws:iam::aws:policy/Unread" as Arn] },
      kinds: ["not-read"],
      because: "an attached document was not read",
    },
    {
      role: { ...OLD, tags: [{ key: INSTANCE_TAG, value: "test-1" }] },
      kinds: ["declared-role"],
      because: "it is a role of this installation",
    },
    {
      role: { ...OLD, roleId: "AROANEW", tags: [{ key: OWNER_TAG, value: "billing/api" }] },
      desired: binding(),
      kinds: ["declared-role"],
      because: "it is the role of another owner, and no command is named that sets it",
    },
    {
      recorded: null,
      record: { adoption: { from: FORMER_ARN } as never },
      role: { ...OLD, tags: [{ key: OWNER_TAG.toLowerCase(), value: "billing/api" }] },
      kinds: ["declared-role"],
      because: "a record of 0.1 has the role of an owner",
    },
    {
      record: { inventory: [{ type: "role", id: FORMER_ARN, uniqueId: OLD.roleId }] },
      kinds: ["declared-role"],
      because: "it was created from Git and lost its tags",
    },
    {
      role: null,
      desired: binding(),
      kinds: ["role-of-deployer", "role-gone"],
      because: "all reasons are listed",
    },
  ])("is $kinds if $because", ({ kinds, ...scene }) => {
    expect(kindsOf(undo(scene))).toEqual(kinds);
  });

  test("names the line of the deployer and the command of AWS where Grantkeeper does not set the role", () => {
    const finding = undo({ desired: binding() });

    expect(finding).toMatchObject({
      obstacles: [
        {
          fix: expect.stringContaining(
            `aws lambda update-function-configuration --region eu-west-1 --function-name orders-api --role ${FORMER_ARN}`,
          ),
        },
      ],
    });
  });

  test.each<Scene & { readonly changes: readonly string[]; readonly because: string }>([
    {
      role: { ...OLD, inline: [{ name: "more", text: documentOf(allow("s3:*")) }, ...OLD.inline] },
      changes: ["role old: inline policy more was added"],
      because: "a policy was added",
    },
    {
      recorded: { ...OLD, inline: [...OLD.inline, { name: "z", text: documentOf() }] },
      changes: ["role old: inline policy z was removed"],
      because: "a policy was removed",
    },
    {
      recorded: { ...OLD, inline: OLD.inline.map(({ name }) => ({ name, text: documentOf() })) },
      changes: [`role old: inline policy ${OLD.inline[0]?.name ?? ""} changed`],
      because: "a policy was edited",
    },
    {
      recorded: { ...OLD, tags: [{ key: "a", value: "b" }] },
      changes: ["role old: its tags changed"],
      because: "policies may depend on tags",
    },
    {
      recorded: { ...OLD, trust: documentOf() },
      changes: ["role old: its trust policy changed"],
      because: "the trust was edited",
    },
    {
      recorded: { ...OLD, boundary: liveRoleOf(managed()).boundary },
      changes: [
        "role old: its boundary is none, and was arn:aws:iam::111122223333:policy/grantkeeper-boundary/platform-default",
        "role old: arn:aws:iam::111122223333:policy/grantkeeper-boundary/platform-default was removed",
      ],
      because: "its boundary is gone",
    },
    {
      recorded: null,
      record: { adoption: { from: FORMER_ARN } as never },
      changes: ["role old was not recorded before the switch, so that a change cannot be seen"],
      because: "a record of 0.1 has only its name",
    },
    {
      found: { needs: { ...NO_NEEDS, tracing: true } },
      changes: ["role old does not allow tracing, which the function needs now"],
      because: "the function was reconfigured since",
    },
  ])("shows a difference from the record, which the digest covers: $because", ({ changes, ...scene }) => {
    const [finding, same] = [undo(scene), undo({})];

    expect(finding).toMatchObject({ kind: "planned", changes });
    expect(finding).not.toMatchObject({ shown: same.kind === "planned" ? same.shown : "" });
  });

  test.each<Scene & { readonly notes: readonly string[]; readonly because: string }>([
    {
      found: {
        versions: {
          kind: "present",
          value: [
            { version: "1", roleArn: FORMER_ARN },
            { version: "2", roleArn: managed().role.arn },
          ],
        },
        aliases: {
          kind: "present",
          value: [
            { name: "live", versions: ["2"] },
            { name: "old", versions: ["1"] },
          ],
        },
      },
      notes: [
        "alias live runs version 2, which keeps role orders-api-eu-west-1: move the alias to a version with the former role",
      ],
      because: "a version keeps its role",
    },
    {
      found: { aliases: { kind: "not-requested" } },
      notes: ["its aliases were not read; only $LATEST is changed"],
      because: "aliases are read in turns",
    },
    {
      found: { aliases: { kind: "unknown", reason: "AccessDenied" } },
      notes: ["its aliases were not read: AccessDenied; only $LATEST is changed"],
      because: "the read was denied",
    },
  ])("names what stays as it is: $because", ({ notes, ...scene }) => {
    expect(undo(scene)).toMatchObject({ kind: "planned", notes });
  });
});
