import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { desiredOf, type Files } from "../../demo/manifests.ts";
import type { AuditEntry } from "../../src/audit/entry.ts";
import type { Clock } from "../../src/controller/ports/clock.ts";
import { compiledText } from "../../src/diff/documents/compiled-texts.ts";
import { keyParts } from "../../src/model/keys/key.ts";
import { addRole } from "../../src/simulator/world.ts";
import { CLOCK, INSTANCE } from "../support/installation/compose.ts";
import {
  BOUNDARY,
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  type Estate,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText } from "../support/manifests.ts";
import { allKeys } from "../support/record/all-keys.ts";

const HOUR_MS = 3_600_000;
const NAMES = ["a", "b", "c"];
const ACCOUNT = accountText(
  "prod",
  PROD,
  `  functionRole: manage
  binder: {role: "arn:aws:iam::${PROD}:role/grantkeeper-system/binder", externalId: gk-test}
`,
);
const filesIn = (mode: string): Files => ({
  ...estate(functions(NAMES, `${READ_ORDERS}  functionRole: manage\n  mode: ${mode}\n`), ACCOUNT),
  // A narrower boundary would be a difference: it also limits what policies of resources grant to the role.
  "platform/boundary.yaml": BOUNDARY.replace(/Action: .*/, 'Action: "*"'),
});

let offsetMs = 0;
const clock: Clock = { ...CLOCK, nowMs: () => CLOCK.nowMs() + offsetMs };

let installation: Installation;
beforeEach(async () => {
  offsetMs = 0;
  installation = await Installation.start({
    files: filesIn("observe"),
    worldOf: filesIn("enforce"),
    seed: setOldRoles,
    clock,
    waveIntervalMs: 2 * HOUR_MS,
  });
});
afterEach(() => installation.stop());

/** Each function runs on a role that another tool made, with exactly the permissions that Git declares. */
function setOldRoles({ world }: Estate): void {
  const { bindings } = desiredOf(filesIn("enforce"), INSTANCE);
  for (const name of NAMES) {
    const binding = bindings.get(keyOf(name));
    const latest = versionOf(world, name);
    addRole(world, {
      accountId: PROD,
      name: `old-${name}`,
      inline: { app: compiledText(binding?.role.inline ?? { statements: [] }) ?? "" },
    });
    Object.assign(latest, { Role: oldRole(name) });
  }
}

function versionOf(world: Estate["world"], name: string): Readonly<Record<string, unknown>> {
  const latest = world.accounts[PROD]?.lambda["eu-west-1"]?.functions[name]?.versions["$LATEST"];
  if (latest === undefined) throw new Error(`there is no function ${name}`);
  return latest;
}

const oldRole = (name: string): string => `arn:aws:iam::${PROD}:role/old-${name}`;
const switched = (): readonly string[] =>
  NAMES.filter((name) => versionOf(installation.world, name)["Role"] !== oldRole(name));
const isSwitch = ({ operation }: { readonly operation: string }): boolean =>
  operation.startsWith("UpdateFunctionConfiguration");
const stages = async () => {
  const found = new Map((await allKeys(installation.store)).map(({ key, status }) => [key, status]));
  return NAMES.map((name) => found.get(keyOf(name))?.adoption?.state);
};
const wave = async () => (await installation.holds()).find(({ code }) => code === "wave");
async function approveWave(): Promise<void> {
  const subject = (await wave())?.subject ?? "none";
  const approved = await installation.control.approve({ subject, reason: "test", forMs: HOUR_MS }, "dana");
  if (approved.kind === "err") throw new Error(approved.error.message);
}

/** With one sweep in each. */
async function hours(count: number): Promise<void> {
  for (let hour = 0; hour < count; hour += 1) {
    offsetMs += HOUR_MS;
    await installation.look();
  }
}

/** The controller ends after that switch took effect, and before it has the answer. */
async function killAtSwitch(number: number): Promise<void> {
  let seen = 0;
  const ends: Promise<void>[] = [];
  const unwatch = installation.simulator.watch((moment) => {
    if (ends.length > 0) return "drop";
    if (!isSwitch(moment) || moment.when === "before") return "go-on";
    seen += 1;
    if (seen < number) return "go-on";
    ends.push(installation.stopController());
    return "drop";
  });
  await approveWave();
  await installation.until("the controller is killed", () => ends.length > 0);
  await Promise.all(ends);
  unwatch();
  installation.startController();
}

test("proven functions move in two waves to their declared roles, with a kill in the second one, until all are enforced and one is released", async () => {
  await installation.settled();
  const observed = await stages();
  offsetMs += 25 * HOUR_MS;
  await installation.look();
  const proven = [await stages(), installation.writes()];
  await installation.push(filesIn("enforce"));
  await installation.settled();
  await installation.approveAll();
  await installation.settled();
  const adopted = [await stages(), switched()];
  // The first function that is ready.
  const [moved = keyOf("none"), ...others] = (await wave())?.keys ?? [];
  await approveWave();
  await installation.settled();
  const afterFirst = [switched(), await wave()];
  await hours(3);
  const second = await wave();
  await killAtSwitch(1);
  const killed = switched().length;
  await installation.settled();
  const afterSecond = switched();
  await hours(1);
  const enforced = await stages();
  const switches = installation.writes().filter((call) => isSwitch(call) && call.effective).length;
  const waves = (await installation.entries()).filter(({ kind }) => kind === "wave-changed");
  const history = await installation.control.history({
    key: moved,
    namespace: null,
    before: null,
    limit: 500,
  });
  await installation.converge({
    ...filesIn("enforce"),
    ...functions(["a"], `${READ_ORDERS}  functionRole: manage\n  mode: release\n`),
  });

  expect(observed).toEqual(NAMES.map(() => "observed"));
  expect(proven).toEqual([NAMES.map(() => "proven"), []]);
  expect(adopted).toEqual([NAMES.map(() => "adopted"), []]);
  expect(others).toEqual([]);
  expect(afterFirst).toEqual([[keyParts(moved).name], undefined]);
  expect(second?.keys).toEqual(NAMES.map((name) => keyOf(name)).filter((key) => key !== moved));
  expect(killed).toBe(2);
  expect(afterSecond).toEqual(NAMES);
  expect(enforced).toEqual(NAMES.map(() => "enforced"));
  // The kill repeats no switch and loses none.
  expect(switches).toBe(NAMES.length);
  expect(waves.map(stepOf)).toEqual([
    [1, "opened"],
    [1, "approved"],
    [1, "switched"],
    [1, "ended"],
    [2, "opened"],
    [2, "approved"],
    [2, "switched"],
  ]);
  expect(history.entries.filter(({ kind }) => kind === "wave-changed").map(stepOf)).toEqual([
    [1, "ended"],
    [1, "switched"],
    [1, "approved"],
    [1, "opened"],
  ]);
  expect(installation.world.accounts[PROD]?.iam.roles["a-eu-west-1"]?.tags).toEqual([]);
  expect(switched()).toEqual(NAMES);
}, 240_000);

function stepOf(entry: AuditEntry): readonly unknown[] {
  return entry.kind === "wave-changed" ? [entry.number, entry.to] : [];
}
