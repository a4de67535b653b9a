import { describe, expect, test } from "@jest/globals";
import { GRANT_ENTRIES } from "../../../../src/manifest/grants/catalogue.ts";
import type { CompiledStatement } from "../../../../src/model/desired.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";
const ARN = "arn:aws:lambda:eu-west-1:222222222222:function:a";

function statementsOf(spec: string): readonly CompiledStatement[] {
  const compilation = compileTexts({ [FILE]: functionText("a", spec) });
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  return binding.role.inline.statements;
}

/** `grant verb: its source function`, for each statement. */
function pins(spec: string): readonly string[] {
  return statementsOf(spec)
    .map(({ source, statement }) => {
      const pin = statement.Condition?.["ArnEquals"]?.["lambda:SourceFunctionArn"];
      const name = source.kind === "statement" ? "statement" : source.grant;
      return `${name} ${source.kind === "grant" ? source.verb : "own"}: ${statement.Effect} ${String(pin ?? "anyone")}`;
    })
    .sort();
}

describe("isolation: pinned", () => {
  test.each([
    {
      because: "what only code can use is pinned",
      grants: "{s3: {bucket: uploads, allow: [read]}}",
      expected: [`s3 read: Allow ${ARN}`],
    },
    {
      because: "a pin is added to other conditions",
      grants: "{dynamodb: {table: orders, leadingKeys: [a], allow: [delete]}}",
      expected: [`dynamodb delete: Allow ${ARN}`],
    },
    {
      because: "event source mappings poll queues without a source function",
      grants: "{sqs: {queue: q, allow: [send, consume]}}",
      expected: [`sqs consume: Allow anyone`, `sqs send: Allow ${ARN}`],
    },
    {
      because: "event source mappings read streams without a source function",
      grants: "{dynamodb: {table: orders, allow: [stream]}}, {kinesis: {stream: s, allow: [put, read]}}",
      expected: [
        "dynamodb stream: Allow anyone",
        "dynamodb stream: Allow anyone",
        `kinesis put: Allow ${ARN}`,
        "kinesis read: Allow anyone",
      ],
    },
    {
      because: "Lambda sends failed events itself",
      grants: "{dlq: {queue: q, kmsKey: alias/k}}",
      expected: ["dlq send: Allow anyone", "dlq sendKey: Allow anyone"],
    },
    {
      because: "Lambda mounts file systems and decrypts the environment before the code runs",
      grants:
        "{efs: {fileSystem: fs-01234567, accessPoint: fsap-01234567, allow: [mount]}}, {kms: {key: alias/k, allow: [decrypt, encrypt]}}",
      expected: ["efs mount: Allow anyone", "kms decrypt: Allow anyone", `kms encrypt: Allow ${ARN}`],
    },
    {
      because: "a key used through another service is not called by the code",
      grants: "{s3: {bucket: uploads, allow: [read], kmsKey: alias/k}}",
      expected: [`s3 read: Allow ${ARN}`, "s3 readKey: Allow anyone"],
    },
    {
      because: "the Data API reads the secret",
      grants: "{rdsData: {cluster: c, secret: s, allow: [query]}}",
      expected: [`rdsData query: Allow ${ARN}`, "rdsData querySecret: Allow anyone"],
    },
    {
      because: "exact actions are pinned like their verb",
      grants: "{s3: {bucket: uploads, allow: [GetObject]}}",
      expected: [`s3 read: Allow ${ARN}`],
    },
    {
      because: "an action of two verbs is not pinned together with those of event source mappings",
      grants: "{sqs: {queue: q, allow: [ReceiveMessage, DeleteMessage, GetQueueAttributes]}}",
      expected: ["sqs consume: Allow anyone"],
    },
    {
      because: "nor alone, since it may be the one that a mapping lacks",
      grants: "{sqs: {queue: q, allow: [GetQueueAttributes]}}",
      expected: ["sqs consume: Allow anyone"],
    },
    {
      because: "and is pinned together with those that only code uses",
      grants: "{sqs: {queue: q, allow: [SendMessage, GetQueueUrl]}}",
      expected: [`sqs send: Allow ${ARN}`],
    },
  ])("$because", ({ grants, expected }) => {
    expect(pins(`  logs: false\n  isolation: pinned\n  grants: [${grants}]\n`)).toEqual(expected);
  });

  test("leaves logs, tracing, the VPC and hand-written statements as they are", () => {
    const rest = `  tracing: true\n  vpc: true\n  statements: [{reason: r, statement: {Effect: Allow, Action: ["textract:AnalyzeDocument"], Resource: "*"}}]\n`;

    const texts = (spec: string): readonly string[] =>
      statementsOf(spec).map(({ statement }) => JSON.stringify(statement));
    expect(texts(`  isolation: pinned\n${rest}`)).toEqual(texts(rest));
  });

  test("none is the default, and changes no byte", () => {
    const grants = "  grants: [{s3: {bucket: uploads, allow: [read]}}]\n";

    expect(statementsOf(`  isolation: none\n${grants}`).map(({ statement }) => statement)).toEqual(
      statementsOf(grants).map(({ statement }) => statement),
    );
  });

  test("names the function that `function` names, without a qualifier", () => {
    const spec =
      "  function: ${namespace}-api\n  isolation: pinned\n  grants: [{sns: {topic: t, allow: [publish]}}]\n";

    expect(pins(spec)).toContain(
      "sns publish: Allow arn:aws:lambda:eu-west-1:222222222222:function:orders-api",
    );
  });

  test("keeps the end of a grant", () => {
    const spec =
      "  logs: false\n  isolation: pinned\n  grants: [{sns: {topic: t, allow: [publish]}, until: 2027-01-01T00:00:00Z}]\n";

    expect(statementsOf(spec).map(({ statement }) => statement.Condition)).toEqual([
      {
        ArnEquals: { "lambda:SourceFunctionArn": ARN },
        DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" },
      },
    ]);
  });

  const EXAMPLES = GRANT_ENTRIES.flatMap(({ grant, examples }) =>
    examples.map((example) => ({ entry: JSON.stringify({ [grant]: example as object }) })),
  );

  test.each(EXAMPLES)("changes nothing but conditions of $entry", ({ entry }) => {
    const plain = (spec: string): readonly string[] =>
      statementsOf(spec)
        .map(({ statement: { Effect, Action, Resource } }) => JSON.stringify({ Effect, Action, Resource }))
        .sort();

    expect(plain(`  isolation: pinned\n  grants: [${entry}]\n`)).toEqual(plain(`  grants: [${entry}]\n`));
  });
});

test("every verb that a service uses is a verb or a companion of its grant", () => {
  const place = { partition: "aws", accountId: "222222222222", region: "eu-west-1" };

  for (const { examples, expand, serviceVerbs = [] } of GRANT_ENTRIES) {
    const verbs = examples.flatMap((example) => expand(example, place)).map(({ verb }) => verb);
    expect(serviceVerbs.filter((verb) => !verbs.includes(verb))).toEqual([]);
  }
});
