import { AttachRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Files } from "../../../demo/manifests.ts";
import { addRole, type WorldState } from "../../../src/simulator/world.ts";
import { parseRegion } from "../../../src/model/aws/ids.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { openAws } from "./compose.ts";
import { TestClock } from "../fakes/test-clock.ts";
import { MemoryTelemetry } from "../fakes/memory-telemetry.ts";
import { accountText } from "../manifests.ts";
import { beforeBootstrap, bootstrapAccount, formerRolesSetup } from "./bootstrapped.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS } from "./estate.ts";
import type { Everything } from "./everything.ts";
import { Installation } from "./installation.ts";
import { addLegacyRole, aDayLater, LEGACY_LISTED, LEGACY_SPEC } from "./legacy-role.ts";

const FORMER = `arn:aws:iam::${PROD}:role/orders-shared`;
const DECLARED = `arn:aws:iam::${PROD}:role/grantkeeper/b-eu-west-1`;
const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const BINDER = `  functionRole: manage
  binder: {role: "arn:aws:iam::${PROD}:role/grantkeeper-system/binder", externalId: gk-test}
`;
const ACCOUNT = accountText("prod", PROD, `${LEGACY_LISTED}${BINDER}`);
const [ADOPTED_IN_PLACE, SWITCHED] = [keyOf("a"), keyOf("b")];
const DAY_MS = 86_400_000;

function filesWith(spec: string): Files {
  const switched = functions(["b"], `${READ_ORDERS}  functionRole: manage\n`);
  return estate({ ...functions(["a"], spec), ...switched }, ACCOUNT);
}

/**
 * The adoption of two functions in a simulated AWS, with the roles that `bootstrap roles` prints for it: one role is taken
 * over in place, changed and released, and one function is switched to its declared role and back.
 */
export async function liveThroughAdoption(): Promise<Everything> {
  const worlds: WorldState[] = [];
  const files = filesWith(LEGACY_SPEC);
  const installation = await Installation.start({
    files,
    withinMs: 120_000,
    seed: (found) => {
      addLegacyRole(found, { files, key: ADOPTED_IN_PLACE });
      addRole(found.world, { accountId: PROD, name: "orders-shared" });
      Object.assign(latestOfB(found.world), { Role: FORMER });
      beforeBootstrap(found, PROD);
    },
    aws: async ({ simulator, estate: found }) => {
      worlds.push(await bootstrapAccount({ simulator, estate: found }, PROD, formerRolesSetup([FORMER])));
      return { endpoint: simulator.endpoint, accessKey: found.base, close: () => simulator.close() };
    },
  });
  try {
    await switchAndBack(installation);
    await takeOver(installation);
    await change(installation);
    await readForImport(installation);
    const [start] = worlds;
    if (start === undefined) throw new Error("no world was seeded");
    return { start, calls: installation.simulator.calls() };
  } finally {
    await installation.stop();
  }
}

/** As `import` does, of a function that any rule of EventBridge may call. */
async function readForImport({ simulator, estate: { desired, base }, world }: Installation): Promise<void> {
  const account = [...desired.accounts.values()].find(({ id }) => id === PROD);
  const [region] = account?.regions ?? [];
  const found = world.accounts[PROD]?.lambda["eu-west-1"]?.functions["b"];
  if (account === undefined || region === undefined || found === undefined)
    throw new Error("there is no function b");
  const statement = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: `arn:aws:lambda:eu-west-1:${PROD}:function:b`,
    Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:events:eu-west-1:${PROD}:rule/*` } },
  };
  const document = { Version: "2012-10-17", Statement: [statement] };
  found.policies["$LATEST"] = { revisionId: "1", document };
  const aws = openAws({
    endpoint: simulator.endpoint,
    accessKey: base,
    clock: new TestClock(),
    telemetry: new MemoryTelemetry(),
  });
  const place = { account, region: parseRegion("eu-west-1") ?? region, pass: "import", ofAccount: null };
  const read = aws.estates.read({ ...place, progress: () => undefined }, new AbortController().signal);
  const estateRead = orThrow(await read);
  aws.close();
  if (estateRead.kind === "unknown" || estateRead.value.eventRules.kind === "unknown")
    throw new Error(JSON.stringify(estateRead));
}

function latestOfB(world: WorldState): Readonly<Record<string, unknown>> {
  const latest = world.accounts[PROD]?.lambda["eu-west-1"]?.functions["b"]?.versions["$LATEST"];
  if (latest === undefined) throw new Error("there is no function b");
  return latest;
}

async function switchAndBack(installation: Installation): Promise<void> {
  const role = (): unknown => latestOfB(installation.world)["Role"];
  await installation.until("the function is switched", async () => {
    await installation.approveAll();
    return role() === DECLARED;
  });
  await installation.settled();
  const found = await installation.control.undoPlans({ keys: [SWITCHED], acceptChanges: false });
  const subject = found.kind === "ok" ? found.value.subject : null;
  if (subject === null) throw new Error(JSON.stringify(found));
  const order = { keys: [SWITCHED], acceptChanges: false, subject, reason: "INC-1", forMs: DAY_MS };
  const ordered = await installation.control.orderUndo(order, "dana");
  if (ordered.kind === "err") throw new Error(ordered.error.message);
  await installation.until("the function runs on its former role", () => role() === FORMER);
}

/** One approval for the tags, and one for the policies. */
async function takeOver(installation: Installation): Promise<void> {
  await aDayLater(installation, ADOPTED_IN_PLACE);
  for (const _ of ["tags", "policies"]) {
    await installation.approveAll();
    await installation.settled();
  }
}

/** In Git and by hand; then the role is released. */
async function change(installation: Installation): Promise<void> {
  const managed = `${READ_ORDERS}  managedPolicies: ["${BASIC}"]\n`;
  const role = '  role: {name: legacy, path: /service-role/, adopt: reviewed, tags: {cost-center: "1"}}\n';
  await installation.converge(filesWith(`${managed}${role}`));
  const { iam } = installation.consoleOf(PROD);
  const Statement = [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "legacy", PolicyDocument }));
  await installation.converge();
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await iam.send(new AttachRolePolicyCommand({ RoleName: "legacy", PolicyArn }));
  await installation.converge();
  await installation.converge(filesWith(`${managed}${role}  mode: release\n`));
}
