import { describe, expect, test } from "@jest/globals";
import type { ConditionBlock } from "../../../../src/model/aws/policy-document.ts";
import { GRANT_ENTRIES } from "../../../../src/manifest/grants/catalogue.ts";
import { grantsCovering, grantsWith, verbsWith } from "../../../../src/manifest/covering/covering-grants.ts";
import { PLACE, HERE, NO_CONTEXT } from "./place.ts";

interface GrantRow {
  readonly grant: string;
  readonly verb: string | null;
  readonly action: string;
  /** A resource that matches the grant's pattern. */
  readonly resource: string;
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** Grants without `allow`: their one verb is implied. */
const WITHOUT_VERBS = ["dlq", "metrics"];

/** Each action of each verb of the catalogue's examples, on a resource that it allows. */
const ROWS: readonly GrantRow[] = GRANT_ENTRIES.flatMap(({ grant, verbs, examples, expand }) =>
  examples
    .flatMap((example) => expand(example, PLACE))
    .filter(({ verb }) => Object.hasOwn(verbs, verb))
    .flatMap(({ verb, actions, resources, condition }) =>
      actions.flatMap((action) =>
        resources.map((resource) => ({
          grant,
          verb: WITHOUT_VERBS.includes(grant) ? null : verb,
          action,
          resource: concrete(resource),
          context: requestContext(condition),
        })),
      ),
    ),
);

/** What a request that fulfils the condition has: the access point of a mount. */
function requestContext(condition: ConditionBlock | null): ReadonlyMap<string, readonly string[]> {
  const equal = Object.entries(condition?.["StringEquals"] ?? {});
  return new Map(equal.map(([key, value]) => [key.toLowerCase(), [value].flat() as readonly string[]]));
}

function concrete(pattern: string): string {
  if (pattern === "*") return pattern;
  const key = pattern.replace(/:key\/\*$/, ":key/1234abcd-12ab-34cd-56ef-1234567890ab");
  return key.replaceAll("??????", "a1B2c3").replaceAll("*", "x1");
}

describe("the reverse search of the catalogue", () => {
  test("has examples of every verb", () => {
    const verbs = GRANT_ENTRIES.flatMap(({ grant, verbs: all }) =>
      Object.keys(all).map((verb) => `${grant} ${verb}`),
    );

    const implied = ["dlq send", "metrics put", "metrics putAll"];
    const shown = [...ROWS.map(({ grant, verb }) => `${grant} ${verb ?? "implied"}`), ...implied];
    expect(verbs.filter((verb) => !shown.includes(verb))).toEqual([]);
    expect(ROWS.length).toBeGreaterThan(100);
  });

  // Nothing in a request to the Data API names the secret, which the grant needs, nor one to a configuration set its identity.
  const OTHERS = ROWS.filter(
    ({ grant, resource }) => grant !== "rdsData" && !resource.includes(":configuration-set/"),
  );

  test.each(OTHERS.filter(({ resource }) => resource !== "*"))(
    "finds $grant $verb by $action on $resource",
    ({ grant, verb, action, resource, context }) => {
      const found = grantsCovering({ action: action.toUpperCase(), resource, context }, PLACE);

      expect(found).toContainEqual(expect.objectContaining({ grant, verb }));
    },
  );

  test.each(ROWS.filter(({ resource }) => resource === "*"))(
    "knows that $grant $verb has $action, which names no resource",
    ({ grant, verb, action }) => {
      const verbs = grantsWith(action.toLowerCase()).find((one) => one.grant === grant)?.verbs;

      expect(verbs).toBeDefined();
      expect([null, ...(verbs ?? [])]).toContain(verb);
    },
  );

  test.each([
    {
      because: "proposes the verb with the fewest actions first",
      asked: { action: "dynamodb:ConditionCheckItem", resource: `arn:aws:dynamodb:${HERE}:table/orders` },
      first: { grant: "dynamodb", verb: "write", fields: { table: "orders", allow: ["write"] } },
    },
    {
      because: "proposes an index before all indexes",
      asked: { action: "dynamodb:Query", resource: `arn:aws:dynamodb:${HERE}:table/orders/index/by-day` },
      first: { fields: { table: "orders", indexes: ["by-day"], allow: ["read"] } },
    },
    {
      because: "proposes the full ARN of a table in another account",
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
      because: "proposes the folder of an object",
      asked: { action: "s3:PutObject", resource: "arn:aws:s3:::b-1/in/2026/a.json" },
      first: { fields: { bucket: "b-1", prefix: "in/2026/", allow: ["write"] } },
    },
    {
      because: "proposes the bucket of an object without a folder",
      asked: { action: "s3:GetObject", resource: "arn:aws:s3:::b-1/a.json" },
      first: { fields: { bucket: "b-1", allow: ["read"] } },
    },
    {
      because: "proposes to list a bucket below the requested prefix",
      asked: {
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::b-1",
        context: new Map([["s3:prefix", ["in/2026"]]]),
      },
      first: { fields: { bucket: "b-1", prefix: "in/", allow: ["list"] } },
    },
    {
      because: "removes the six characters that Secrets Manager added",
      asked: {
        action: "secretsmanager:GetSecretValue",
        resource: `arn:aws:secretsmanager:${HERE}:secret:orders/mail-a1B2c3`,
      },
      first: { fields: { secret: "orders/mail", allow: ["read"] } },
    },
    {
      because: "starts a parameter in a hierarchy with a slash",
      asked: { action: "ssm:GetParameter", resource: `arn:aws:ssm:${HERE}:parameter/orders/limits` },
      first: { fields: { parameter: "/orders/limits", allow: ["read"] } },
    },
    {
      because: "proposes the full ARN of a parameter in another account",
      asked: { action: "ssm:GetParameter", resource: "arn:aws:ssm:eu-west-1:444455556666:parameter/a/b" },
      first: { fields: { parameter: "arn:aws:ssm:eu-west-1:444455556666:parameter/a/b", allow: ["read"] } },
    },
    {
      because: "proposes the state machine of an execution",
      asked: { action: "states:StopExecution", resource: `arn:aws:states:${HERE}:execution:refund:1` },
      first: { fields: { stateMachine: "refund", allow: ["observe"] } },
    },
    {
      because: "proposes the function of an alias",
      asked: { action: "lambda:InvokeFunction", resource: `arn:aws:lambda:${HERE}:function:f:live` },
      first: { fields: { function: "f", qualifier: "live", allow: ["invoke"] } },
    },
    {
      because: "proposes the region of a model elsewhere",
      asked: {
        action: "bedrock:InvokeModel",
        resource: "arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v2:0",
      },
      first: {
        fields: { model: "amazon.titan-embed-text-v2:0", regions: ["eu-central-1"], allow: ["invoke"] },
      },
    },
    {
      because: "proposes what the code needs before what Lambda does for a function that failed",
      asked: { action: "sqs:SendMessage", resource: `arn:aws:sqs:${HERE}:failed` },
      first: { grant: "sqs", verb: "send", fields: { queue: "failed", allow: ["send"] } },
    },
    {
      because: "proposes the global profile of a model without a region",
      asked: {
        action: "bedrock:InvokeModel",
        resource: "arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0",
      },
      first: {
        fields: {
          model: "amazon.nova-2-lite-v1:0",
          inferenceProfile: "global.amazon.nova-2-lite-v1:0",
          allow: ["invoke"],
        },
      },
    },
    {
      because: "proposes the group of a schedule in another account",
      asked: {
        action: "scheduler:GetSchedule",
        resource: "arn:aws:scheduler:eu-west-1:444455556666:schedule/reminders/r-1",
      },
      first: { fields: { group: "arn:aws:scheduler:eu-west-1:444455556666:schedule-group/reminders" } },
    },
    {
      because: "proposes one route of an API",
      asked: { action: "execute-api:Invoke", resource: `arn:aws:execute-api:${HERE}:abcd1234/prod/GET/a/b` },
      first: {
        grant: "apigw",
        verb: "invoke",
        fields: { api: "abcd1234", stage: "prod", method: "GET", path: "/a/b", allow: ["invoke"] },
      },
    },
    {
      because: "takes the namespace of a metric from the context",
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

  test("lists the verbs of one grant that have an action", () => {
    expect(verbsWith("dynamodb:conditioncheckitem", "dynamodb")).toEqual(["read", "write"]);
    expect(verbsWith("s3:GetObject", "dynamodb")).toEqual([]);
    expect(grantsWith("kms:GenerateDataKey").map(({ grant }) => grant)).toEqual(["kms"]);
    expect(grantsWith("textract:DetectDocumentText")).toEqual([]);
  });
});
