import { describe, expect, test } from "@jest/globals";
import { GRANT_ENTRIES } from "../../../src/manifest/grants/catalogue.ts";
import { grantsCovering, grantsWith, verbsWith } from "../../../src/manifest/covering/covering-grants.ts";

const PLACE = { partition: "aws", accountId: "111122223333", region: "eu-west-1" };
const HERE = `${PLACE.region}:${PLACE.accountId}`;
const NO_CONTEXT = new Map<string, readonly string[]>();

interface GrantRow {
  readonly grant: string;
  readonly verb: string | null;
  readonly action: string;
  /** A resource that the grant's pattern means. */
  readonly resource: string;
}

/** Each action of each verb of the catalogue's examples, on a resource that it allows. */
const ROWS: readonly GrantRow[] = GRANT_ENTRIES.flatMap(({ grant, verbs, examples, expand }) =>
  examples
    .flatMap((example) => expand(example, PLACE))
    .filter(({ verb }) => Object.hasOwn(verbs, verb))
    .flatMap(({ verb, actions, resources }) =>
      actions.flatMap((action) =>
        resources.map((resource) => ({
          grant,
          verb: grant === "metrics" ? null : verb,
          action,
          resource: concrete(resource),
        })),
      ),
    ),
);

function concrete(pattern: string): string {
  if (pattern === "*") return pattern;
  const key = pattern.replace(/:key\/\*$/, ":key/1234abcd-12ab-34cd-56ef-1234567890ab");
  return key.replaceAll("??????", "a1B2c3").replaceAll("*", "x1");
}

describe("the catalogue read backwards", () => {
  test("has examples of every verb", () => {
    const verbs = GRANT_ENTRIES.flatMap(({ grant, verbs: all }) =>
      Object.keys(all).map((verb) => `${grant} ${verb}`),
    );

    const shown = ROWS.map(({ grant, verb }) => `${grant} ${verb ?? "put"}`);
    expect(verbs.filter((verb) => !shown.includes(verb))).toEqual([]);
    expect(ROWS.length).toBeGreaterThan(100);
  });

  test.each(ROWS.filter(({ resource }) => resource !== "*"))(
    "$grant $verb is found by $action on $resource",
    ({ grant, verb, action, resource }) => {
      const found = grantsCovering({ action: action.toUpperCase(), resource, context: NO_CONTEXT }, PLACE);

      expect(found).toContainEqual(expect.objectContaining({ grant, verb }));
    },
  );

  test.each(ROWS.filter(({ resource }) => resource === "*"))(
    "$grant $verb is known to have $action, which names no resource",
    ({ grant, verb, action }) => {
      const verbs = grantsWith(action.toLowerCase()).find((one) => one.grant === grant)?.verbs;

      expect(verbs).toBeDefined();
      expect([null, ...(verbs ?? [])]).toContain(verb);
    },
  );

  test.each([
    {
      because: "the verb with the fewest actions comes first",
      asked: { action: "dynamodb:ConditionCheckItem", resource: `arn:aws:dynamodb:${HERE}:table/orders` },
      first: { grant: "dynamodb", verb: "write", fields: { table: "orders", allow: ["write"] } },
    },
    {
      because: "an index is named before all of them are given",
      asked: { action: "dynamodb:Query", resource: `arn:aws:dynamodb:${HERE}:table/orders/index/by-day` },
      first: { fields: { table: "orders", indexes: ["by-day"], allow: ["read"] } },
    },
    {
      because: "a table elsewhere is named whole",
      asked: {
        action: "dynamodb:Scan",
        resource: "arn:aws:dynamodb:us-east-1:111122223333:table/t-1/index/i",
      },
      first: {
        fields: {
          table: "arn:aws:dynamodb:us-east-1:111122223333:table/t-1",
          indexes: undefined,
          allow: ["scan"],
        },
      },
    },
    {
      because: "an object is given by its folder",
      asked: { action: "s3:PutObject", resource: "arn:aws:s3:::b-1/in/2026/a.json" },
      first: { fields: { bucket: "b-1", prefix: "in/2026/", allow: ["write"] } },
    },
    {
      because: "an object without a folder is given by its bucket",
      asked: { action: "s3:GetObject", resource: "arn:aws:s3:::b-1/a.json" },
      first: { fields: { bucket: "b-1", allow: ["read"] } },
    },
    {
      because: "a bucket is listed below the prefix that was asked for",
      asked: {
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::b-1",
        context: new Map([["s3:prefix", ["in/2026"]]]),
      },
      first: { fields: { bucket: "b-1", prefix: "in/", allow: ["list"] } },
    },
    {
      because: "a secret loses the six characters that Secrets Manager added",
      asked: {
        action: "secretsmanager:GetSecretValue",
        resource: `arn:aws:secretsmanager:${HERE}:secret:orders/mail-a1B2c3`,
      },
      first: { fields: { secret: "orders/mail", allow: ["read"] } },
    },
    {
      because: "a parameter in a hierarchy begins with a slash",
      asked: { action: "ssm:GetParameter", resource: `arn:aws:ssm:${HERE}:parameter/orders/limits` },
      first: { fields: { parameter: "/orders/limits", allow: ["read"] } },
    },
    {
      because: "another account's parameter is named whole",
      asked: { action: "ssm:GetParameter", resource: "arn:aws:ssm:eu-west-1:444455556666:parameter/a/b" },
      first: { fields: { parameter: "arn:aws:ssm:eu-west-1:444455556666:parameter/a/b", allow: ["read"] } },
    },
    {
      because: "an execution belongs to its state machine",
      asked: { action: "states:StopExecution", resource: `arn:aws:states:${HERE}:execution:refund:1` },
      first: { fields: { stateMachine: "refund", allow: ["observe"] } },
    },
    {
      because: "an alias is the function's",
      asked: { action: "lambda:InvokeFunction", resource: `arn:aws:lambda:${HERE}:function:f:live` },
      first: { fields: { function: "f", qualifier: "live", allow: ["invoke"] } },
    },
    {
      because: "a model elsewhere says its region",
      asked: {
        action: "bedrock:InvokeModel",
        resource: "arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v2:0",
      },
      first: {
        fields: { model: "amazon.titan-embed-text-v2:0", regions: ["eu-central-1"], allow: ["invoke"] },
      },
    },
    {
      because: "a metric's namespace stands in the context",
      asked: {
        action: "cloudwatch:PutMetricData",
        resource: "*",
        context: new Map([["cloudwatch:namespace", ["Orders"]]]),
      },
      first: { grant: "metrics", verb: null, fields: { namespace: "Orders" } },
    },
  ])("$because", ({ asked, first }) => {
    const [found] = grantsCovering({ context: NO_CONTEXT, ...asked }, PLACE);

    expect(found).toMatchObject(JSON.parse(JSON.stringify(first)) as object);
  });

  test.each([
    {
      because: "an action that no grant has",
      action: "dynamodb:DeleteTable",
      resource: `arn:aws:dynamodb:${HERE}:table/t-1`,
    },
    {
      because: "a resource of another kind",
      action: "dynamodb:GetItem",
      resource: `arn:aws:dynamodb:${HERE}:backup/t-1`,
    },
    {
      because: "a name that the grant's schema refuses",
      action: "dynamodb:GetItem",
      resource: `arn:aws:dynamodb:${HERE}:table/t$`,
    },
    { because: "a key under an alias", action: "kms:Decrypt", resource: `arn:aws:kms:${HERE}:alias/x` },
    {
      because: "a state machine's version of another kind",
      action: "states:StartExecution",
      resource: `arn:aws:states:${HERE}:activity:x`,
    },
    {
      because: "another service's stream",
      action: "kinesis:GetRecords",
      resource: `arn:aws:kinesis:${HERE}:channel/x`,
    },
    {
      because: "a database elsewhere",
      action: "rds-db:connect",
      resource: "arn:aws:rds-db:us-east-1:111122223333:dbuser:cluster-A/u",
    },
    {
      because: "a database without a user",
      action: "rds-db:connect",
      resource: `arn:aws:rds-db:${HERE}:dbuser`,
    },
    {
      because: "a secret without its six characters",
      action: "secretsmanager:GetSecretValue",
      resource: `arn:aws:secretsmanager:${HERE}:secret:x`,
    },
    { because: "a layer", action: "lambda:InvokeFunction", resource: `arn:aws:lambda:${HERE}:layer:x` },
    {
      because: "a custom model",
      action: "bedrock:InvokeModel",
      resource: `arn:aws:bedrock:${HERE}:custom-model/x`,
    },
    {
      because: "an archive of events",
      action: "events:PutEvents",
      resource: `arn:aws:events:${HERE}:archive/x`,
    },
    { because: "no ARN", action: "sqs:SendMessage", resource: "q" },
    { because: "nothing that names what it is for", action: "states:SendTaskSuccess", resource: "*" },
  ])("$because is covered by nothing", ({ action, resource }) => {
    expect(grantsCovering({ action, resource, context: NO_CONTEXT }, PLACE)).toEqual([]);
  });

  test("knows the verbs of one grant that have an action", () => {
    expect(verbsWith("dynamodb:conditioncheckitem", "dynamodb")).toEqual(["read", "write"]);
    expect(verbsWith("s3:GetObject", "dynamodb")).toEqual([]);
    expect(grantsWith("kms:GenerateDataKey").map(({ grant }) => grant)).toEqual(["kms"]);
    expect(grantsWith("textract:DetectDocumentText")).toEqual([]);
  });
});
