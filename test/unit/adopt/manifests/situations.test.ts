import { describe, expect, test } from "@jest/globals";
import {
  known,
  type EstateFunction,
  type EstateIam,
  type EstatePart,
} from "../../../../src/adopt/estate/estate.ts";
import { vpc } from "../../../../src/manifest/grants/own.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { AwsManagedPolicy, LiveResourcePolicy, LiveRole, Reading } from "../../../../src/model/live.ts";
import {
  customerManaged,
  estate,
  estateFunction,
  estateIam,
  estateRole,
} from "../../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, fileOf, importPlan, outcomeOf } from "../../../support/adopt/import.ts";
import { grantStatements, PLACE, policyText } from "../../../support/adopt/policies.ts";

const READ = grantStatements("dynamodb", { table: "orders", allow: ["read"] });
const ARN = "arn:aws:lambda:eu-west-1:111122223333:function:orders";

interface Live {
  readonly found?: Partial<EstateFunction>;
  readonly role?: Partial<LiveRole>;
  readonly iam?: Partial<EstateIam>;
  readonly files?: Readonly<Record<string, string>>;
}

/** The function `orders` on `orders-role`. */
function imported({ found = {}, role = {}, iam = {}, files }: Live) {
  const functions = [estateFunction("orders", found)];
  const roles = [estateRole("orders-role", { inline: inline(READ), ...role })];
  const all = estate({ functions, iam: known(estateIam(roles, iam)) });
  const plan = importPlan(all, files === undefined ? {} : { files });
  const outcome = outcomeOf(plan, "orders");
  const notes = outcome.kind === "written" ? outcome.notes : [];
  const difference = outcome.kind === "written" ? outcome.difference : null;
  return { plan, outcome, notes, difference, text: outcome.kind === "written" ? fileOf(plan, "orders") : "" };
}

function inline(statements: readonly Statement[], name = "app"): LiveRole["inline"] {
  return [{ name, text: policyText(statements) }];
}

function awsManaged(
  name: string,
  statements: readonly Statement[],
): readonly [Arn, Reading<AwsManagedPolicy>] {
  const arn = `arn:aws:iam::aws:policy/${name}` as Arn;
  return [arn, { kind: "present", value: { arn, versionId: "v1", text: policyText(statements) } }];
}

function callers(statements: readonly object[], qualifier = ""): Pick<EstateFunction, "policies"> {
  const text = JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
  return {
    policies: new Map<string, EstatePart<LiveResourcePolicy | null>>([
      ["", known(null)],
      [qualifier, known({ text, revisionId: "1" })],
    ]),
  };
}

function invokedBy(service: string, condition: object, sid = "x"): object {
  const [Effect, Action] = ["Allow", "lambda:InvokeFunction"];
  return { Sid: sid, Effect, Principal: { Service: service }, Action, Resource: ARN, Condition: condition };
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
    { isEqual: true, statements: vpc(ARN) },
    { isEqual: false, statements: vpc(ARN).slice(0, 1) },
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

describe("the role itself", () => {
  test("4: another principal in the trust is a difference", () => {
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com", AWS: "arn:aws:iam::777788889999:root" },
          Action: "sts:AssumeRole",
        },
      ],
    });

    const { difference, text, notes } = imported({ role: { trust } });

    expect(text).toContain("mode: observe");
    expect(difference?.trust.noLongerAllowed).toMatchObject([
      { principal: { name: "AWS arn:aws:iam::777788889999:root" } },
    ]);
    expect(difference?.permissions).toEqual({ allowed: [], noLongerAllowed: [], unknownEffect: [] });
    expect(notes).toContainEqual({
      kind: "foreign-trust",
      text: expect.stringContaining(
        "aws cloudtrail lookup-events --region eu-west-1 --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole --query \"Events[?contains(CloudTrailEvent, 'arn:aws:iam::111122223333:role/orders-role')].CloudTrailEvent\"",
      ),
    });
  });

  test("5: the new role has its default name, with any path of the old one", () => {
    expect(imported({ role: { path: "/service-role/" } }).text).not.toContain("role:");
  });

  test("22: a name that another role has is made free with a hash", () => {
    const roles = [estateRole("orders-role", { inline: inline(READ) }), estateRole("Orders-EU-west-1")];
    const all = estate({ functions: [estateFunction("orders")], iam: known(estateIam(roles)) });

    expect(fileOf(importPlan(all), "orders")).toMatch(/role: \{ name: orders-eu-west-1-[0-9a-f]{8} \}/);
  });

  test("tags are copied only if the account lists their keys", () => {
    const tags = [
      { key: "cost-center", value: "4711" },
      { key: "project", value: "x" },
    ];

    const { text, notes } = imported({ role: { tags } });

    expect(text).toContain('role: { tags: { cost-center: "4711" } }');
    expect(notes).toContainEqual({ kind: "tags", text: expect.stringContaining("not copied: project") });
  });

  test("11: an alias on an older role is named", () => {
    const { notes } = imported({
      found: {
        versions: known([{ version: "1", roleArn: "arn:aws:iam::111122223333:role/old" }]),
        aliases: known([{ name: "live", versions: ["1"] }]),
        policies: new Map([
          ["", known(null)],
          ["live", known(null)],
        ]),
      },
    });

    expect(notes).toContainEqual({
      kind: "published-versions",
      text: expect.stringContaining("alias live runs version 1 on old"),
    });
  });
});

describe("the function", () => {
  test("7, 8: a generated name is shortened to the logical id", () => {
    const name = "Orders-ApiHandler5E7490E8-aBcDeFgHiJkL";
    const tags = known([{ key: "aws:cloudformation:logical-id", value: "ApiHandler5E7490E8" }]);
    const all = estate({
      functions: [estateFunction(name, { tags })],
      iam: known(estateIam([estateRole(`${name}-role`)])),
    });

    const plan = importPlan(all);

    expect(plan.files[0]?.path).toBe("teams/orders/api-handler.yaml");
    expect(fileOf(plan, name)).toContain(`function: ${name}`);
  });

  test("12: Lambda@Edge is excluded", () => {
    expect(imported({ found: { edge: true } }).outcome).toMatchObject({ kind: "excluded" });
  });

  test("13: a container image is imported like any function", () => {
    expect(imported({ found: { code: known({ kind: "container-image" }) } }).difference).toBeNull();
  });

  test("21: a denied GetPolicy leaves no manifest, and names the call", () => {
    const unread = {
      kind: "unknown",
      call: "lambda:GetPolicy",
      why: "denied",
      reason: "AccessDenied",
    } as const;

    const { outcome, plan } = imported({ found: { policies: new Map([["", unread]]) } });

    expect(outcome).toMatchObject({ kind: "unknown", reason: "lambda:GetPolicy is denied" });
    expect(plan.files).toEqual([]);
  });

  test("a statement that no manifest can declare leaves no manifest, and is named", () => {
    const odd = {
      Sid: "Odd",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "*",
      Extra: "x",
    } as Statement;

    expect(imported({ role: { inline: inline([odd]) } }).outcome).toMatchObject({
      kind: "blocked",
      reason: expect.stringContaining("statement Odd of inline policy app cannot be declared"),
    });
  });
});

describe("callers", () => {
  const api = "arn:aws:execute-api:eu-west-1:111122223333:abc123/prod/POST/orders";
  const bucket = { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::uploads" } };

  test.each([
    {
      number: 17,
      what: "a statement of API Gateway's console",
      statement: invokedBy("apigateway.amazonaws.com", { ArnLike: { "AWS:SourceArn": api } }, "lambda-1"),
      declared: "- apigateway: { api: abc123, stage: prod, method: POST, path: /orders }",
    },
    {
      number: 8,
      what: "a route of every stage, as SAM and the console write it",
      statement: invokedBy("apigateway.amazonaws.com", {
        ArnLike: { "AWS:SourceArn": api.replace("/prod/", "/*/") },
      }),
      declared: '- apigateway: { api: abc123, stage: "*", method: POST, path: /orders }',
    },
    {
      number: 10,
      what: "all of an API, as Terraform's examples write it",
      statement: invokedBy("apigateway.amazonaws.com", {
        ArnLike: { "AWS:SourceArn": api.replace("/prod/POST/orders", "/*/*/*") },
      }),
      declared: '- apigateway: { api: abc123, stage: "*", method: ANY, path: "/{part1}" }',
    },
    {
      number: 16,
      what: "another account",
      statement: {
        Sid: "x",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::777788889999:root" },
        Action: "lambda:InvokeFunction",
        Resource: ARN,
      },
      declared: '- account: { id: "777788889999" }',
    },
  ])("$number: $what is declared if it is equal", ({ statement, declared }) => {
    const { text, difference } = imported({ found: callers([statement]) });

    expect(text).toContain(declared);
    expect(difference).toBeNull();
  });

  test("that everyone can be are declared, and are the first to look at", () => {
    const open = {
      ...invokedBy("", { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } }),
      Principal: "*",
      Action: "lambda:InvokeFunctionUrl",
    };
    const viaUrl = {
      ...invokedBy("", { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }, "y"),
      Principal: "*",
    };

    const { text, notes } = imported({ found: callers([open, viaUrl]) });

    expect(text).toContain("- functionUrl: { authType: none }");
    expect(notes).toContainEqual({
      kind: "public",
      text: "its caller functionUrl lets everyone call it; it is declared",
    });
    expect(notes.filter(({ kind }) => kind === "public")).toHaveLength(1);
  });

  test("of an alias have its qualifier", () => {
    const condition = { ...bucket, StringEquals: { "AWS:SourceAccount": PLACE.accountId } };
    const statement = { ...invokedBy("s3.amazonaws.com", condition), Resource: `${ARN}:live` };
    const found = {
      ...callers([statement], "live"),
      aliases: known([{ name: "live", versions: ["$LATEST"] }]),
    };

    expect(imported({ found }).text).toContain("- s3: { bucket: uploads }\n      qualifier: live");
  });

  test.each([
    { number: 18, statement: invokedBy("s3.amazonaws.com", bucket), kind: "undeclared-caller", text: "" },
    {
      number: 19,
      statement: invokedBy("events.amazonaws.com", {
        ArnLike: { "AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/*" },
      }),
      kind: "undeclared-caller",
      text: `INV-005); the rules that match were not read: aws events list-rule-names-by-target --region eu-west-1 --target-arn ${ARN} lists`,
    },
    {
      number: 10,
      statement: invokedBy("apigateway.amazonaws.com", {
        ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:eu-west-1:111122223333:abc123/*/*" },
      }),
      kind: "undeclared-caller",
      text: "is not declared: its source covers more than routes: arn:aws:execute-api",
    },
    {
      number: 20,
      statement: {
        Sid: "gone",
        Effect: "Allow",
        Principal: { AWS: "AROAEXAMPLEEXAMPLE123" },
        Action: "lambda:InvokeFunction",
        Resource: ARN,
      },
      kind: "deleted-principal",
      text: `no call depends on it: aws lambda remove-permission --region eu-west-1 --function-name ${ARN} --statement-id gone`,
    },
    {
      number: 20,
      statement: {
        Sid: "half",
        Effect: "Allow",
        Principal: { AWS: ["AROAEXAMPLEEXAMPLE123", "arn:aws:iam::111122223333:root"] },
        Action: "lambda:InvokeFunction",
        Resource: ARN,
      },
      kind: "deleted-principal",
      text: "it does more than allow the deleted principal: add a statement without it, then aws lambda",
    },
    {
      number: 0,
      statement: {
        Sid: "open",
        Effect: "Allow",
        Principal: "*",
        Action: "lambda:InvokeFunction",
        Resource: ARN,
      },
      kind: "public",
      text: 'statement "open" lets everyone call it',
    },
  ])(
    "$number: a statement that equals no caller stays undeclared: $kind $text",
    ({ statement, kind, text }) => {
      const found = imported({ found: callers([statement]) });

      expect(found.text).not.toContain("invokedBy");
      expect(found.notes).toContainEqual({ kind, text: expect.stringContaining(text) });
      expect(found.difference).toBeNull();
    },
  );
});
