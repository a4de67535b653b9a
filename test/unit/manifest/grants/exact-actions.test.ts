import { describe, expect, test } from "@jest/globals";
import { GRANT_ENTRIES, leavesOut } from "../../../../src/manifest/grants/catalogue.ts";
import type { Expansion, GrantEntry } from "../../../../src/manifest/grants/entry.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { linesOf } from "./grant-lines.ts";

const PLACE = { partition: "aws", accountId: "222222222222", region: "eu-west-1" };
const TABLE = "arn:aws:dynamodb:eu-west-1:222222222222:table/orders";
const QUEUE = "arn:aws:sqs:eu-west-1:222222222222:q";
const KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";
const ON_KEY = `arn:aws:kms:eu-west-1:222222222222:key/${KEY}`;

describe("exact actions compile to the rows of their verbs", () => {
  test.each([
    {
      because: "each has the resources that its verb has for it",
      grant: "{dynamodb: {table: orders, allow: [Query, GetItem, Scan]}}",
      lines: [
        `dynamodb:GetItem on ${TABLE}`,
        `dynamodb:Query on ${TABLE} ${TABLE}/index/*`,
        `dynamodb:Scan on ${TABLE} ${TABLE}/index/*`,
      ],
    },
    {
      because: "verbs and actions together",
      grant: "{sqs: {queue: q, allow: [send, DeleteMessage, ReceiveMessage]}}",
      lines: [
        `sqs:DeleteMessage sqs:ReceiveMessage on ${QUEUE}`,
        `sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage on ${QUEUE}`,
      ],
    },
    {
      because: "leading keys limit the items, and never DescribeTable",
      grant: "{dynamodb: {table: orders, leadingKeys: [a], allow: [DescribeTable, DeleteItem]}}",
      lines: [
        `dynamodb:DeleteItem on ${TABLE} if {"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["a"]},"Null":{"dynamodb:LeadingKeys":"false"}}`,
        `dynamodb:DescribeTable on ${TABLE}`,
      ],
    },
    {
      because: "the key is the one of the verb",
      grant: `{s3: {bucket: uploads, allow: [GetObject], kmsKey: ${KEY}}}`,
      lines: [
        `kms:Decrypt on ${ON_KEY} if {"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`,
        "s3:GetObject on arn:aws:s3:::uploads/*",
      ],
    },
    {
      because: "an action of two verbs has the key of the one whose other actions are listed",
      grant: `{sqs: {queue: q, allow: [SendMessage, GetQueueUrl], kmsKey: ${KEY}}}`,
      lines: [
        `kms:Decrypt kms:GenerateDataKey on ${ON_KEY} if {"StringEquals":{"kms:ViaService":"sqs.eu-west-1.amazonaws.com"}}`,
        `sqs:GetQueueUrl sqs:SendMessage on ${QUEUE}`,
      ],
    },
    {
      because: "statements without the resource are left out with their action",
      grant: "{secrets: {secret: a, allow: [PutSecretValue]}}",
      lines: [
        "secretsmanager:PutSecretValue on arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-??????",
      ],
    },
    {
      because: "the Data API needs the secret for each action",
      grant: "{rdsData: {cluster: c, secret: a, allow: [ExecuteStatement]}}",
      lines: [
        "rds-data:ExecuteStatement on arn:aws:rds:eu-west-1:222222222222:cluster:c",
        "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-??????",
      ],
    },
    {
      because: "a consumer is read by its own actions",
      grant: "{kinesis: {stream: s, consumer: c, allow: [SubscribeToShard]}}",
      lines: ["kinesis:SubscribeToShard on arn:aws:kinesis:eu-west-1:222222222222:stream/s/consumer/c:*"],
    },
    {
      because: "InvokeFunction is direct invocation, although invokeUrl has it for calls of the URL",
      grant: "{lambda: {function: f, allow: [InvokeFunctionUrl, InvokeFunction]}}",
      lines: [
        "lambda:InvokeFunction on arn:aws:lambda:eu-west-1:222222222222:function:f",
        "lambda:InvokeFunctionUrl on arn:aws:lambda:eu-west-1:222222222222:function:f",
      ],
    },
  ])("$because", ({ grant, lines }) => {
    expect(linesOf(grant)).toEqual(lines);
  });

  const sidsOf = (allow: string): readonly string[] => {
    const spec = `  logs: false\n  grants: [{dynamodb: {table: orders, allow: [${allow}], kmsKey: alias/k}}]\n`;
    const [binding] = compileTexts({
      "teams/orders/a.yaml": functionText("a", spec),
    }).desired.bindings.values();
    return (binding?.role.inline.statements ?? []).map(({ statement }) => String(statement.Sid).slice(0, -8));
  };

  test("a Sid never names the verb of which actions are missing", () => {
    expect(sidsOf("GetItem")).toEqual(["ActionsDynamodb", "DynamodbUseKey"]);
    expect(sidsOf("GetItem, BatchGetItem, Query")).toEqual([
      "ActionsDynamodb",
      "ActionsDynamodb",
      "DynamodbUseKey",
    ]);
    expect(sidsOf("read")).toEqual(["DynamodbRead", "DynamodbRead", "DynamodbUseKey"]);
  });
});

/** `GetItem` and the rest of its grant's example, for each action of each example that has it. */
const CASES = GRANT_ENTRIES.flatMap((entry) =>
  [...(entry.actions?.values() ?? [])].flatMap(({ name, verbs }) =>
    entry.examples.flatMap((example: Readonly<Record<string, unknown>>) =>
      verbs.flatMap((verb) => {
        const fullVerbs = { ...example, allow: [verb] };
        const isListed = ((example["allow"] ?? []) as readonly string[]).includes(verb);
        const hasIt = isListed && rowsOf(entry, fullVerbs).some((row) => row.name === name);
        return hasIt
          ? [{ grant: entry.grant, entry, name, verb, example, text: JSON.stringify(example) }]
          : [];
      }),
    ),
  ),
);

interface ActionRow {
  readonly name: string;
  readonly rest: Omit<Expansion, "actions" | "verb" | "only">;
}

function rowsOf(entry: GrantEntry, fields: object): readonly ActionRow[] {
  return entry
    .expand(fields as never, PLACE)
    .filter(({ verb }) => Object.hasOwn(entry.verbs, verb))
    .flatMap(({ actions, verb: _verb, only: _only, ...rest }) =>
      actions.map((action) => ({ name: action.slice(action.indexOf(":") + 1), rest })),
    );
}

describe("every exact action of the catalogue", () => {
  test("is in at least one example", () => {
    const named = new Set(CASES.map(({ grant, name }) => `${grant} ${name}`));
    const all = GRANT_ENTRIES.flatMap(({ grant, actions }) =>
      [...(actions?.keys() ?? [])].map((name) => `${grant} ${name}`),
    );

    expect(all.filter((one) => !named.has(one))).toEqual([]);
    expect(all.length).toBeGreaterThan(90);
  });

  test.each(CASES)("$grant $name has exactly the rows of $verb: $text", ({ entry, name, verb, example }) => {
    const fullVerbs = rowsOf(entry, { ...example, allow: [verb] }).filter((row) => row.name === name);

    expect(rowsOf(entry, { ...example, allow: [name] })).toEqual(fullVerbs);
  });

  test("is no verb of its grant, and begins with a capital", () => {
    const names = GRANT_ENTRIES.flatMap(({ actions, verbs }) =>
      [...(actions?.keys() ?? [])].filter((name) => Object.hasOwn(verbs, name) || !/^[A-Z]/.test(name)),
    );

    expect(names).toEqual([]);
  });
});

test("a manifest without exact actions names none in its statements", () => {
  const some = GRANT_ENTRIES.flatMap((entry) =>
    entry.examples
      .filter((example: Readonly<Record<string, unknown>>) =>
        ((example["allow"] ?? []) as readonly string[]).every((name) => Object.hasOwn(entry.verbs, name)),
      )
      .flatMap((example) => entry.expand(example, PLACE)),
  );

  expect(some.filter((one) => "only" in one)).toEqual([]);
});

describe("a wrong member of allow", () => {
  const faultOf = (grant: string): readonly string[] =>
    diagnosticTexts(compileTexts({ "teams/orders/a.yaml": functionText("a", `  grants: [${grant}]\n`) }));

  test.each([
    {
      grant: "{dynamodb: {table: orders, allow: [read, GetItem]}}",
      fault: "GetItem is part of read → remove GetItem, or list actions instead of read",
    },
    {
      grant: "{kinesis: {stream: s, allow: [SubscribeToShard]}}",
      fault: "SubscribeToShard needs consumer → add consumer, or remove SubscribeToShard",
    },
    {
      grant: "{dynamodb: {table: orders, allow: [GetItem, Scan], leadingKeys: [a]}}",
      fault: "6:56 scan reads every key: leadingKeys can't narrow it → leave out leadingKeys or scan",
    },
    {
      grant: "{ssm: {allow: [GetParameter]}}",
      fault: "6:18 ssm takes either parameter or path",
    },
    {
      grant: "{bedrock: {model: a.b-v1, guardrail: a1b2, allow: [InvokeModel]}}",
      fault: "guardrail belongs to guardrail, and allow has no guardrail",
    },
    {
      grant: "{rds: {resourceId: cluster-A1, user: app, allow: [Connect2Db]}}",
      fault: "no verb of rds allows rds:Connect2Db",
    },
    {
      grant: "{dynamodb: {table: orders, allow: [getItem]}}",
      fault: 'write GetItem for this action alone, or "read", which includes it',
    },
    {
      grant: "{sqs: {queue: q, allow: ['sqs:GetQueueUrl']}}",
      fault: 'write GetQueueUrl for this action alone, or "send" or "consume", which includes it',
    },
    {
      grant: "{dynamodb: {table: orders, allow: [PutItems]}}",
      fault:
        'did you mean "PutItem"? Valid values: read, scan, write, delete, stream, and single actions such as BatchGetItem',
    },
    {
      grant: "{dynamodb: {table: orders, allow: [SCAN]}}",
      fault: 'did you mean "scan"?',
    },
    {
      grant: "{dynamodb: {table: orders, allow: [UpdateTimeToLive]}}",
      fault:
        "no verb of dynamodb allows dynamodb:UpdateTimeToLive: write it under spec.statements, as a statement of IAM",
    },
    {
      grant: "{dynamodb: {table: orders, allow: ['s3:GetObject']}}",
      fault: "no verb of dynamodb allows s3:GetObject",
    },
    {
      grant: "{rds: {resourceId: cluster-A1, user: app, allow: ['rds-db:connect']}}",
      fault: 'did you mean "connect"? Valid values: connect',
    },
  ])("$grant: $fault", ({ grant, fault }) => {
    expect(faultOf(grant)).toEqual([expect.stringContaining(fault)]);
  });
});

test("a risk that the name of an action does not show is noted", () => {
  expect(leavesOut("dynamodb", "BatchWriteItem")).toBe("BatchWriteItem also deletes items");
  expect(leavesOut("dynamodb", "GetItem")).toBeNull();
});
