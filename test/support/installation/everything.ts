import {
  AttachRolePolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagPolicyCommand,
  TagRoleCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AddPermissionCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { Files } from "../../../demo/manifests.ts";
import { accountOf, addRole, type WorldState } from "../../../src/simulator/world.ts";
import { Queue } from "../../../src/aws/queue/queue.ts";
import { Clients, PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { parseQueueUrl } from "../../../src/model/aws/queue-url.ts";
import { PROCESS } from "../network/process.ts";
import type { CallRecord } from "../../../src/simulator/calls.ts";
import { BASE_ACCOUNT } from "../../../src/simulator/seed.ts";
import { addQueue } from "../../../src/simulator/sqs/state.ts";
import { beforeBootstrap, bootstrapAccount, bootstrapSets, FUNCTION_KEY } from "./bootstrapped.ts";
import { BOUNDARY, CALLED_BY_TOPIC, estate, functions, PROD, roleNameOf, WRITE_ORDERS } from "./estate.ts";
import { ACCOUNT_SETS, MEMBER, seedOrganization } from "./organization.ts";
import { openAws } from "./compose.ts";
import { Installation } from "./installation.ts";
import { accountText } from "../manifests.ts";
import { TestClock } from "../fakes/test-clock.ts";
import { MemoryTelemetry } from "../fakes/memory-telemetry.ts";
import { observedAccount } from "../../../src/model/aws/found-account.ts";
import { parseAccountId } from "../../../src/model/aws/ids.ts";
import { orThrow } from "../../../src/model/values/result.ts";

const REGION = "eu-west-1";
const QUEUE_NAME = "pushes";
/** The queue of pushes in the world that `liveThroughEverything` seeds. */
export const PUSH_QUEUE = `arn:aws:sqs:${REGION}:${BASE_ACCOUNT}:${QUEUE_NAME}`;
const HOUR_MS = 3_600_000;
const ELSEWHERE = `arn:aws:iam::${PROD}:role/elsewhere`;
const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const SHARED = `arn:aws:iam::${PROD}:policy/grantkeeper/gk_platform_shared`;

const ACCOUNT = accountText(
  "prod",
  PROD,
  `  functionRole: manage
  binder: {role: "arn:aws:iam::${PROD}:role/grantkeeper-system/binder", externalId: gk-test}
  callerAccounts: ["444455556666"]
`,
);
/** Its alias keeps the role in use: it stays. */
const STAYING_SPEC = `${WRITE_ORDERS}  invokedBy:
    - {account: {id: "444455556666"}, qualifier: live}
    - {account: {id: "444455556666", roles: [billing/runner]}, qualifier: live}
`;
const STAYING = {
  ...functions(["b"], STAYING_SPEC),
  ...functions(
    ["c"],
    `  grants:
    - sns: {topic: "\${stack.shared.TopicName}", allow: [publish]}
    - sqs: {queue: "\${ssm./shared/queue}", allow: [send]}
`,
  ),
};
const MANAGED = `  grants:
    - dynamodb: {table: orders, allow: [read, write]}
    - kms: {key: "${FUNCTION_KEY}", allow: [decrypt]}
${CALLED_BY_TOPIC}  functionRole: manage
  deletionPolicy: delete
  managedPolicies: [platform/shared, "${BASIC}"]
`;

/** Each wider than the one before. */
function shared(version: number): Files {
  const grants = Array.from({ length: version }, (_, table) => {
    return `    - dynamodb: {table: "arn:aws:dynamodb:eu-west-1:${PROD}:table/t-${table}", allow: [read]}\n`;
  });
  const text = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: shared}
spec:
  deletionPolicy: delete
  grants:
${grants.join("")}`;
  return { "platform/shared.yaml": text };
}

function filesWith(spec: string, policy: Files): Files {
  const boundary = BOUNDARY.replace('"sqs:*"', '"sqs:*", "kms:Decrypt"');
  const platform = { "platform/boundary.yaml": boundary, ...ACCOUNT_SETS };
  const files = { ...platform, ...policy, ...STAYING, ...functions(["a"], spec) };
  return estate(files, ACCOUNT);
}

export interface Everything {
  readonly start: WorldState;
  readonly calls: readonly CallRecord[];
}

/** What the function `c` names. */
function seedShared(world: WorldState): void {
  const account = accountOf(world, PROD);
  const id = `arn:aws:cloudformation:${REGION}:${PROD}:stack/shared/1`;
  const stack = { name: "shared", id, resources: [], outputs: { TopicName: "placed" } };
  account.stacks = { [REGION]: { shared: stack } };
  account.parameters = { [REGION]: { "/shared/queue": { type: "String", value: "orders" } } };
}

/**
 * An entire life of one function and one policy in a simulated AWS, with the roles that `bootstrap roles` prints: every
 * write that Grantkeeper knows happens in it.
 */
export async function liveThroughEverything(): Promise<Everything> {
  const clock = new TestClock();
  const worlds: WorldState[] = [];
  const installation = await Installation.start({
    files: filesWith(MANAGED, shared(1)),
    withinMs: 120_000,
    clock,
    seed: (estate) => {
      addRole(estate.world, { accountId: PROD, name: "elsewhere" });
      encryptEnvironment(estate.world, "a");
      beforeBootstrap(estate, PROD);
      seedOrganization(estate.world);
      seedShared(estate.world);
      addQueue(accountOf(estate.world, BASE_ACCOUNT), REGION, QUEUE_NAME);
    },
    aws: async ({ simulator, estate }) => {
      await bootstrapSets({ simulator, estate });
      worlds.push(await bootstrapAccount({ simulator, estate }, PROD));
      return { endpoint: simulator.endpoint, accessKey: estate.base, close: () => simulator.close() };
    },
  });
  try {
    await installation.converge();
    await installation.until("the organizations are read", async () =>
      (await installation.overview()).accountSets.every(({ readAtMs }) => readAtMs !== null),
    );
    await changeInGit(installation);
    await changeByHand(installation);
    await leaveGit(installation, clock);
    await examineServiceControl(installation, clock);
    await readAccess(installation);
    await readPushes(installation);
    const [start] = worlds;
    if (start === undefined) throw new Error("no world was seeded");
    return { start, calls: installation.simulator.calls() };
  } finally {
    await installation.stop();
  }
}

/** A customer managed key encrypts the environment of the function. */
function encryptEnvironment(world: WorldState, name: string): void {
  const versions = world.accounts[PROD]?.lambda["eu-west-1"]?.functions[name]?.versions;
  const latest = versions?.["$LATEST"];
  if (versions === undefined || latest === undefined) throw new Error(`there is no function ${name}`);
  versions["$LATEST"] = { ...latest, KMSKeyArn: FUNCTION_KEY };
}

/** More versions of the policy than AWS keeps, so that old ones have to go; then settings and tags. */
async function changeInGit(installation: Installation): Promise<void> {
  for (const version of [2, 3, 4, 5, 6]) await installation.converge(filesWith(MANAGED, shared(version)));
  const settings = `${MANAGED}  role: {description: changed, tags: {cost-center: "1"}}\n`;
  await installation.converge(filesWith(settings, shared(6)));
}

/** Each repaired before the next. */
async function changeByHand(installation: Installation): Promise<void> {
  const { iam, lambda } = installation.consoleOf(PROD);
  const RoleName = roleNameOf("a");
  const document = (statement: object): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const extra = document({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" });
  const trust = document({
    Effect: "Allow",
    Principal: { Service: "ec2.amazonaws.com" },
    Action: "sts:AssumeRole",
  });
  const ownership = ["grantkeeper.dev/owner"];
  const open = { FunctionName: "a", StatementId: "x", Action: "lambda:InvokeFunction", Principal: "*" };
  const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
  const Tags = [{ Key: "hand", Value: "made" }];
  const deeds: readonly (() => Promise<unknown>)[] = [
    () => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: administrator })),
    () => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "x", PolicyDocument: extra })),
    () => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust })),
    () => iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName })),
    () => iam.send(new UntagRoleCommand({ RoleName, TagKeys: ownership })),
    () => iam.send(new TagRoleCommand({ RoleName, Tags })),
    () => iam.send(new UntagPolicyCommand({ PolicyArn: SHARED, TagKeys: ownership })),
    () => iam.send(new TagPolicyCommand({ PolicyArn: SHARED, Tags })),
    // Tags of a policy are read when it is first seen.
    () => installation.restart(),
    () => lambda.send(new AddPermissionCommand(open)),
    () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "a", Role: ELSEWHERE })),
  ];
  for (const deed of deeds) {
    await deed();
    await installation.settled();
    await installation.approveAll();
    await installation.settled();
  }
}

/** As `doctor` does, of an account that a set found. */
async function examineServiceControl({ simulator, estate }: Installation, clock: TestClock): Promise<void> {
  const { desired, base: accessKey } = estate;
  const [set] = desired.accountSets;
  const id = parseAccountId(MEMBER);
  if (set === undefined || id === undefined) throw new Error("the estate has no account set");
  const aws = openAws({ endpoint: simulator.endpoint, accessKey, clock, telemetry: new MemoryTelemetry() });
  const accounts = [observedAccount(set, { id, name: "" })];
  const found = await aws.serviceControl({ accounts, desired, baseRole: null }, new AbortController().signal);
  aws.close();
  if (found.get(id)?.[0]?.outcome !== "passed") throw new Error(JSON.stringify([...found]));
}

/** As `suggest --last-accessed` does. */
async function readAccess({ simulator, estate }: Installation): Promise<void> {
  const { desired, base: accessKey } = estate;
  const id = parseAccountId(PROD);
  const account = id === undefined ? undefined : desired.accounts.get(id);
  if (account === undefined) throw new Error("the estate has no account");
  const clock = new TestClock();
  const aws = openAws({ endpoint: simulator.endpoint, accessKey, clock, telemetry: new MemoryTelemetry() });
  const reading = aws.estates.roleAccess(
    { account, pass: "suggest", roleArns: [ELSEWHERE] },
    new AbortController().signal,
  );
  const found = orThrow(await reading).get(ELSEWHERE);
  aws.close();
  if (found?.kind !== "known") throw new Error(JSON.stringify(found));
}

/** As the process does with `codecommit.queueUrl`, and `doctor`. */
async function readPushes({ simulator, estate }: Installation): Promise<void> {
  const address = parseQueueUrl(`https://sqs.${REGION}.amazonaws.com/${BASE_ACCOUNT}/${QUEUE_NAME}`);
  if (address.kind === "err") throw new Error(address.error);
  const clients = new Clients({
    ...PROCESS,
    network: { ...PUBLIC_AWS, simulator: simulator.endpoint },
    baseCredentials: { accessKeyId: estate.base.id, secretAccessKey: estate.base.secret },
    fetchTimeoutMs: 5_000,
  });
  const queue = new Queue(address.value, clients);
  const { signal } = new AbortController();
  await queue.state(signal);
  await queue.receive(signal);
  await queue.remove([{ receipt: "cmVjZWlwdA==" }], signal);
  clients.close();
}

async function leaveGit(installation: Installation, clock: TestClock): Promise<void> {
  const { lambda } = installation.consoleOf(PROD);
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "a", Role: ELSEWHERE }));
  await installation.push(estate(STAYING, ACCOUNT));
  for (let sweep = 0; sweep < 7; sweep += 1) {
    await installation.settled();
    await installation.approveAll();
    await installation.settled();
    clock.advance(2 * HOUR_MS);
  }
  const released = functions(["b"], `${STAYING_SPEC}  mode: release\n`);
  await installation.converge(estate(released, ACCOUNT));
}
