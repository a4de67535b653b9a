import { describe, expect, test } from "@jest/globals";
import type { Compilation } from "../../../../src/manifest/compile/compile.ts";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { FILE, KEY, bindingOf } from "./compilation.ts";

describe("the inline document", () => {
  test("has alphanumeric Sids that name grant and verb, and is sorted by Sid", () => {
    const { statements } = bindingOf(
      "  tracing: true\n  vpc: true\n  grants: [{dynamodb: {table: orders, allow: [read, write]}}]\n",
    ).role.inline;
    const sids = statements.map(({ statement }) => statement.Sid ?? "");

    expect(sids.map((sid) => sid.slice(0, -8))).toEqual([
      "DynamodbRead",
      "DynamodbRead",
      "DynamodbWrite",
      "LogsOwn",
      "TracingSend",
      "VpcAttach",
      "VpcAttach",
    ]);
    expect(sids).toEqual([...sids].sort());
    expect(sids.every((sid) => /^[A-Za-z]+[0-9a-f]{8}$/.test(sid))).toBe(true);
  });

  test("allows the service, but not the function's code, to create network interfaces", () => {
    const { statements } = bindingOf("  vpc: true\n  logs: false\n").role.inline;
    const deny = statements.find(({ statement }) => statement.Effect === "Deny")?.statement;
    const allow = statements.find(({ statement }) => statement.Effect === "Allow")?.statement;

    expect(deny?.Action).toEqual(allow?.Action);
    expect(deny?.Condition).toEqual({
      ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:222222222222:function:a" },
    });
  });

  test("contains identical statements once, with the origin of the first", () => {
    const grant = "    - sns: {topic: a, allow: [publish]}\n";
    const { statements } = bindingOf(`  logs: false\n  grants:\n${grant}${grant}`).role.inline;

    expect(statements.map(({ origin }) => origin.line)).toEqual([8]);
  });

  test('ends a statement in AWS itself by "until", under a Sid of its own', () => {
    const { statements } = bindingOf(`  logs: false
  grants:
    - events: {bus: main, allow: [put], source: [orders]}
      until: 2026-12-31T01:00:00+01:00
      reason: INC-3312
    - events: {bus: main, allow: [put], source: [orders]}
`).role.inline;
    const ending = statements.find(({ until }) => until !== null);

    expect(statements.length).toBe(2);
    expect(ending).toMatchObject({
      until: "2026-12-31T00:00:00Z",
      reason: "INC-3312",
      source: { kind: "grant", grant: "events", verb: "put" },
    });
    expect(ending?.statement.Condition).toEqual({
      DateLessThan: { "aws:CurrentTime": "2026-12-31T00:00:00Z" },
      "ForAllValues:StringEquals": { "events:source": ["orders"] },
      Null: { "events:source": "false" },
    });
  });

  test("keeps the meaning of a hand-written statement in canonical order", () => {
    const { statements } = bindingOf(`  logs: false
  statements:
    - reason: "ORD-77: no grant yet"
      until: 2027-03-01T00:00:00Z
      statement:
        Resource: ["arn:aws:s3:::b/\${aws:username}/*", "arn:\${partition}:s3:::a-\${account.id}/*"]
        Condition: {StringEquals: {"aws:PrincipalOrgID": o-1, "aws:Foo": x}, DateLessThan: {"aws:TokenIssueTime": "2030-01-01T00:00:00Z"}}
        Action: ["s3:PutObject", "s3:GetObject", "s3:GetObject"]
        Effect: Allow
    - reason: x
      statement: {Effect: Deny, NotAction: "s3:*", NotResource: "arn:aws:s3:::b/*"}
`).role.inline;

    expect(
      statements.map(({ statement }) => ({ ...statement, Sid: (statement.Sid ?? "").slice(0, -8) })),
    ).toEqual([
      {
        Sid: "StatementAllow",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: ["arn:aws:s3:::a-222222222222/*", "arn:aws:s3:::b/${aws:username}/*"],
        Condition: {
          DateLessThan: {
            "aws:CurrentTime": "2027-03-01T00:00:00Z",
            "aws:TokenIssueTime": "2030-01-01T00:00:00Z",
          },
          StringEquals: { "aws:Foo": "x", "aws:PrincipalOrgID": "o-1" },
        },
      },
      { Sid: "StatementDeny", Effect: "Deny", NotAction: "s3:*", NotResource: "arn:aws:s3:::b/*" },
    ]);
    expect(statements[0]).toMatchObject({
      reason: "ORD-77: no grant yet",
      source: { kind: "statement" },
      origin: { line: 10 },
    });
  });

  test("has the same Sid for equal content in any order of its lists", () => {
    const sid = (actions: string): string | undefined =>
      bindingOf(
        `  logs: false\n  statements: [{reason: x, statement: {Effect: Allow, Action: [${actions}], Resource: "*"}}]\n`,
      ).role.inline.statements[0]?.statement.Sid;

    expect(sid("'a:B', 'a:C'")).toBe(sid("'a:C', 'a:B'"));
  });
});

describe("the substitution of variables", () => {
  test.each([
    { text: "${account.vars.ordersTable}", table: "orders-prod" },
    { text: "${account.id}.${account.name}", table: "222222222222.prod" },
    { text: "${region}_${partition}_${namespace}_${name}_${function}", table: "eu-west-1_aws_orders_a_a" },
  ])("of $text gives $table", ({ text, table }) => {
    const { statements } = bindingOf(
      `  logs: false\n  grants: [{dynamodb: {table: "${text}", allow: [delete]}}]\n`,
    ).role.inline;

    expect(statements[0]?.statement.Resource).toBe(`arn:aws:dynamodb:eu-west-1:222222222222:table/${table}`);
  });

  test.each([
    {
      text: "${account.vars.orderTable}",
      message:
        'unknown variable ${account.vars.orderTable} in account prod → did you mean "account.vars.ordersTable"? known here: account.id, account.name, account.vars.ordersTable, function, name, namespace, partition, region',
    },
    {
      text: "${constructor}",
      message:
        "unknown variable ${constructor} in account prod → known here: account.id, account.name, account.vars.ordersTable, function, name, namespace, partition, region",
    },
    { text: "${name", message: '"${name" opens ${ and does not close it → write }' },
    {
      text: "${aws:username}",
      message:
        '"${aws:username}" is not a DynamoDB table: its name or its full ARN (from "${aws:username}") → it must be like orders after substitution',
    },
    { text: "xyz", message: "" },
  ])("of $text in the name of a table reports: $message", ({ text, message }) => {
    const compilation = compileTexts({
      [FILE]: functionText("a", `  grants: [{dynamodb: {table: "${text}", allow: [delete]}}]\n`),
    });

    expect(diagnosticTexts(compilation)).toEqual(message === "" ? [] : [`${FILE}:6:31 ${message}`]);
    expect([...compilation.invalid.keys()]).toEqual(message === "" ? [] : [KEY]);
  });

  test("does not let a value leave its field", () => {
    const compilation = compileTexts({
      "platform/accounts.yaml": accountText("prod", "222222222222").replace("orders-prod", '"x/index/y"'),
      [FILE]: functionText(
        "a",
        '  grants: [{dynamodb: {table: "${account.vars.ordersTable}", allow: [delete]}}]\n',
      ),
    });

    expect(diagnosticTexts(compilation)[0]).toContain('"x/index/y" is not a DynamoDB table');
    expect(compilation.desired.bindings.size).toBe(0);
  });

  test("keeps IAM's own variables in a statement, and reports unknown ones of ours", () => {
    const text = (resource: string): Compilation =>
      compileTexts({
        [FILE]: functionText(
          "a",
          `  statements: [{reason: x, statement: {Effect: Allow, Action: "s3:GetObject", Resource: "${resource}"}}]\n`,
        ),
      });

    expect(text("arn:aws:s3:::a/${aws:PrincipalTag/team}/${*}${?}${$}").diagnostics).toEqual([]);
    expect(diagnosticTexts(text("arn:aws:s3:::${bucket}/*"))[0]).toContain("unknown variable ${bucket}");
  });

  test("of spec.function can't use spec.function", () => {
    const compilation = compileTexts({ [FILE]: functionText("a", '  function: "${function}-x"\n') });

    expect(diagnosticTexts(compilation)).toEqual([
      `${FILE}:6:13 \${function} can't be used here → spec.function can't name itself`,
    ]);
  });

  test("may compose the name of the function, which others may use", () => {
    const binding = bindingOf('  function: "${namespace}-${name}"\n');

    expect(binding.functionName).toBe("orders-a");
    expect(binding.role.name).toBe("orders-a-eu-west-1");
  });
});
