import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import { portNear } from "../../demo/ports.ts";
import { grantkeeper, startController, type ControllerProcess } from "../../demo/program.ts";
import { until } from "../../demo/wait.ts";
import type { UndoResult } from "../../src/cli/adopt/undo-wait.ts";
import type { Moment } from "../../src/simulator/watchers.ts";
import { addRole } from "../../src/simulator/world.ts";
import { INSTANCE } from "../support/installation/compose.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import {
  addLegacyRole,
  aDayLater,
  LEGACY_LISTED,
  LEGACY_SPEC,
  legacyRole,
} from "../support/installation/legacy-role.ts";
import { accountText } from "../support/manifests.ts";
import { allows } from "../support/policies/evaluator.ts";

const TEST_MS = 300_000;
const FORMER = `arn:aws:iam::${PROD}:role/orders-shared`;
const BOUNDARY_ARN = `arn:aws:iam::${PROD}:policy/grantkeeper-boundary/platform-default`;
const IN_PLACE = keyOf("a");
const ACCOUNT = accountText(
  "prod",
  PROD,
  `${LEGACY_LISTED}  functionRole: manage
  binder: {role: "arn:aws:iam::${PROD}:role/grantkeeper-system/binder", externalId: gk-test}
`,
);
/** Function a was taken over in place, b was switched, and c was never adopted. */
const FILES: Files = estate(
  {
    ...functions(["a"], LEGACY_SPEC),
    ...functions(["b"], `${READ_ORDERS}  functionRole: manage\n`),
    ...functions(["c"], READ_ORDERS),
  },
  ACCOUNT,
);

let installation: Installation;
let folder = "";
let controller: ControllerProcess | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undo-kill-"));
  installation = await Installation.start({
    files: FILES,
    seed: (world) => {
      addLegacyRole(world, { files: FILES, key: IN_PLACE, boundaryArn: BOUNDARY_ARN });
      addRole(world.world, { accountId: PROD, name: "orders-shared" });
      Object.assign(latestOf(world, "b"), { Role: FORMER });
    },
  });
}, TEST_MS);
afterEach(async () => {
  await controller?.stop();
  await installation.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

function latestOf({ world }: Pick<Installation, "world">, name: string): Readonly<Record<string, unknown>> {
  const latest = world.accounts[PROD]?.lambda["eu-west-1"]?.functions[name]?.versions["$LATEST"];
  if (latest === undefined) throw new Error(`there is no function ${name}`);
  return latest;
}

async function adopted(): Promise<void> {
  await installation.converge();
  await aDayLater(installation, IN_PLACE);
  await installation.approveAll();
  await installation.settled();
  await installation.approveAll();
  await installation.settled();
  await installation.look();
}

/** The real program on the state that the controller of this process left. */
async function programFile(): Promise<string> {
  const file = join(folder, "grantkeeper.yaml");
  const port = await portNear(0);
  writeFileSync(
    file,
    `instance: ${INSTANCE}
stateDir: ${installation.stateDir}
mode: enforce
sources: [{name: main, git: {url: "${installation.repository.bare}", branch: main}, interval: 1h}]
sweep: 1h
http: {listen: "127.0.0.1:${port}"}
aws: {endpoint: "${installation.simulator.endpoint}", simulator: true, propagationWait: 0s, deleteQuiet: 0s, revert: {other: 0s}}
`,
  );
  return file;
}

function start(file: string): ControllerProcess {
  const { id, secret } = installation.estate.base;
  return startController(file, join(folder, "log"), { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
}

const isWrite = ({ service, operation, principalArn }: Moment): boolean =>
  service !== "sts" && principalArn.includes(":assumed-role/") && !/^(Describe|Get|List)/.test(operation);

/** What both states allow, as IAM would answer now. */
function lost(): readonly string[] {
  const { inline, boundaryArn } = legacyRole(installation);
  const { versions } = installation.world.accounts[PROD]?.iam.policies[BOUNDARY_ARN] ?? { versions: [] };
  const role = {
    documents: Object.values<string>(inline),
    boundary: boundaryArn === undefined ? null : (versions[0]?.document ?? null),
  };
  const table = `arn:aws:dynamodb:eu-west-1:${PROD}:table/orders`;
  const logs = `arn:aws:logs:eu-west-1:${PROD}:log-group:/aws/lambda/a:log-stream:x`;
  return [
    { action: "dynamodb:GetItem", resource: table },
    { action: "dynamodb:Query", resource: table },
    { action: "logs:PutLogEvents", resource: logs },
  ].flatMap((request) => (allows(role, request) ? [] : [request.action]));
}

test(
  "an undo of a namespace ends, with nothing lost at any moment, though the controller is killed before its first and after each write",
  async () => {
    const bytes = JSON.stringify(legacyRole(installation));
    await adopted();
    await installation.stopController();
    const file = await programFile();
    const cli = (...args: readonly string[]) =>
      grantkeeper(["adopt", "orders/", "--undo", "--config", file, "-o", "json", ...args], folder);
    controller = start(file);
    const plan = await until(
      "the plan of both",
      async () => {
        const { out } = await cli();
        const shown = out === "" ? null : JSON.parse(out);
        return shown?.status?.functions?.filter((one: { state: string }) => one.state === "planned")
          .length === 2
          ? shown
          : undefined;
      },
      { withinMs: 60_000, everyMs: 1_000 },
    );
    const shown = plan.status as { subject: string; functions: { key: string; state: string }[] };
    const late = await cli("--yes", shown.subject.slice(0, 20), "--reason", "INC-1");
    const missing: string[] = [];
    const writes: string[] = [];
    const deaths: string[] = [];
    let isDying = false;
    const unwatch = installation.simulator.watch((moment) => {
      if (!isWrite(moment)) return "go-on";
      missing.push(...lost());
      if (isDying) return "drop";
      if (moment.when === "after") writes.push(moment.operation);
      const death = `${moment.when} write ${writes.length + (moment.when === "before" ? 1 : 0)}`;
      // A start of the program takes long, so that not each write is killed on both sides.
      if (deaths.includes(death) || (moment.when === "before" && writes.length > 0)) return "go-on";
      deaths.push(death);
      isDying = true;
      controller?.child.kill("SIGKILL");
      return "drop";
    });
    const result = cli("--yes", shown.subject, "--reason", "INC-1", "--timeout", "4m");
    const answered = result.then(() => "answered" as const);
    while ((await Promise.race([controller.ended, answered])) !== "answered") {
      isDying = false;
      controller = start(file);
    }
    const { code, out, err } = await result;
    unwatch();

    expect([late.code, late.err]).toEqual([1, expect.stringContaining("not a complete digest")]);
    expect(shown.functions.map(({ state }) => state)).toEqual(["planned", "planned", "refused"]);
    expect([
      code,
      code === 0 ? "" : `${err}\n${(await readFile(join(folder, "log"), "utf8")).slice(-1_000)}`,
    ]).toEqual([0, ""]);
    expect((JSON.parse(out) as UndoResult).functions.map(({ key, undo }) => [key, undo?.state])).toEqual([
      [IN_PLACE, "done"],
      [keyOf("b"), "done"],
    ]);
    expect(missing).toEqual([]);
    expect(JSON.stringify(legacyRole(installation))).toBe(bytes);
    expect(latestOf(installation, "b")["Role"]).toBe(FORMER);
    expect(deaths).toHaveLength(7);
    // No call is made twice, and none is missing.
    expect([...writes].sort()).toEqual([
      "DeleteRolePolicy",
      "PutRolePolicy",
      "PutRolePolicy",
      "UntagRole",
      "UpdateFunctionConfiguration",
      "UpdateRole",
    ]);
  },
  TEST_MS,
);
