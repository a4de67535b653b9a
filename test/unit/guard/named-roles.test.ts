import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, functionText } from "../../support/manifests.ts";
import { allowing, boundary, PASSED, paths, ROLE, WIDE } from "./escalation.ts";
import { ACCOUNT, judged, stating, type World } from "./judged.ts";

describe("RES-005", () => {
  test.each([
    { role: "arn:aws:iam::444455556666:role/reader", breaks: [], because: "a listed role" },
    {
      role: "arn:aws:iam::444455556666:role/reader*",
      breaks: ["RES-005"],
      because: "more than the listed role",
    },
    {
      role: "arn:aws:iam::444455556666:role/admin",
      breaks: ["RES-005"],
      because: "a role that is not listed",
    },
  ])("of an account that resourceAccounts does not have, $because: $breaks", ({ role, breaks }) => {
    const rules = judged(allowing("sts:AssumeRole", role)).map(({ rule }) => rule);

    expect(rules.filter((rule) => rule === "RES-005")).toEqual(breaks);
  });
});

describe("PASS-001", () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/steps`;
  const only = (operator: string, value: string | readonly string[]) => ({
    Condition: { [operator]: { "iam:PassedToService": value } },
  });

  test.each<{ found: World; breaks: readonly string[]; because: string }>([
    { found: allowing("iam:PassRole", role, PASSED), breaks: [], because: "one listed role to one service" },
    {
      found: allowing("iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/jobs/night*`, PASSED),
      breaks: [],
      because: "roles that one entry of the list covers",
    },
    {
      found: allowing("iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/admin`, PASSED),
      breaks: ["PASS-001 block"],
      because: "a role that is not listed",
    },
    {
      found: allowing("iam:PassRole", ROLE, PASSED),
      breaks: ["PASS-001 block"],
      because: "the role of a function",
    },
    { found: allowing("iam:PassRole", role), breaks: ["PASS-001 block"], because: "one role to any service" },
    { found: allowing("iam:Pass*", role), breaks: ["PASS-001 block"], because: "a pattern passes as well" },
    {
      found: allowing("iam:PassRole", "*", PASSED),
      breaks: ["PASS-001 block"],
      because: "any role to one service",
    },
    {
      found: allowing("iam:PassRole", role, only("StringLike", "*")),
      breaks: ["PASS-001 block"],
      because: "any service by a pattern",
    },
    {
      found: allowing("iam:PassRole", role, only("StringLike", "states.*")),
      breaks: [],
      because: "one service by a pattern",
    },
    {
      found: allowing("iam:PassRole", role, only("StringEqualsIfExists", "states.amazonaws.com")),
      breaks: ["PASS-001 block"],
      because: "IfExists admits requests that name no service",
    },
    {
      found: allowing("iam:PassRole", role, only("StringNotEquals", "ec2.amazonaws.com")),
      breaks: ["PASS-001 block"],
      because: "all services but one",
    },
    {
      found: allowing("iam:PassRole", role, {
        Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
      }),
      breaks: ["PASS-001 block"],
      because: "another condition names no service",
    },
    {
      found: stating(
        { Effect: "Allow", NotAction: "s3:*", Resource: role },
        boundary({ Effect: "Allow", Action: "iam:PassRole", Resource: "*" }),
      ),
      breaks: ["PASS-001 block"],
      because: "NotAction passes as well",
    },
    {
      found: stating({ Effect: "Allow", Action: "iam:PassRole", NotResource: role }, WIDE),
      breaks: ["PASS-001 block"],
      because: "all roles but one",
    },
    {
      found: stating({ Effect: "Deny", Action: "iam:PassRole", Resource: "*" }, WIDE),
      breaks: [],
      because: "a Deny passes nothing",
    },
  ])("$because", ({ found, breaks }) => {
    expect(paths(found).filter((text) => text.startsWith("PASS"))).toEqual(breaks);
  });
});

describe("roles that no list may have", () => {
  const listing = (role: string): Record<string, string> => ({
    ...WIDE,
    "platform/accounts.yaml": accountText("prod", ACCOUNT, `  assumableRoles: ["${role}"]\n`),
  });
  const assuming = (role: string) => ({ Effect: "Allow", Action: "sts:AssumeRole", Resource: role }) as const;

  test.each([
    { role: `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/writer`, because: "Grantkeeper's own" },
    { role: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/payments-api`, because: "another function's" },
    { role: "arn:aws:iam::999999999999:role/grantkeeper/x", because: "a function's of another account" },
  ])("$because: an account that got it into its list does not open it", ({ role }) => {
    const found = stating(assuming(role), WIDE);
    const account = { ...found.account, assumableRoles: [role] };

    const [finding] = judged({ ...found, account }).filter(({ rule }) => rule === "ESC-AssumeRole");

    expect(finding?.severity).toBe("block");
  });

  test.each([
    { role: `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/writer` },
    { role: `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/*` },
    { role: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api` },
    { role: `arn:aws:iam::${ACCOUNT}:role/grant*` },
    { role: `arn:aws:iam::${ACCOUNT}:role/*` },
    { role: "*" },
  ])("$role is an error in the account", ({ role }) => {
    const texts = {
      ...listing(role),
      "teams/orders/orders-api.yaml": functionText("orders-api", "  tracing: true"),
    };
    const places = compileTexts(texts).diagnostics.map(({ origin }) => origin.path);

    expect(places).toContain("spec.assumableRoles[0]");
  });

  test("the fix names the list, or that there is none for the role", () => {
    const fixOf = (role: string): string | undefined =>
      judged(stating({ Effect: "Allow", Action: "iam:PassRole", Resource: role, ...PASSED }, WIDE)).find(
        ({ rule }) => rule === "PASS-001",
      )?.fix;

    expect(fixOf(`arn:aws:iam::${ACCOUNT}:role/admin`)).toBe(
      `use a role of passableRoles in AwsAccount prod, or ask the platform team to add arn:aws:iam::${ACCOUNT}:role/admin there`,
    );
    expect(fixOf(ROLE)).toBe(
      "remove it: no list may contain the roles of Grantkeeper and of other functions",
    );
  });
});
