import { describe, expect, test } from "@jest/globals";
import { compiledTarget } from "../../../src/workbench/commands/render.ts";
import { TRUST_DOCUMENT, trustText } from "../../../src/iam/trust.ts";
import { accountText, compileTexts, functionText } from "../../support/manifests.ts";
import {
  ACCOUNT,
  BINDING,
  document,
  judged,
  liveAccount,
  liveFunction,
  PLAIN,
  verdicts,
  world,
} from "./judged.ts";

const REQUIRING = {
  "platform/accounts.yaml": accountText("prod", ACCOUNT, "  requireSourceAccount: true\n"),
};
const NAMED = world("  tracing: true", REQUIRING);
const lambdaIf = (Condition: object): string =>
  document({
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition,
  } as never);
const SOURCE_ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:orders-api`;

describe("the trust that Grantkeeper writes", () => {
  test("has no condition in an account that does not require one", () => {
    expect(PLAIN.binding.role).not.toHaveProperty("sourceAccount");
    expect(trustText(PLAIN.binding.role)).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    );
  });

  test("is the same if the account writes the default", () => {
    const accounts = accountText("prod", ACCOUNT, "  requireSourceAccount: false\n");
    const { account, binding } = world("  tracing: true", { "platform/accounts.yaml": accounts });

    expect([account, binding.role].map(Object.keys)).toEqual(
      [PLAIN.account, PLAIN.binding.role].map(Object.keys),
    );
  });

  test("names the account of the role, and render shows it", () => {
    const [binding] = [NAMED.binding];

    expect(JSON.parse(trustText(binding.role))).toMatchObject({
      Statement: [{ Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }],
    });
    expect(compiledTarget({ key: BINDING, account: "prod", state: binding })).toMatchObject({
      role: { trust: JSON.parse(trustText(binding.role)) },
    });
  });

  test("can only be required with true or false", () => {
    const accounts = accountText("prod", ACCOUNT, '  requireSourceAccount: "111122223333"\n');
    const { diagnostics } = compileTexts({
      "platform/accounts.yaml": accounts,
      "teams/orders/orders-api.yaml": functionText("orders-api"),
    });

    expect(diagnostics[0]).toMatchObject({ origin: { line: 13 }, fix: expect.stringMatching(/true|false/) });
  });
});

describe("TRU-004", () => {
  test.each([
    { trust: TRUST_DOCUMENT, refused: true, because: "a trust without a condition" },
    {
      trust: lambdaIf({ StringEquals: { "aws:SourceAccount": ACCOUNT } }),
      refused: false,
      because: "the account itself",
    },
    {
      trust: lambdaIf({ StringLike: { "AWS:SOURCEACCOUNT": [ACCOUNT] } }),
      refused: false,
      because: "the same in other words",
    },
    {
      trust: lambdaIf({ ArnLike: { "aws:SourceArn": SOURCE_ARN } }),
      refused: false,
      because: "a function of it",
    },
    {
      trust: lambdaIf({ StringEquals: { "aws:SourceAccount": [ACCOUNT, "999988887777"] } }),
      refused: true,
      because: "another account as well",
    },
    {
      trust: lambdaIf({ StringLike: { "aws:SourceAccount": "2222*" } }),
      refused: true,
      because: "a pattern of accounts",
    },
    {
      trust: lambdaIf({ StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } }),
      refused: true,
      because: "a condition that holds without the key",
    },
    {
      trust: lambdaIf({ StringNotEquals: { "aws:SourceAccount": "999988887777" } }),
      refused: true,
      because: "all accounts but one",
    },
    {
      trust: lambdaIf({ StringEquals: { "aws:SourceOrgID": "o-abcdef1234" } }),
      refused: true,
      because: "an organization, which has other accounts",
    },
  ])("$because: refused $refused", ({ trust, refused }) => {
    const found = verdicts(judged(NAMED, { trust }));

    expect(found.includes("TRU-004 block")).toBe(refused);
    expect(verdicts(judged(PLAIN, { trust }))).not.toContain("TRU-004 block");
  });

  test("leaves other principals to TRU-001 and TRU-002", () => {
    const trust = document({
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::999988887777:root" },
      Action: "sts:AssumeRole",
    } as never);

    expect(verdicts(judged(NAMED, { trust }))).toEqual(["TRU-002 block"]);
  });

  test("names the account and the condition", () => {
    const [finding] = judged(NAMED, { trust: TRUST_DOCUMENT });

    expect(finding).toMatchObject({
      evidence: TRUST_DOCUMENT,
      why: expect.stringContaining(ACCOUNT),
      fix: expect.stringContaining(`{"StringEquals": {"aws:SourceAccount": "${ACCOUNT}"}}`),
    });
  });

  test("refuses what was applied before the account required it", () => {
    const former = { ...NAMED, binding: PLAIN.binding };

    expect(verdicts(judged(former))).toEqual(["TRU-004 block"]);
  });
});

describe("TRU-004 of a function that may be in a VPC", () => {
  const inVpc = { ...liveFunction("orders-api").needs, vpc: true };

  test.each([
    { spec: "  tracing: true", live: false, warned: false, because: "nothing connects it" },
    { spec: "  vpc: true", live: false, warned: true, because: "its manifest has vpc" },
    { spec: "  tracing: true", live: true, warned: true, because: "AWS has it in one" },
  ])("is a warning: $because", ({ spec, live, warned }) => {
    const found = world(spec, REQUIRING);
    const account = liveAccount({ functions: [liveFunction("orders-api", live ? { needs: inVpc } : {})] });

    const rules = verdicts(judged(found, { live: account }));

    expect(rules.filter((rule) => rule.startsWith("TRU-004"))).toEqual(warned ? ["TRU-004 warn"] : []);
    expect(verdicts(judged(world(spec))).filter((rule) => rule.startsWith("TRU"))).toEqual([]);
  });

  test("is at the line of the permission", () => {
    const found = judged(world("  tracing: true\n  vpc: true", REQUIRING));

    expect(found).toMatchObject([{ rule: "TRU-004", severity: "warn", origin: { line: 7 } }]);
  });
});
