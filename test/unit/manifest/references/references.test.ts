import { describe, expect, test } from "@jest/globals";
import type { Compilation } from "../../../../src/manifest/compile/compile.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { readingsOf } from "../../../support/references.ts";

const FILE = "teams/orders/api.yaml";

function compiled(spec: string, values: Readonly<Record<string, string | null>> = {}): Compilation {
  return compileTexts({ [FILE]: functionText("api", spec) }, { readings: readingsOf(values) });
}

const ofTable = (table: string): string => `  grants: [{dynamodb: {table: "${table}", allow: [read]}}]\n`;

function resources({ desired }: Compilation): readonly unknown[] {
  return [...desired.bindings.values()].flatMap(({ role }) =>
    role.inline.statements
      .filter(({ source }) => source.kind !== "implicit")
      .map(({ statement }) => statement.Resource),
  );
}

describe("a reference with a value", () => {
  test.each([
    { text: "stack.orders.TableName", kind: "the output of a stack" },
    { text: "ssm./orders/table", kind: "a parameter with a path" },
    { text: "ssm.orders-table", kind: "a parameter without a path" },
  ])("means the same as the value: $kind", ({ text }) => {
    const found = compiled(ofTable(`\${${text}}`), { [text]: "orders-7F3A" });

    expect(diagnosticTexts(found)).toEqual([]);
    expect(resources(found)).toEqual(resources(compiled(ofTable("orders-7F3A"))));
    expect([...found.desired.bindings.values()]).toMatchObject([
      { references: [{ text, value: "orders-7F3A" }] },
    ]);
  });

  test("means the same as the ARN: a resource with tags", () => {
    const text = "tag.dynamodb:table.app=orders,aws:cloudformation:stack-name=shop";
    const arn = "arn:aws:dynamodb:eu-west-1:222222222222:table/orders-7F3A";
    const found = compiled(ofTable(`\${${text}}`), { [text]: arn });

    expect(diagnosticTexts(found)).toEqual([]);
    expect(resources(found)).toEqual(resources(compiled(ofTable("orders-7F3A"))));
    expect([...found.desired.bindings.values()]).toMatchObject([{ references: [{ text, value: arn }] }]);
  });

  test("may be a part of a text, next to other variables and IAM's own", () => {
    const spec =
      '  grants: [{s3: {bucket: "x-${ssm./b}-${region}", prefix: "${aws:PrincipalAccount}/", allow: [read]}}]\n';
    const found = compiled(spec, { "ssm./b": "uploads" });

    expect(diagnosticTexts(found)).toEqual([]);
    expect(resources(found)).toEqual(["arn:aws:s3:::x-uploads-eu-west-1/${aws:PrincipalAccount}/*"]);
  });

  test("is listed once for all of its uses, in any order of the fields", () => {
    const grants = ["stack.b.X", "ssm.a", "stack.b.X"].map(
      (text) => `{sns: {topic: "\${${text}}", allow: [publish]}}`,
    );
    const found = compiled(`  grants: [${grants.join(", ")}]\n`, { "stack.b.X": "one", "ssm.a": "two" });

    expect(found.references.map(({ text }) => text)).toEqual(["ssm.a", "stack.b.X"]);
    expect([...found.desired.bindings.values()][0]?.references).toEqual([
      { text: "ssm.a", value: "two" },
      { text: "stack.b.X", value: "one" },
    ]);
  });

  test("is possible in statements, callers and the log group", () => {
    const spec = `  logs: {group: "\${ssm./group}"}
  statements:
    - reason: r
      statement: {Effect: Allow, Action: ["sqs:SendMessage"], Resource: "\${stack.q.Arn}", Condition: {StringEquals: {"aws:SourceVpc": "\${ssm./vpc}"}}}
  invokedBy: [{s3: {bucket: "\${stack.b.Name}"}}]
`;
    const found = compiled(spec, {
      "ssm./group": "/aws/lambda/x",
      "stack.q.Arn": "arn:aws:sqs:eu-west-1:222222222222:q",
      "ssm./vpc": "vpc-1",
      "stack.b.Name": "uploads",
    });

    expect(diagnosticTexts(found)).toEqual([]);
    const [binding] = found.desired.bindings.values();
    expect(binding?.logGroup).toBe("/aws/lambda/x");
    expect(binding?.callers[0]?.input.SourceArn).toBe("arn:aws:s3:::uploads");
  });
});

describe("a reference without a value", () => {
  test.each([
    {
      why: "was not read yet",
      values: {},
      message: "${stack.orders.TableName} was not read from AWS in account prod, eu-west-1",
      reading: null,
    },
    {
      why: "does not exist",
      values: { "stack.orders.TableName": null },
      message:
        "${stack.orders.TableName} is not resolved in account prod, eu-west-1: it does not exist → deploy it",
      reading: { kind: "unusable", reason: "it does not exist", fix: "deploy it" },
    },
  ])("that $why makes its binding invalid, and stays listed to be read", ({ values, message, reading }) => {
    const found = compiled(ofTable("${stack.orders.TableName}"), values);

    expect(diagnosticTexts(found)).toEqual([`${FILE}:6:31 ${message}`]);
    expect(found.desired.bindings.size).toBe(0);
    expect([...found.invalid.values()].flat().map(({ code }) => code)).toEqual(["unresolved-reference"]);
    expect(found.references).toMatchObject([{ text: "stack.orders.TableName", reading }]);
  });
});

test("a statement without its value has one message", () => {
  const statement = '{Effect: Allow, Action: ["sqs:SendMessage"], Resource: "${stack.q.Arn}"}';
  const found = compiled(`  statements: [{reason: r, statement: ${statement}}]\n`);

  expect(diagnosticTexts(found)).toEqual([expect.stringContaining("${stack.q.Arn} was not read from AWS")]);
});

describe("a value that is no name", () => {
  test.each([
    { value: "", because: "an empty text" },
    { value: "*", because: "a pattern" },
    { value: "orders?", because: "a pattern of one character" },
    { value: "${aws:username}", because: "a variable" },
    { value: "orders table", because: "a text with a blank" },
    { value: "orders\n", because: "a text with a line break" },
    { value: "оrders", because: "a text with a look-alike of a letter" },
    { value: "orders/index/x", because: "a text that the field's syntax refuses" },
  ])("is refused: $because", ({ value }) => {
    const found = compiled(ofTable("${ssm./t}"), { "ssm./t": value });

    expect(found.desired.bindings.size).toBe(0);
    expect(diagnosticTexts(found)).toHaveLength(1);
  });

  test("as a part of a text, if it is the ARN of a tagged resource", () => {
    const text = "tag.sqs.app=orders";
    const found = compiled(`  grants: [{sqs: {queue: "x-\${${text}}", allow: [send]}}]\n`, {
      [text]: "arn:aws:sqs:eu-west-1:222222222222:orders",
    });

    expect(diagnosticTexts(found)).toEqual([
      expect.stringContaining("(SQS queue with the tag app=orders), which can't be used as a part of a text"),
    ]);
  });

  test.each(["a:b", "a/b", "222222222222:table/x"])(
    "cannot add a part to an ARN as a part of a text: %s",
    (value) => {
      const statement = `{Effect: Allow, Action: ["sqs:SendMessage"], Resource: "arn:aws:sqs:eu-west-1:222222222222:\${ssm./q}"}`;
      const found = compiled(`  statements: [{reason: r, statement: ${statement}}]\n`, { "ssm./q": value });

      expect(diagnosticTexts(found)).toEqual([
        expect.stringContaining(`(SSM parameter /q), which can't be used as a part of a text`),
      ]);
    },
  );
});

describe("a reference is refused", () => {
  const topic = (text: string): string => `  grants: [{sns: {topic: "${text}", allow: [publish]}}]\n`;
  test.each([
    { spec: topic("${stack.orders}"), error: '"${stack.orders}" is not a reference' },
    { spec: topic("${stack.orders.Table-Name}"), error: '"${stack.orders.Table-Name}" is not a reference' },
    { spec: topic("${ssm./orders/table:3}"), error: '"${ssm./orders/table:3}" is not a reference' },
    { spec: topic("${ssm.orders/table}"), error: '"${ssm.orders/table}" is not a reference' },
    {
      spec: topic("${ssm./aws/reference/secretsmanager/db}"),
      error: '"${ssm./aws/reference/secretsmanager/db}" is not a reference',
    },
    { spec: topic("${tag.sns}"), error: '"${tag.sns}" is not a reference' },
    { spec: topic("${tag.sns.app}"), error: "write ${tag.TYPE.KEY=VALUE,…}, such as ${tag.sns.app=orders}" },
    { spec: topic("${tag.sns.app=}"), error: '"${tag.sns.app=}" is not a reference' },
    { spec: topic("${tag.sns.app=*}"), error: '"${tag.sns.app=*}" is not a reference' },
    { spec: topic("${tag.sns.app=a,app=b}"), error: '"${tag.sns.app=a,app=b}" is not a reference' },
    { spec: topic("${tag.sns.app=a, b=c}"), error: '"${tag.sns.app=a, b=c}" is not a reference' },
    { spec: topic("${tag.sns.app=оrders}"), error: "is not a reference" },
    { spec: topic("${tag.dynamodb:tabel.app=a}"), error: "did you mean the type dynamodb:table?" },
    { spec: topic("${tag.iam:role.app=a}"), error: "valid types: cognito-idp:userpool, " },
    { spec: topic("${tag.lambda:function.app=a}"), error: "is not a reference" },
    { spec: '  role: {tags: {cost-center: "${tag.sns.a=b}"}}\n', error: "can't be used in this field" },
    { spec: topic("${stakc.orders.TableName}"), error: "unknown variable ${stakc.orders.TableName}" },
    { spec: '  function: "${ssm.x}"\n', error: "${ssm.x} can't be used here" },
    { spec: '  role: {name: "${ssm.x}"}\n', error: "${ssm.x} can't be used in this field" },
    { spec: '  role: {tags: {cost-center: "${ssm.x}"}}\n', error: "${ssm.x} can't be used in this field" },
    { spec: '  role: {description: "${ssm.x}"}\n', error: "${ssm.x} can't be used in this field" },
    {
      spec: '  invokedBy: [{sns: {topic: t}, qualifier: "${ssm.x}"}]\n',
      error: "${ssm.x} can't be used in this field",
    },
    { spec: '  invokedBy: [{account: {id: "${ssm.x}"}}]\n', error: "can't be used in this field" },
    { spec: '  invokedBy: [{organization: {id: "${ssm.x}"}}]\n', error: "can't be used in this field" },
    {
      spec: '  statements: [{reason: r, statement: {Effect: Allow, Action: ["${ssm.x}"], Resource: "*"}}]\n',
      error: "${ssm.x} can't be used in this field",
    },
    {
      spec: '  invokedBy: [{reason: r, statement: {Effect: Allow, Principal: {AWS: "${ssm.x}"}, Action: "lambda:InvokeFunction"}}]\n',
      error: "${ssm.x} can't be used in this field",
    },
  ])("$error: $spec", ({ spec, error }) => {
    const found = compiled(spec, { "ssm.x": "value" });

    expect(diagnosticTexts(found).join("\n")).toContain(error);
    expect(found.references).toEqual([]);
    expect(found.desired.bindings.size).toBe(0);
  });

  test("in a ManagedPolicy, which has no region", () => {
    const found = compileTexts(
      {
        "teams/orders/p.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: p}
spec: {description: d, statements: [{reason: r, statement: {Effect: Allow, Action: ["sqs:SendMessage"], Resource: "\${stack.q.Arn}"}}]}
`,
      },
      { readings: readingsOf({ "stack.q.Arn": "arn:aws:sqs:eu-west-1:222222222222:q" }) },
    );

    expect(diagnosticTexts(found).join("\n")).toContain(
      "${stack.q.Arn} can't be used here → only the grants",
    );
    expect(found.references).toEqual([]);
  });

  test("with the near name of a reference", () => {
    expect(diagnosticTexts(compiled(topic("${stakc.orders.TableName}")))).toEqual([
      expect.stringContaining('did you mean "stack.orders.TableName"?'),
    ]);
  });
});
