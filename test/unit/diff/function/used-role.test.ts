import { describe, expect, test } from "@jest/globals";
import { CompiledTexts } from "../../../../src/diff/documents/compiled-texts.ts";
import { compareUsedRole } from "../../../../src/diff/function/used-role.ts";
import { Comparer } from "../../../../src/iam/compare/comparer.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../../src/model/desired.ts";
import type { LiveAccount, LiveRole } from "../../../../src/model/live.ts";
import { withPolicy, withRole } from "../../../support/pass/apply.ts";
import {
  allow,
  attachment,
  awsAttachment,
  binding,
  BOUNDARY,
  compiled,
  deny,
  desiredOf,
  documentOf,
  ORDERS_READ,
  OTHER_BOUNDARY,
  policy,
} from "../../../support/pass/bindings.ts";
import { emptyAccount, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";

const OLD = "arn:aws:iam::111122223333:role/orders-shared" as Arn;
const SEND = allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders");

function oldRole(change: Partial<LiveRole> = {}): LiveRole {
  const inline = [{ name: "all", text: documentOf(ORDERS_READ) }];
  return {
    ...liveRoleOf(binding()),
    arn: OLD,
    name: "orders-shared",
    path: "/",
    boundary: null,
    inline,
    ...change,
  };
}

function compared(
  role: Partial<LiveRole>,
  desired: DesiredBinding = binding(),
  {
    live = emptyAccount(),
    policies = [],
  }: { readonly live?: LiveAccount; readonly policies?: readonly DesiredPolicy[] } = {},
) {
  const context = {
    desired: desiredOf([desired], policies),
    comparer: new Comparer(),
    texts: new CompiledTexts(),
  };
  return compareUsedRole(desired, OLD, { ...context, live: withRole(live, oldRole(role)) });
}

describe("the declared role and the one that the function uses", () => {
  const managed = attachment("audit-read");
  const declaredPolicy = policy(compiled(SEND));

  test.each([
    {
      found: compared({}),
      because: "one has the permissions in a policy with another name, and no boundary",
    },
    {
      found: compared(
        {
          inline: [
            { name: "a", text: documentOf(ORDERS_READ) },
            { name: "b", text: documentOf(SEND) },
          ],
        },
        binding({ inline: compiled(ORDERS_READ, SEND) }),
      ),
      because: "one has the permissions in two policies",
    },
    {
      found: compared(
        {
          inline: [
            { name: "a", text: documentOf(ORDERS_READ) },
            { name: "b", text: documentOf(SEND) },
          ],
        },
        binding({ attachments: [managed] }),
        { policies: [declaredPolicy] },
      ),
      because: "a ManagedPolicy that does not exist yet counts as declared",
    },
  ])("are equal if both grant the same: $because", ({ found }) => {
    expect(found).toEqual({ kind: "equal", arn: OLD, roleId: "AROAORDERSAPI00000001" });
  });

  test("are equal within a boundary that allows no more than they grant, and name it", () => {
    const live = withPolicy(
      emptyAccount(),
      livePolicyOf(BOUNDARY, [documentOf(allow("dynamodb:*"), deny("iam:*"))]),
    );

    expect(compared({}, binding(), { live })).toEqual({
      kind: "equal",
      arn: OLD,
      roleId: "AROAORDERSAPI00000001",
      limitedBy: BOUNDARY,
    });
  });

  test("differ by the permissions that only one of them grants", () => {
    const found = compared({ inline: [{ name: "all", text: documentOf(ORDERS_READ, SEND) }] });

    expect(found).toMatchObject({
      kind: "different",
      difference: {
        permissions: { allowed: [], noLongerAllowed: [{ action: { name: "sqs:SendMessage" } }] },
      },
    });
  });

  test("differ if the boundary of the declared one keeps back what the other grants", () => {
    const live = withPolicy(
      emptyAccount(),
      livePolicyOf(BOUNDARY, [documentOf(allow("*"), deny("dynamodb:*"))]),
    );

    expect(compared({}, binding(), { live })).toMatchObject({
      kind: "different",
      difference: { permissions: { noLongerAllowed: [{ action: { name: "dynamodb:GetItem" } }] } },
    });
  });

  test("differ if others may assume one of them", () => {
    const trust = documentOf({
      Effect: "Allow",
      Principal: { Service: ["ec2.amazonaws.com", "lambda.amazonaws.com"] },
      Action: "sts:AssumeRole",
    });

    expect(compared({ trust })).toMatchObject({
      kind: "different",
      difference: { permissions: { allowed: [] }, trust: { noLongerAllowed: [{}] } },
    });
  });

  test.each([
    {
      found: compared({ attachments: [awsAttachment("ReadOnlyAccess").arn] }),
      reason: "the document of arn:aws:iam::aws:policy/ReadOnlyAccess was not read",
    },
    {
      found: compared({}, binding({ boundary: { arn: OTHER_BOUNDARY, origin: binding().origin } })),
      reason: `boundary ${OTHER_BOUNDARY} does not exist in the account`,
      fix: "create it in the pipeline that owns boundaries",
    },
    {
      found: compared({ attachments: ["arn:aws:iam::111122223333:policy/gone" as Arn] }),
      reason: "policy arn:aws:iam::111122223333:policy/gone does not exist in the account",
      fix: "create it in the pipeline that owns policies",
    },
    {
      found: compared({ arn: `${OLD}-2` as Arn }),
      reason: "role orders-shared does not exist",
      fix: "where the function is deployed, set a role that exists",
    },
    {
      found: compareUsedRole(binding(), OLD, {
        live: emptyAccount({ complete: false }),
        desired: desiredOf([]),
        comparer: new Comparer(),
        texts: new CompiledTexts(),
      }),
      reason: "role orders-shared was not read",
    },
  ])("are not compared if a part was not read or does not exist: $reason", ({ found, reason, fix }) => {
    expect(found).toEqual({ kind: "unknown", arn: OLD, reason, ...(fix !== undefined && { fix }) });
  });
});
