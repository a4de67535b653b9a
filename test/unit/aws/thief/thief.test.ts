import { describe, expect, test } from "@jest/globals";
import type { Identity } from "../../../../src/aws/calls/calls.ts";
import { ownPolicy, ownTrust } from "../../../../src/aws/own/policies.ts";
import { accessRequest } from "../../../../src/iam/evaluate/request.ts";
import type { ResourcePolicy } from "../../../../src/iam/evaluate/evaluate.ts";
import { EXAMPLE, EXAMPLE_KEY } from "../../../../tools/pages/permissions.ts";
import { decisionOf, decisionText, policyIn, policyText } from "../../../support/policies/own-policies.ts";
import { ACCOUNT, FACTS, IDENTITIES } from "./attempt.ts";
import { OTHER_ATTEMPTS } from "./of-others.ts";
import { WRITER_ATTEMPTS } from "./of-writer.ts";

const ATTEMPTS = [...OTHER_ATTEMPTS, ...WRITER_ATTEMPTS];

describe("a thief of one of Grantkeeper's identities", () => {
  test.each(ATTEMPTS)(
    "is refused: $because ($by, $action)",
    ({ by, action, resource, context, letIn, delegates, answer }) => {
      const request = accessRequest({ caller: callerOf(by), action, resource, ...(context && { context }) });
      const policy = policyIn(ACCOUNT, "identity", policyText(ownPolicy(by, FACTS)));

      const own: ResourcePolicy = delegates === true ? DELEGATING : { kind: "none" };

      const decision = decisionOf(request, policy, letIn === true ? openTo(by) : own);

      expect(decisionText(decision)).toBe(answer);
    },
  );

  test("can use the key itself through Lambda as the binder, if that option is installed", () => {
    const context = { "kms:ViaService": "lambda.eu-west-1.amazonaws.com" };
    const caller = callerOf("binder");
    const request = accessRequest({ caller, action: "kms:CreateGrant", resource: EXAMPLE_KEY, context });
    const decisions = [EXAMPLE, FACTS].map((facts) => {
      const policy = policyIn(ACCOUNT, "identity", policyText(ownPolicy("binder", facts)));
      return decisionText(decisionOf(request, policy, DELEGATING));
    });

    expect(decisions).toEqual(["denied by Fence", expect.stringContaining("KeysOfFunctions")]);
  });

  test("meets every Deny in the policies", () => {
    const denials = IDENTITIES.flatMap((identity) =>
      ownPolicy(identity, EXAMPLE).flatMap(({ Sid, Effect }) =>
        Effect === "Deny" ? [`${identity} ${Sid}`] : [],
      ),
    );
    const met = ATTEMPTS.map(({ by, answer }) => `${by} ${answer.replace("denied by ", "")}`);

    expect(denials.filter((denial) => !met.includes(denial))).toEqual([]);
  });

  test("assumes none of them without the organization, the external id and a session name of a pass", () => {
    const [roleArn = ""] = EXAMPLE.roles;
    const base = policyIn(ACCOUNT, "identity", policyText(ownPolicy("base", EXAMPLE)));
    const trust = policyIn(ACCOUNT, "trust", policyText(ownTrust(EXAMPLE, "gk-x")));
    const tries = [
      { "sts:ExternalId": "gk-x", "sts:RoleSessionName": "gk-1" },
      { "sts:ExternalId": "gk-y", "sts:RoleSessionName": "gk-1" },
      { "sts:RoleSessionName": "gk-1" },
      { "sts:ExternalId": "gk-x", "sts:RoleSessionName": "me" },
      { "sts:ExternalId": "gk-x", "sts:RoleSessionName": "gk-1", "aws:PrincipalOrgID": "o-other00000" },
    ].map((given) => {
      const context = { "aws:PrincipalOrgID": "o-a1b2c3d4e5", ...given };
      const caller = callerOf("base");
      const request = accessRequest({ caller, action: "sts:AssumeRole", resource: roleArn, context });
      return decisionOf(request, base, { kind: "policy", policy: trust }).kind;
    });

    expect(tries).toEqual(["allowed", "denied", "denied", "denied", "denied"]);
  });
});

function callerOf(identity: Identity) {
  const base = {
    kind: "role",
    accountId: "999900001111",
    roleArn: EXAMPLE.baseRole,
    sessionArn: null,
  } as const;
  if (identity === "base") return base;
  return {
    kind: "role",
    accountId: ACCOUNT,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/${identity}`,
    sessionArn: `arn:aws:sts::${ACCOUNT}:assumed-role/${identity}/gk-1`,
  } as const;
}

/** Of the resource: its policy delegates to the identity policies of the account. */
const DELEGATING: ResourcePolicy = {
  kind: "policy",
  policy: policyIn(
    ACCOUNT,
    "resource",
    policyText([
      { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "kms:*", Resource: "*" },
    ]),
  ),
};

/** Of the resource: its policy names the thief's session and allows everything. */
function openTo(identity: Identity): ResourcePolicy {
  const { sessionArn } = callerOf(identity);
  const statement = { Effect: "Allow", Principal: { AWS: sessionArn }, Action: "*", Resource: "*" };
  return { kind: "policy", policy: policyIn(ACCOUNT, "resource", policyText([statement])) };
}
