import {
  AddPermissionCommand,
  CreateAliasCommand,
  LambdaClient,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, describe, expect, test } from "@jest/globals";
import {
  notCalled,
  type Estate,
  type EstateFunction,
  type EstatePart,
} from "../../../src/adopt/estate/estate.ts";
import { roleOfFunction, roleUsers } from "../../../src/adopt/estate/role-users.ts";
import type { AccountParts, EstateRequest } from "../../../src/controller/ports/estate/estate-reader.ts";
import type { AwsError } from "../../../src/model/aws/errors/aws-error.ts";
import {
  accountOf as simulatedAccount,
  addAccessKey,
  addFunction,
  addRole,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { sweep } from "../../support/installation/sweep.ts";
import { ACCOUNT, accountOf, allow, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

const FUNCTIONS = 120;
const IMAGE = { PackageType: "Image", Code: { ImageUri: `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/a:1` } };

let world: AwsWorld;
afterEach(() => world.stop());

describe("an estate of 120 functions", () => {
  test("is read with the calls that the cost of coverage counts, and has tags, versions, aliases and policies", async () => {
    world = await startAwsWorld(seedEstate);
    await publish("f-007");
    const before = world.reads();

    const progress: (readonly [number, number])[] = [];

    const estate = await known(({ functions: { done, total } }) => progress.push([done, total]));

    expect(callsSince(before)).toEqual({
      "iam:GetAccountAuthorizationDetails": 1,
      "iam:GetAccountSummary": 1,
      "iam:ListRoles": 1,
      "lambda:GetPolicy": FUNCTIONS + 1,
      "lambda:ListAliases": FUNCTIONS,
      "lambda:ListEventSourceMappings": FUNCTIONS,
      "lambda:ListFunctionEventInvokeConfigs": FUNCTIONS,
      "lambda:ListFunctions": 3,
      "tag:GetResources": 2,
    });
    expect(estate.roleQuota).toMatchObject({ kind: "known", value: { existing: 4, quota: 1_000 } });
    expect(estate.functions.map(({ name }) => name)).toEqual(names().sort());
    const seven = functionNamed(estate, "f-007");
    expect(seven).toMatchObject({
      code: { kind: "known", value: { kind: "zip", runtime: "nodejs24.x" } },
      tags: {
        kind: "known",
        value: [
          { key: "stage", value: "prod" },
          { key: "team", value: "orders" },
        ],
      },
      versions: { kind: "known", value: [{ version: "1" }] },
      aliases: { kind: "known", value: [{ name: "live", versions: ["1"] }] },
    });
    expect([...seven.policies]).toMatchObject([
      ["", { kind: "known", value: null }],
      ["live", { kind: "known", value: { text: expect.stringContaining("InvokeFunction") } }],
    ]);
    expect(functionNamed(estate, "f-000")).toMatchObject({
      tags: { kind: "known", value: [] },
      code: { kind: "known", value: { kind: "container-image" } },
    });
    expect(roleOfFunction(estate, seven)).toMatchObject({ kind: "present", value: { name: "shared" } });
    expect(roleUsers(estate).get(seven.roleArn)).toHaveLength(FUNCTIONS);
    expect(progress.at(-1)).toEqual([FUNCTIONS, FUNCTIONS]);
    expect(JSON.stringify(estate.functions)).not.toMatch(/hunter2|PASSWORD/);
  });
});

describe("a denied call leaves out its own part alone", () => {
  test.each([
    { action: "tag:GetResources", part: "tags" },
    { action: "lambda:ListAliases", part: "aliases" },
    { action: "lambda:ListFunctionEventInvokeConfigs", part: "triggers" },
  ] as const)("$action", async ({ action, part }) => {
    world = await startAwsWorld((state) => seedDenied(state, action));

    const estate = await known();

    const seven = functionNamed(estate, "f-007");
    const parts = ["tags", "aliases", "triggers", "versions", "code"] as const;
    expect(parts.filter((name) => seven[name].kind === "unknown")).toEqual([part]);
    expect(seven[part]).toMatchObject({ kind: "unknown", call: action, why: "denied" });
    expect(seven[part]).toHaveProperty("reason", expect.stringContaining("AccessDenied"));
  });

  test("lambda:GetPolicy: each policy is unknown, never absent", async () => {
    world = await startAwsWorld((state) => seedDenied(state, "lambda:GetPolicy"));

    const { policies } = functionNamed(await known(), "f-007");

    expect([...policies]).toMatchObject([["", { kind: "unknown", call: "lambda:GetPolicy", why: "denied" }]]);
  });

  test("iam:ListRoles: no role is known to be absent", async () => {
    world = await startAwsWorld((state) => seedDenied(state, "iam:ListRoles"));

    const estate = await known();

    expect(estate.iam).toMatchObject({ kind: "unknown", call: "iam:ListRoles", why: "denied" });
    expect(roleOfFunction(estate, functionNamed(estate, "f-007")).kind).toBe("unknown");
  });

  test("iam:GetAccountSummary: the quota for roles is unknown", async () => {
    world = await startAwsWorld((state) => seedDenied(state, "iam:GetAccountSummary"));

    const { roleQuota, iam } = await known();

    expect(roleQuota).toMatchObject({ kind: "unknown", call: "iam:GetAccountSummary", why: "denied" });
    expect(iam.kind).toBe("known");
  });

  test("lambda:ListFunctions: there is no estate", async () => {
    world = await startAwsWorld((state) => seedDenied(state, "lambda:ListFunctions"));

    expect(await read()).toMatchObject({ kind: "unknown", call: "lambda:ListFunctions", why: "denied" });
  });
});

test("an observer that cannot be assumed is an error, and no estate; the tags alone are unknown", async () => {
  world = await startAwsWorld(seedSmall);
  const account = accountOf({ observer: { ...world.account.observer, externalId: "other" } });
  const place = { account, region: REGION, pass: "p1" };

  const estate = await world.aws.estates.read(
    { ...place, ofAccount: null, progress: () => undefined },
    never(),
  );

  expect(estate).toMatchObject({
    kind: "err",
    error: { facts: { code: "AccessDenied" } satisfies Partial<AwsError["facts"]> },
  });
  expect(await world.aws.estates.functionTags(place, never())).toMatchObject({
    kind: "unknown",
    call: "sts:AssumeRole",
    why: "denied",
  });
});

test.each(["UnrecognizedClientException", "AccessDeniedException", "InvalidSignatureException"])(
  "tags that AWS refuses with %s stop no other read",
  async (code) => {
    world = await startAwsWorld(seedSmall);
    world.simulator.addFault({
      operation: "GetResources",
      kind: { kind: "error", code, message: "refused", status: 400 },
    });

    const estate = await known();
    const live = await sweep(world, { functions: [] });

    expect(functionNamed(estate, "f-007").tags).toMatchObject({ kind: "unknown", call: "tag:GetResources" });
    expect(live.regions.get(REGION)).toMatchObject({ kind: "read", complete: true });
  },
);

describe("the roles that another region of the account had", () => {
  const IAM = ["iam:GetAccountAuthorizationDetails", "iam:GetAccountSummary", "iam:ListRoles"];

  test.each<{
    readonly because: string;
    readonly had: (first: Estate) => AccountParts;
    readonly calls: readonly string[];
  }>([
    { because: "are not read again", had: (first) => first, calls: [] },
    {
      because: "are read again if they lack the role of a function, which may be newer",
      had: ({ roleQuota }) => ({
        roleQuota,
        iam: { kind: "known", value: { roles: new Map(), policies: new Map(), awsManaged: new Map() } },
      }),
      calls: IAM,
    },
    {
      because: "are read again if they could not be read",
      had: ({ roleQuota }) => ({ roleQuota, iam: notCalled("iam:ListRoles") }),
      calls: IAM,
    },
  ])("$because", async ({ had, calls }) => {
    world = await startAwsWorld(seedSmall);
    const first = await known();
    const before = world.reads();

    const second = await read(undefined, had(first));

    expect(Object.keys(callsSince(before)).filter((call) => call.startsWith("iam:"))).toEqual(calls);
    expect(second).toMatchObject({ kind: "known", value: { iam: first.iam, roleQuota: first.roleQuota } });
  });
});

function seedEstate(state: WorldState): void {
  seedFunctions(state, names());
}

function seedFunctions(state: WorldState, all: readonly string[]): void {
  addRole(state, { accountId: ACCOUNT, name: "shared", inline: { main: allow("s3:Get*") } });
  for (const name of all)
    addFunction(state, {
      accountId: ACCOUNT,
      region: REGION,
      name,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/shared`,
      ...(name !== "f-000" && { tags: { team: "orders", stage: "prod" } }),
      configuration: {
        Environment: { Variables: { PASSWORD: "hunter2" } },
        ...(name === "f-000" && { ...IMAGE, Runtime: undefined, Handler: undefined }),
      },
    });
}

function seedSmall(state: WorldState): void {
  seedFunctions(state, ["f-000", "f-007"]);
}

function seedDenied(state: WorldState, action: string): void {
  seedSmall(state);
  simulatedAccount(state, ACCOUNT).denials = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Action: action, Resource: "*" }],
  });
}

function names(): string[] {
  return Array.from({ length: FUNCTIONS }, (_, index) => `f-${String(index).padStart(3, "0")}`);
}

async function read(
  progress: EstateRequest["progress"] = () => undefined,
  ofAccount: AccountParts | null = null,
): Promise<EstatePart<Estate>> {
  const { aws, account } = world;
  return orThrow(
    await aws.estates.read({ account, region: REGION, pass: "p1", ofAccount, progress }, never()),
  );
}

async function known(progress?: EstateRequest["progress"]): Promise<Estate> {
  const found = await read(progress);
  if (found.kind === "unknown") throw new Error(found.reason);
  return found.value;
}

function functionNamed(estate: Estate, name: string): EstateFunction {
  const found = estate.functions.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
}

function callsSince(before: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(world.reads())
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

/** Publishes version 1 behind the alias `live`, which another account may call. */
async function publish(name: string): Promise<void> {
  const key = addAccessKey(world.world, {
    accountId: ACCOUNT,
    principalArn: `arn:aws:iam::${ACCOUNT}:user/ann`,
  });
  const lambda = new LambdaClient({
    region: REGION,
    endpoint: world.simulator.endpoint,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  });
  try {
    await lambda.send(new PublishVersionCommand({ FunctionName: name }));
    await lambda.send(new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }));
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        Qualifier: "live",
        StatementId: "other",
        Action: "lambda:InvokeFunction",
        Principal: "444455556666",
      }),
    );
  } finally {
    lambda.destroy();
  }
}
