import { describe, expect, test } from "@jest/globals";
import { trustsMoreActions } from "../../../../src/guard/rules/roles/trust.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { accountText } from "../../../support/manifests.ts";
import { ACCOUNT, judged, PLAIN, withRole, world, type World } from "../judged.ts";
import { ofRules } from "./account-world.ts";

const attaching = (arn: string): World =>
  withRole(PLAIN, { attachments: [{ arn: arn as Arn, policy: null, origin: PLAIN.binding.origin }] });

describe("ATT-001", () => {
  test.each([
    { arn: "arn:aws:iam::aws:policy/ReadOnlyAccess", because: "a wide policy of AWS" },
    {
      arn: "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",
      because: "a policy of that name elsewhere",
    },
    {
      arn: "arn:aws:iam::aws:policy/service-role/awslambdabasicexecutionrole",
      because: "the same name in another case",
    },
    {
      arn: `arn:aws:iam::${ACCOUNT}:policy/service-role/AWSLambdaBasicExecutionRole`,
      because: "a policy of the account that is not ours",
    },
  ])("refuses $because", ({ arn }) => {
    expect(ofRules(["ATT-001"], attaching(arn))).toEqual(["ATT-001 block"]);
  });

  test("allows AWS's policies for functions, and a ManagedPolicy", () => {
    const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    const ours = withRole(PLAIN, {
      attachments: [
        {
          arn: `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/gk_orders_read` as Arn,
          policy: `policy/${ACCOUNT}/orders/read` as never,
          origin: PLAIN.binding.origin,
        },
      ],
    });

    expect([...ofRules(["ATT-001"], attaching(basic)), ...ofRules(["ATT-001"], ours)]).toEqual([]);
  });

  test("allows what the account lists, and then nothing else", () => {
    const listed = "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy";
    const files = {
      "platform/accounts.yaml": accountText("prod", ACCOUNT, `  attachablePolicies: ["${listed}"]\n`),
    };
    const found = judged(
      world(
        `  managedPolicies: ["${listed}", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]`,
        files,
      ),
    );

    expect(found.filter(({ rule }) => rule === "ATT-001").map(({ origin }) => origin?.path)).toEqual([
      "spec.managedPolicies[1]",
    ]);
  });
});

describe("BND-001", () => {
  const DATA_WIDE = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: data-wide}
spec: {use: boundary, document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
`;
  const using = (namespaces: string): World =>
    world("  role: {boundary: data-wide}", {
      "platform/wide.yaml": DATA_WIDE,
      "platform/accounts.yaml": accountText(
        "prod",
        ACCOUNT,
        `  boundaries: [{name: data-wide, namespaces: ${namespaces}}]\n`,
      ),
    });

  test("refuses a boundary of other namespaces, at the field that names it", () => {
    expect(
      judged(using("[data, order, orders2]")).map(({ rule, why, origin }) => [rule, why, origin?.path]),
    ).toEqual([
      ["BND-001", "AwsAccount prod does not allow data-wide for namespace orders", "spec.role.boundary"],
    ]);
  });

  test("allows a boundary of the own namespace", () => {
    expect(judged(using("[data, orders]"))).toEqual([]);
  });
});

describe("TRU-003", () => {
  const trust = (Action: string | readonly string[], Effect = "Allow"): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect, Principal: { Service: "lambda.amazonaws.com" }, Action }],
    });

  test.each([
    { text: trust("sts:AssumeRole"), actions: [], because: "assuming the role alone" },
    { text: trust("STS:assumerole"), actions: [], because: "the same in another case" },
    { text: trust(["sts:AssumeRole", "sts:TagSession"]), actions: ["sts:tagsession"], because: "tags" },
    { text: trust("sts:SetSourceIdentity"), actions: ["sts:setsourceidentity"], because: "an identity" },
    { text: trust("sts:*"), actions: ["sts:*"], because: "every action" },
    { text: trust("sts:TagSession", "Deny"), actions: [], because: "a Deny" },
  ])("$because", ({ text, actions }) => {
    const found = trustsMoreActions(PLAIN.binding, text);

    expect(found.map(({ why }) => why.toLowerCase())).toEqual(
      actions.map((action) => `the trust policy allows ${action} as well`),
    );
  });

  test("the trust that is written has nothing else", () => {
    expect(trustsMoreActions(PLAIN.binding)).toEqual([]);
  });
});
