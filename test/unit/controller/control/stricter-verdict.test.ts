import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { KeyStatus } from "../../../../src/model/status.ts";
import type { LiveRole, Reading } from "../../../../src/model/live.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { NO_ACTION_DATA } from "../../../support/pass/passes.ts";
import { profileText } from "../../../support/profiles.ts";
import { teamText } from "../../guard/fences/fenced.ts";
import { ACCOUNT, ALL, HOUR_MS, KEY, keyOf, Operator } from "./operator.ts";

const statement = (action: string, more = "") =>
  `{reason: t, statement: {Effect: Allow, Action: "${action}", Resource: "*"}${more}}`;
/** RES-001 refuses it by default. */
const OPEN = `${READ_ORDERS}  statements: [${statement("sqs:SendMessage")}]\n`;
const CHANGED = `${READ_ORDERS}  statements: [${statement("sqs:SendMessage")}, ${statement("sns:Publish")}]\n`;
const FILE = "platform/profile.yaml";
const STRICT = { [FILE]: profileText("p", "{rules: {RES-001: block}}") };
const LAX = { [FILE]: profileText("p", "{rules: {RES-001: off}}") };
const B = keyOf("b");

let fake: FakeController;
let aws: FakeAws;
let operator: Operator;

beforeEach(() => {
  fake = new FakeController();
  operator = new Operator(fake);
});

afterEach(() => fake.stop());

async function converged(files: Readonly<Record<string, string>>): Promise<void> {
  await fake.startConverged(files);
  await fake.clock.pass(2 * SWEEP_MS);
  aws = fake.cloud.account(ACCOUNT);
  aws.writes.splice(0);
}

/** The same declarations under a stricter profile. */
async function madeStricter(): Promise<void> {
  await fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...STRICT });
  await fake.clock.pass(2 * SWEEP_MS);
}

const lax = (): Promise<void> => converged({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...LAX });

async function restarted(change: Parameters<FakeController["start"]>[0] = {}): Promise<void> {
  await fake.stop();
  await fake.start(change);
  await fake.clock.pass(2 * SWEEP_MS);
}

const holds = async () => (await fake.control.overview()).holds;
const ready = (key: Key = KEY) => fake.condition(key, "Ready");
const ACCEPTED = "Unknown WaitingForFunction";
const REFUSED = "False GuardrailRefused";

async function approve(): Promise<void> {
  for (const { subject } of await holds()) await operator.approve(subject);
  await settled();
}

/** Someone removes the permissions of every role in AWS; a sweep later. */
async function stripped(): Promise<readonly Key[]> {
  const strip = (role: Reading<LiveRole>): Reading<LiveRole> =>
    role.kind === "present" ? { ...role, value: { ...role.value, inline: [] } } : role;
  aws.live = { ...aws.live, roles: new Map([...aws.live.roles].map(([name, role]) => [name, strip(role)])) };
  aws.writes.splice(0);
  await fake.clock.pass(2 * SWEEP_MS);
  return [...new Set(aws.writes.map(({ key }) => key))].sort();
}

describe("a profile that becomes stricter, for a function that is declared as it was applied", () => {
  test("is shown from the first pass as a pending change of the verdict, and refuses nothing yet", async () => {
    await lax();
    const revision = fake.source.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...STRICT });
    fake.control.fetchSoon("test", [null]);
    await settled();

    expect(await holds()).toMatchObject([
      {
        code: "verdict-changed",
        reason: `RES-001 would refuse 1 function: stricter in profile p (main@${revision.slice(10, 17)})`,
        keys: [KEY],
        actions: 0,
      },
    ]);
    expect(ready()).toBe(ACCEPTED);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "held").slice(1)).toMatchObject([
      { keys: [KEY] },
    ]);
  });

  test("is in what describe, the metric and the record of the approval show", async () => {
    await lax();
    await madeStricter();
    const { rejections, suspensions } = await fake.control.overview();
    const record = fake.store.records.get(KEY) ?? null;
    const recorded = { record, applied: record?.applied ?? null, account: null, rejections, suspensions };
    const { pending } = fake.control.permissionState(KEY, recorded);
    const counted = fake.telemetry.gauges.get("bindings prod stricter");
    await approve();
    const approval = fake.audit.log.findLast(({ kind }) => kind === "approved");

    expect(pending.map(({ reason }) => reason)).toMatchObject([
      { kind: "stricter-verdict", rules: [{ rule: "RES-001" }], rejected: null },
      { kind: "not-deployed" },
    ]);
    expect(counted).toBe(1);
    expect(approval).toMatchObject({
      covers: [{ key: KEY, calls: [], refusedBy: [expect.stringMatching(/^RES-001 \(line 7\): /)] }],
    });
  });

  test("does not end the correction of drift, also after a restart", async () => {
    await lax();
    await madeStricter();
    const before = await stripped();
    await restarted();

    expect([before, await stripped()]).toEqual([
      [KEY, B],
      [KEY, B],
    ]);
    expect(await holds()).toHaveLength(1);
  });

  test("takes effect with the approval: then only what narrows is restored, and no time or restart changes that", async () => {
    await lax();
    await madeStricter();
    await approve();
    const refused = [ready(), await holds()];
    await fake.clock.pass(2 * HOUR_MS);
    await restarted();

    expect(refused).toEqual([REFUSED, []]);
    expect([ready(), await holds()]).toEqual([REFUSED, []]);
    expect(await stripped()).toEqual([B]);
  });

  test("is rejected without any effect, and stays so", async () => {
    await lax();
    await madeStricter();
    await fake.control.reject({ subject: await operator.heldSubject(), reason: "not yet" }, "dana");
    await fake.clock.pass(2 * SWEEP_MS);

    expect((await fake.control.overview()).rejections).toHaveLength(1);
    expect([ready(), await stripped()]).toEqual([ACCEPTED, [KEY, B]]);
  });

  test("is a new incident when one of its functions no longer has it", async () => {
    await converged({ ...manifests({ a: OPEN, c: OPEN }), ...LAX });
    await fake.push({ ...manifests({ a: OPEN, c: OPEN }), ...STRICT });
    await fake.clock.pass(2 * SWEEP_MS);
    const both = await operator.heldSubject();
    await fake.push({ ...manifests({ a: OPEN, c: READ_ORDERS }), ...STRICT });
    await fake.clock.pass(2 * SWEEP_MS);
    const one = await operator.heldSubject();

    const sent = fake.recorder.alerts.flatMap((alert) =>
      alert.kind === "held" || alert.kind === "hold-ended" ? [[alert.kind, alert.subject]] : [],
    );
    expect(one).not.toBe(both);
    expect(sent.filter(([, subject]) => subject === one)).toEqual([["held", one]]);
    expect(sent.filter(([, subject]) => subject === both)).toEqual([
      ["held", both],
      ["hold-ended", both],
    ]);
  });

  test("is gone when the profile is as before", async () => {
    await lax();
    await madeStricter();
    await fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...LAX });
    await fake.clock.pass(2 * SWEEP_MS);

    expect([ready(), await holds()]).toEqual([ACCEPTED, []]);
  });

  test("does not depend on where the document is in its file", async () => {
    await lax();
    const moved = Object.fromEntries(
      Object.entries(manifests({ a: OPEN, b: READ_ORDERS })).map(([file, text]) => [
        file,
        `# moved\n${text}`,
      ]),
    );
    await fake.push({ ...moved, ...STRICT });

    expect([ready(), (await holds()).map(({ code }) => code)]).toEqual([ACCEPTED, ["verdict-changed"]]);
  });

  test("is held for each cause and rule together, and one approval leaves the others pending", async () => {
    const tagged = `${READ_ORDERS}  statements: [{reason: t, statement: {Effect: Allow, Action: "sqs:*", Resource: "arn:aws:sqs:eu-west-1:111122223333:orders"}}]\n`;
    const both = (severity: string) => ({
      [FILE]: profileText("p", `{rules: {RES-001: ${severity}, ACT-001: ${severity}}}`),
    });
    await converged({ ...manifests({ a: OPEN, b: tagged, c: OPEN }), ...both("off") });
    await fake.push({ ...manifests({ a: OPEN, b: tagged, c: OPEN }), ...both("block") });
    const found = await holds();
    const first = found.find(({ keys }) => keys.includes(KEY));
    await operator.approve(first?.subject ?? "");
    await fake.clock.pass(2 * HOUR_MS);

    expect(new Set(found.map(({ keys }) => keys.join()))).toEqual(new Set([`${KEY},${keyOf("c")}`, B]));
    expect([KEY, B, keyOf("c")].map(ready)).toEqual([REFUSED, ACCEPTED, REFUSED]);
    expect((await holds()).map(({ keys }) => keys)).toEqual([[B]]);
  });
});

test("a pending verdict names the causes of what is still pending, and since when it is pending", async () => {
  const wide = `{reason: t, statement: {Effect: Allow, Action: "sqs:*", Resource: "arn:aws:sqs:eu-west-1:111122223333:orders"}}`;
  const both = `${READ_ORDERS}  statements: [${statement("sqs:SendMessage")}, ${wide}]\n`;
  const pushed = async (resources: string, actions: string) => {
    const rules = profileText("p", `{rules: {RES-001: ${resources}, ACT-001: ${actions}}}`);
    const revision = fake.source.push({ ...manifests({ a: both }), [FILE]: rules });
    fake.control.fetchSoon("test", [null]);
    await fake.clock.pass(2 * SWEEP_MS);
    const [hold] = await holds();
    return { revision: revision.slice(10, 17), reason: hold?.reason, sinceMs: hold?.sinceMs };
  };
  const off = profileText("p", "{rules: {RES-001: off, ACT-001: off}}");
  await converged({ ...manifests({ a: both }), [FILE]: off });

  const first = await pushed("block", "off");
  const second = await pushed("block", "block");
  const third = await pushed("block", "off");

  const by = (...causes: readonly (typeof first)[]) =>
    `stricter in ${causes
      .map(({ revision }) => `profile p (main@${revision})`)
      .sort()
      .join(" and ")}`;
  expect(first.reason).toContain(by(first));
  expect(second.reason).toContain(by(first, second));
  expect(third.reason).toMatch(new RegExp(`: ${by(first).replace(/[()]/g, "\\$&")}$`));
  expect([second.sinceMs, third.sinceMs]).toEqual([first.sinceMs, first.sinceMs]);
});

describe("the new rules judge immediately", () => {
  test("a changed declaration, whose last applied state keeps its verdict until the approval", async () => {
    await lax();
    await fake.push({ ...manifests({ a: CHANGED, b: READ_ORDERS }), ...STRICT });
    await fake.clock.pass(2 * SWEEP_MS);
    const changed = [ready(), (await holds()).map(({ keys }) => keys), await stripped()];
    await approve();

    expect(changed).toEqual([REFUSED, [[KEY]], [KEY, B]]);
    expect([ready(), await stripped()]).toEqual([REFUSED, [B]]);
  });

  test("a function that is new, or has another name", async () => {
    await lax();
    await fake.push({ ...manifests({ c: OPEN, b: READ_ORDERS }), ...STRICT });

    expect(ready(keyOf("c"))).toBe(REFUSED);
    expect(aws.writes.filter(({ key }) => key === keyOf("c"))).toEqual([]);
  });

  test("a state that they refused before: another rule gives it nothing to keep", async () => {
    await lax();
    await madeStricter();
    await approve();
    const swapped = { [FILE]: profileText("p", "{rules: {RES-001: off}, requiredAnnotations: [owner]}") };
    await fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...swapped });

    expect(ready()).toBe(REFUSED);
    expect((await holds()).map(({ code, keys }) => [code, keys])).toEqual([["verdict-changed", [B]]]);
  });

  test("a function that begins to attach a policy which keeps its verdict", async () => {
    const policy = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: send}
spec:
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}]}
`;
    const attaching = `${READ_ORDERS}  managedPolicies: [send]\n`;
    const files = (b: string, profile: typeof LAX) => ({
      ...manifests({ a: attaching, b }),
      "teams/orders/send.yaml": policy,
      ...profile,
    });
    await converged(files(READ_ORDERS, LAX));
    await fake.push(files(READ_ORDERS, STRICT));
    const kept = (await holds()).map(({ reason }) => reason.replace(/ \(.*/, ""));
    await fake.push(files(attaching, STRICT));
    await fake.clock.pass(2 * SWEEP_MS);

    expect(kept).toEqual(["RES-001 would refuse 1 ManagedPolicy: stricter in profile p"]);
    expect([KEY, B].map(ready)).toEqual([ACCEPTED, REFUSED]);
    expect(aws.writes.filter(({ key }) => key === B)).toEqual([]);
  });

  test("the end of a waiver, and its removal", async () => {
    const until = new Date(fake.clock.nowMs() + 10 * SWEEP_MS).toISOString().replace(".000", "");
    const waiver = `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: w}
spec: {rule: RES-001, binding: orders/a@prod/eu-west-1, reason: migration, owner: dana, until: "${until}"}
`;
    const files = { ...manifests({ a: OPEN, b: READ_ORDERS }), "platform/waiver.yaml": waiver };
    await converged(files);
    const waived = ready();
    await fake.clock.pass(12 * SWEEP_MS);

    expect([waived, ready(), await holds()]).toEqual([ACCEPTED, REFUSED, []]);
  });

  test("a fence that becomes narrower, also together with a stricter profile", async () => {
    const team = (name: string) => ({
      "platform/teams.yaml": teamText("orders", `accounts: [prod], functions: [a, b], resources: [${name}]`),
    });
    const files = (name: string, profile: typeof LAX) => ({
      ...manifests({ a: READ_ORDERS, b: READ_ORDERS }),
      ...team(name),
      ...profile,
    });
    await converged(files("orders", LAX));
    const inside = ready();
    await fake.push(files("other", STRICT));

    expect([inside, ready(), await holds()]).toEqual([ACCEPTED, REFUSED, []]);
  });
});

describe("a new version of Grantkeeper or of its action data", () => {
  /** RES-001 has nothing against an action that takes no resource. */
  const TAKES_NONE = {
    ...NO_ACTION_DATA,
    find: (action: string) => {
      const found = NO_ACTION_DATA.find(action);
      return found === undefined ? found : { ...found, wildcardOnly: true };
    },
  };
  const NEWER = { ...NO_ACTION_DATA, snapshotDate: "2026-11-01" };

  function withoutVerdict(record: KeyRecord): KeyRecord {
    const { appliedVerdict: _, ...earlier } = record;
    return earlier;
  }

  function withReady(
    status: KeyStatus,
    change: Pick<KeyStatus["conditions"][number], "status" | "reason">,
  ): KeyStatus {
    const conditions = status.conditions.map((one) => (one.type === "Ready" ? { ...one, ...change } : one));
    return { ...status, conditions };
  }

  async function upgraded(change: (record: KeyRecord) => KeyRecord = (record) => record): Promise<void> {
    fake.actionData = TAKES_NONE;
    await converged(manifests({ a: OPEN, b: READ_ORDERS }));
    for (const [key, record] of fake.store.records) fake.store.records.set(key, change(record));
    fake.actionData = NEWER;
    await restarted({ version: "0.0.1-test" });
  }

  test("keeps the verdict of what was accepted by the earlier one", async () => {
    await upgraded();

    expect((await holds()).map(({ reason }) => reason)).toEqual([
      "RES-001 would refuse 1 function: stricter in Grantkeeper 0.0.1-test, action data of 2026-11-01",
    ]);
    expect([ready(), await stripped()]).toEqual([ACCEPTED, [KEY, B]]);
  });

  test("also of a record that has no verdicts yet", async () => {
    await upgraded(withoutVerdict);

    expect((await holds()).map(({ keys }) => keys)).toEqual([[KEY]]);
    expect(ready()).toBe(ACCEPTED);
  });

  test.each([
    { status: "False", reason: "GuardrailRefused", because: "it was refused" },
    { status: "False", reason: "ValidationFailed", because: "its file was broken, which hides a refusal" },
    { status: "Unknown", reason: "Progressing", because: "the account was not read, which hides a refusal" },
    { status: "False", reason: "AccessDenied", because: "a write failed, which hides a refusal" },
    {
      status: "False",
      reason: "AwaitingApproval",
      because: "a change of it was held, which hides a refusal",
    },
  ] as const)("and a record without verdicts has nothing to keep if $because", async ({ status, reason }) => {
    await upgraded((record) => ({
      ...withoutVerdict(record),
      status: record.status === null ? null : withReady(record.status, { status, reason }),
    }));

    expect([ready(), await holds(), await stripped()]).toEqual([REFUSED, [], [B]]);
  });

  test("and a file that is broken at the upgrade restores nothing that may have been refused", async () => {
    const broken = { "teams/orders/a.yaml": "kind: [" };
    fake.actionData = TAKES_NONE;
    await converged(manifests({ a: OPEN, b: READ_ORDERS }));
    await fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...broken });
    await fake.clock.pass(2 * SWEEP_MS);
    for (const [key, record] of fake.store.records) fake.store.records.set(key, withoutVerdict(record));
    fake.actionData = NEWER;
    await restarted({ version: "0.0.1-test" });

    expect([ready(), await holds(), await stripped()]).toEqual(["False ValidationFailed", [], [B]]);
  });

  test("keeps nothing that changed later, in AWS or in another team's files, without another upgrade", async () => {
    fake.actionData = TAKES_NONE;
    await converged(manifests({ a: OPEN, b: READ_ORDERS }));
    // The same version, whose data the process reads again: nothing was upgraded.
    fake.actionData = NO_ACTION_DATA;
    await restarted();

    expect([ready(), await holds()]).toEqual([REFUSED, []]);
  });

  test("and the pending verdict survives the next upgrade", async () => {
    await upgraded();
    await restarted({ version: "0.0.2-test" });

    expect((await holds()).map(({ reason }) => reason)).toEqual([
      "RES-001 would refuse 1 function: stricter in Grantkeeper 0.0.1-test, action data of 2026-11-01",
    ]);
  });
});

describe("no path applies what the approved verdict refuses", () => {
  test("neither the end of a suspension", async () => {
    await lax();
    await madeStricter();
    await operator.suspend(ALL);
    await approve();
    await stripped();
    await fake.clock.pass(2 * HOUR_MS);

    expect(ready()).toBe(REFUSED);
    expect(new Set(aws.writes.map(({ key }) => key))).toEqual(new Set([B]));
  });

  test("nor a manifest that cannot be read", async () => {
    await lax();
    await madeStricter();
    const broken = { ...manifests({ a: OPEN, b: READ_ORDERS }), "teams/orders/a.yaml": "kind: [" };
    await fake.push({ ...broken, ...STRICT });
    const pending = await stripped();
    await approve();

    expect([pending, await stripped()]).toEqual([[KEY, B], [B]]);
  });
});
