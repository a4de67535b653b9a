import { addFunction, addRole, accountOf, type WorldState } from "../../../src/simulator/world.ts";
import { accountText } from "../manifests.ts";
import { BOUNDARY, PROD } from "./estate.ts";
import type { Files } from "../../../demo/manifests.ts";

const STAGING = "333333333333";
export const ARCHIVE = "444444444444";
export const REGION = "eu-west-1";
/** As long as names of functions and roles may be. */
export const LONGEST = `a${"b".repeat(62)}c`;
const LONGEST_ROLE = `${"r".repeat(63)}s`;

const BINDER = (id: string): string => `  functionRole: manage
  binder: {role: "arn:aws:iam::${id}:role/grantkeeper-system/binder", externalId: gk-test}
`;

const accountIn = (name: string, id: string): string =>
  accountText(name, id, BINDER(id)).replace("regions: [eu-west-1, us-east-1]", "regions: [eu-west-1]");

const ADOPTABLE = `  adoptableRoles: ["arn:aws:iam::${PROD}:role/large-role"]\n`;

/** Three accounts in which functions may switch, and a boundary that permits everything. */
export const PLATFORM: Files = {
  "platform/accounts.yaml": [
    accountIn("prod", PROD) + ADOPTABLE,
    accountIn("staging", STAGING),
    accountIn("archive", ARCHIVE),
  ].join("---\n"),
  "platform/boundary.yaml": BOUNDARY.replace(/Action: .*/, `Action: "*"`),
};

const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::drop/*" };
/** AWS has added an element to its language that this version does not know. */
export const NOT_PARSED = documentOf({ ...READ, Effect: "Deny", Scope: "new" });
/** More than IAM allows for all inline policies of a role, once its new one is there too. */
const LARGE = Array.from({ length: 95 }, (_, at) => `arn:aws:s3:::drop-${at}-${"x".repeat(40)}/*`);

/** Functions of another tool, each with something that an import or an adoption cannot do. */
export function addBadEstate(world: WorldState): void {
  const app = documentOf(READ);
  for (const name of [
    "half",
    "vanishes",
    "Api_x",
    "api-x",
    "deleted",
    "recreated",
    "odd-later",
    "half-later",
    "quota-later",
  ])
    addOne(world, name, { app });
  addOne(world, "odd", { app, odd: NOT_PARSED });
  addOne(world, "large", { app: documentOf({ ...READ, Resource: LARGE }) });
  addOne(
    world,
    "dead-letter",
    { app },
    { DeadLetterConfig: { TargetArn: `arn:aws:sqs:${REGION}:${PROD}:dead` } },
  );
  addOne(world, "no-role", { app });
  delete accountOf(world, PROD).iam.roles["no-role-role"];
  const at = { accountId: PROD, region: REGION };
  const { arn } = addRole(world, { accountId: PROD, name: LONGEST_ROLE, inline: { app } });
  addFunction(world, { ...at, name: LONGEST, roleArn: arn });
  addRuled(world);
  for (const [account, accountId] of [
    ["prod", PROD],
    ["staging", STAGING],
    ["archive", ARCHIVE],
  ] as const) {
    const table = `arn:aws:dynamodb:${REGION}:${accountId}:table/orders-${account}`;
    const role = addRole(world, {
      accountId,
      name: "billing-role",
      inline: { app: documentOf({ Effect: "Allow", Action: "dynamodb:DescribeTable", Resource: table }) },
    });
    addFunction(world, { accountId, region: REGION, name: "billing", roleArn: role.arn });
  }
}

function addOne(
  world: WorldState,
  name: string,
  inline: Readonly<Record<string, string>>,
  configuration: Readonly<Record<string, unknown>> = {},
): void {
  const { arn } = addRole(world, { accountId: PROD, name: `${name}-role`, inline });
  addFunction(world, { accountId: PROD, region: REGION, name, roleArn: arn, configuration });
}

/** Any rule of EventBridge in the account may call it. */
function addRuled(world: WorldState): void {
  addOne(world, "ruled", { app: documentOf(READ) });
  const found = accountOf(world, PROD).lambda[REGION]?.functions["ruled"];
  if (found === undefined) throw new Error("the function was not added");
  const statement = {
    Sid: "all-rules",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: `arn:aws:lambda:${REGION}:${PROD}:function:ruled`,
    Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:events:${REGION}:${PROD}:rule/*` } },
  };
  const document = { Version: "2012-10-17", Id: "default", Statement: [statement] };
  found.policies["$LATEST"] = { revisionId: "r1", document };
}

/** No principal of the account may make the calls. @param resource default: any */
export function denialOf(calls: readonly string[], resource = "*"): object {
  return { Effect: "Deny", Action: calls, Resource: resource };
}

export function documentOf(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
