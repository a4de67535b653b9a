import { describe, expect, test } from "@jest/globals";
import { known } from "../../../../src/adopt/estate/estate.ts";
import { vpc } from "../../../../src/manifest/grants/own.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { AwsManagedPolicy, Reading } from "../../../../src/model/live.ts";
import {
  customerManaged,
  estate,
  estateFunction,
  estateIam,
  estateRole,
} from "../../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, fileOf, importPlan, outcomeOf } from "../../../support/adopt/import.ts";
import { policyText } from "../../../support/adopt/policies.ts";
import { READ, ORDERS_ARN, imported, inline } from "../../../support/adopt/imported.ts";

function awsManaged(
  name: string,
  statements: readonly Statement[],
): readonly [Arn, Reading<AwsManagedPolicy>] {
  const arn = `arn:aws:iam::aws:policy/${name}` as Arn;
  return [arn, { kind: "present", value: { arn, versionId: "v1", text: policyText(statements) } }];
}

const ALL_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

const BASIC = awsManaged("service-role/AWSLambdaBasicExecutionRole", [
  { Effect: "Allow", Action: ALL_LOGS, Resource: "*" },
]);

const ADMIN = awsManaged("AdministratorAccess", [{ Effect: "Allow", Action: "*", Resource: "*" }]);

describe("permissions of the role", () => {
  test("1: each function on one role gets a manifest with all of its permissions, and a note about the cost", () => {
    const names = ["a", "b", "c"];
    const role = estateRole("shared", { inline: inline(READ) });
    const functions = names.map((name) => estateFunction(name, { roleArn: role.arn }));

    const plan = importPlan(estate({ functions, iam: known(estateIam([role])) }));

    expect(plan.files.map(({ path }) => path)).toEqual(names.map((name) => `teams/orders/${name}.yaml`));
    for (const name of names) {
      expect(fileOf(plan, name)).toContain("- dynamodb: { table: orders, allow: [read] }");
      expect(outcomeOf(plan, name)).toMatchObject({
        difference: null,
        notes: [{ kind: "shared", text: expect.stringContaining("3 deployments must name it") }, {}],
      });
    }
  });

  test("2: inline and customer-managed policies become statements, AWS-managed ones stay, with no difference", () => {
    const own = customerManaged("own", [{ Effect: "Allow", Action: "sns:Publish", Resource: "*" }]);

    const { text, difference, notes } = imported({
      role: { attachments: [BASIC[0], own[0]] },
      iam: { awsManaged: new Map([BASIC]), policies: new Map([own]) },
    });

    expect(text).toContain("- dynamodb: { table: orders, allow: [read] }");
    expect(text).toContain(`reason: "imported 2026-11-28 from policy own"`);
    expect(text).toContain(`managedPolicies:\n    - "${BASIC[0]}"`);
    expect(difference).toBeNull();
    expect(notes).toContainEqual({ kind: "attached-policy", text: expect.stringContaining("iam:PolicyARN") });
  });

  test("3: AdministratorAccess stays, in observe, and is one of the first to look at", () => {
    const { text, notes } = imported({
      role: { attachments: [ADMIN[0]], inline: [] },
      iam: { awsManaged: new Map([ADMIN]) },
    });

    expect(text).toContain("mode: observe");
    expect(notes[0]).toEqual({ kind: "admin", text: "attaches AdministratorAccess" });
  });

  test("6: a logs policy of the console is no implicit permission for logs", () => {
    const group = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders:*";
    const console = customerManaged("AWSLambdaBasicExecutionRole-1", [
      { Effect: "Allow", Action: "logs:CreateLogGroup", Resource: "arn:aws:logs:eu-west-1:111122223333:*" },
      { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: [group] },
    ]);

    const { text, difference } = imported({
      role: { attachments: [console[0]] },
      iam: { policies: new Map([console]) },
    });

    expect(text).toContain("logs: false");
    expect(text.match(/from policy AWSLambdaBasicExecutionRole-1/g)).toHaveLength(2);
    expect(difference).toBeNull();
  });

  test.each([
    { isEqual: true, statements: vpc(ORDERS_ARN) },
    { isEqual: false, statements: vpc(ORDERS_ARN).slice(0, 1) },
  ])("14: vpc: true only for equal statements: $isEqual", ({ isEqual, statements }) => {
    const own = statements.map(({ effect, actions, condition }) => ({
      Effect: effect,
      Action: actions,
      Resource: "*",
      ...(condition !== null && { Condition: condition }),
    }));

    const { text, difference } = imported({ role: { inline: inline(own) } });

    expect(text.includes("vpc: true")).toBe(isEqual);
    expect(text.includes("ec2:CreateNetworkInterface")).toBe(!isEqual);
    expect(difference).toBeNull();
  });

  test("15: a dead-letter queue that the role may not send to is reported, and no permission is invented", () => {
    const deadLetterArn = "arn:aws:sqs:eu-west-1:111122223333:dead";
    const { needs } = estateFunction("orders");

    const { text, notes } = imported({ found: { needs: { ...needs, deadLetterArn } } });

    expect(text).not.toContain("sqs");
    expect(notes).toContainEqual({
      kind: "missing-permission",
      text: expect.stringContaining("dead-letter"),
    });
  });

  test("15: a dead-letter queue that the role may send to is a grant", () => {
    const deadLetterArn = "arn:aws:sqs:eu-west-1:111122223333:dead";
    const { needs } = estateFunction("orders");
    const send: Statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetterArn };

    const { text } = imported({
      found: { needs: { ...needs, deadLetterArn } },
      role: { inline: inline([send]) },
    });

    expect(text).toContain("- dlq: { queue: dead }");
  });

  test("23: policies that fit into no inline policy become one ManagedPolicy", () => {
    const many = (name: string, length: number): Statement => ({
      Effect: "Allow",
      Action: "sqs:PurgeQueue",
      Resource: Array.from({ length }, (_, at) => `arn:aws:sqs:eu-west-1:111122223333:${name}-${at}`),
    });
    const own = customerManaged("History", [many("history", 112)]);

    const { plan, text, difference } = imported({
      role: { attachments: [own[0]], inline: inline([many("a", 125)]) },
      iam: { policies: new Map([own]) },
    });

    expect(plan.files.map(({ path }) => path)).toEqual([
      "platform/policies/history.yaml",
      "teams/orders/orders.yaml",
    ]);
    expect(text).toContain("- platform/history");
    expect(difference).toBeNull();
  });

  test("23: statements of a full inline policy move to a ManagedPolicy until the rest fits with its Sids", () => {
    const statements = Array.from({ length: 40 }, (_, at): Statement => ({
      Effect: "Allow",
      Action: "sqs:PurgeQueue",
      Resource: ["a", "b", "c"].map((name) => `arn:aws:sqs:eu-west-1:111122223333:${name}-${at}`),
      Condition: { StringEquals: { "aws:PrincipalTag/queue": `${at}` } },
    }));

    const { plan, text, difference } = imported({ role: { inline: inline(statements) } });

    expect(plan.files.map(({ path }) => path)).toEqual([
      "platform/policies/orders-role-statements-1.yaml",
      "teams/orders/orders.yaml",
    ]);
    expect(text).toContain("- platform/orders-role-statements-1");
    expect(difference).toBeNull();
  });

  test.each<{ readonly number: number; readonly what: string; readonly statement: Statement }>([
    {
      number: 24,
      what: "NotAction with Allow",
      statement: { Effect: "Allow", NotAction: ["iam:*"], Resource: "*" },
    },
    {
      number: 25,
      what: "a grant with one more condition",
      statement: {
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: "arn:aws:sns:eu-west-1:111122223333:orders",
        Condition: { Bool: { "aws:SecureTransport": "true" } },
      },
    },
  ])("$number: $what stays as it is", ({ statement }) => {
    const { text, difference } = imported({ role: { inline: inline([statement]) } });

    expect(text).not.toContain("grants:");
    expect(text).toContain("imported 2026-11-28 from inline policy app");
    expect(difference).toBeNull();
  });

  test("26: a boundary that is not ours is a difference, never silently lost", () => {
    const limit = customerManaged("limit", [{ Effect: "Allow", Action: "s3:*", Resource: "*" }]);

    const { difference } = imported({ role: { boundary: limit[0] }, iam: { policies: new Map([limit]) } });

    expect(difference?.permissions.allowed.length).toBeGreaterThan(0);
  });

  test("26: what our boundary cuts off is listed", () => {
    const boundary = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: narrow}
spec:
  use: boundary
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["dynamodb:Query"], Resource: "*"}]}
`;
    const files = {
      "platform/accounts.yaml": `${ESTATE_ACCOUNT_TEXT}  boundary: narrow\n`,
      "platform/narrow.yaml": boundary,
    };

    const { difference } = imported({ files });

    const lost = difference?.permissions.noLongerAllowed.map(({ action }) => action);
    expect(lost).toContainEqual({ kind: "one", name: "dynamodb:GetItem" });
    expect(lost).not.toContainEqual({ kind: "one", name: "dynamodb:Query" });
    expect(difference?.permissions.allowed).toEqual([]);
  });
});
