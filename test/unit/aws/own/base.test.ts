import { describe, expect, test } from "@jest/globals";
import { baseStatements } from "../../../../src/aws/own/base.ts";
import type { OwnStatement } from "../../../../src/aws/own/facts.ts";
import { parseCaller } from "../../../../src/iam/evaluate/caller.ts";
import { accessRequest } from "../../../../src/iam/evaluate/request.ts";
import { decisionOf, policyIn, policyText } from "../../../support/policies/own-policies.ts";

const BASE = "999900001111";
const ORGANIZATION = "o-a1b2c3d4e5";
const MANY = Array.from({ length: 300 }, (_, at) => String(200_000_000_000 + at));

function roleArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:role/grantkeeper-system/${name}`;
}

function isAllowed(
  statements: readonly OwnStatement[],
  resource: string,
  organization = ORGANIZATION,
): boolean {
  const caller = parseCaller(`arn:aws:iam::${BASE}:role/grantkeeper-base`);
  if (caller.kind === "err") throw new Error(caller.error);
  const policy = policyIn(BASE, "identity", policyText(statements));
  const trust = policyIn(
    resource.split(":")[4] ?? "",
    "trust",
    policyText([{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${BASE}:root` }, Action: "sts:*" }]),
  );
  return ["sts:AssumeRole", "sts:TagSession"].every((action) => {
    const context = { "aws:ResourceOrgID": organization };
    const request = accessRequest({ caller: caller.value, action, resource, context });
    return decisionOf(request, policy, { kind: "policy", policy: trust }).kind === "allowed";
  });
}

describe("the base's policy", () => {
  const observers = MANY.map((account) => roleArn(account, "observer"));
  const writers = MANY.slice(0, 100).map((account) => roleArn(account, "writer"));
  const long = baseStatements({ roles: [...observers, ...writers], organization: ORGANIZATION });

  test("of a few accounts lists the ARNs", () => {
    const roles = [roleArn("222222222222", "observer"), roleArn("222222222222", "writer")];

    expect(baseStatements({ roles, organization: null })).toMatchObject([
      { Sid: "OnlyTheNamedRoles", Resource: roles },
    ]);
  });

  test("of many accounts is shorter than a list, and allows exactly the roles of the list", () => {
    const others = [
      roleArn(MANY[100] ?? "", "writer"),
      roleArn("222222222222", "observer"),
      roleArn(MANY[0] ?? "", "binder"),
      `arn:aws:iam::${MANY[0]}:role/other/observer`,
    ];

    expect(JSON.stringify(long).length).toBeLessThan(JSON.stringify([...observers, ...writers]).length / 3);
    expect([...observers, ...writers].filter((arn) => !isAllowed(long, arn))).toEqual([]);
    expect(others.filter((arn) => isAllowed(long, arn))).toEqual([]);
  });

  test("names no account in more than one statement of a role name, and gives each statement its own Sid", () => {
    const sids = long.map(({ Sid }) => Sid);

    expect(new Set(sids).size).toBe(sids.length);
    expect(long.every((statement) => JSON.stringify(statement).length < 6_000)).toBe(true);
  });

  test.each([
    { organization: ORGANIZATION, isReached: true, because: "in the organization" },
    { organization: "o-other12345", isReached: false, because: "of another organization" },
  ])("reaches the observer of a found account: $because: $isReached", ({ organization, isReached }) => {
    const statements = baseStatements({
      roles: [],
      foundObservers: [roleArn("*", "observer")],
      organization: ORGANIZATION,
    });

    expect(isAllowed(statements, roleArn("333333333333", "observer"), organization)).toBe(isReached);
    expect(isAllowed(statements, roleArn("333333333333", "writer"))).toBe(false);
  });

  test("reaches found accounts of any organization if the operator's file names none", () => {
    const [statement] = baseStatements({
      roles: [],
      foundObservers: [roleArn("*", "observer")],
      organization: null,
    });

    expect(statement).not.toHaveProperty("Condition");
  });
});
