import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { profileText } from "../../../support/profiles.ts";
import { teamText } from "../../guard/fences/fenced.ts";
import { HOUR_MS, KEY, keyOf } from "./operator.ts";
import {
  ACCEPTED,
  B,
  CHANGED,
  FILE,
  LAX,
  OPEN,
  REFUSED,
  statement,
  STRICT,
  StricterVerdict,
} from "./stricter.ts";

let verdict: StricterVerdict;

beforeEach(() => {
  verdict = new StricterVerdict();
});
afterEach(() => verdict.stop());

describe("a profile that becomes stricter, for a function that is declared as it was applied", () => {
  test("is shown from the first pass as a pending change of the verdict, and refuses nothing yet", async () => {
    await verdict.lax();
    const revision = verdict.fake.source.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...STRICT });
    verdict.fake.control.fetchSoon("test", [null]);
    await settled();

    expect(await verdict.holds()).toMatchObject([
      {
        code: "verdict-changed",
        reason: `RES-001 would refuse 1 function: stricter in profile p (main@${revision.slice(10, 17)})`,
        keys: [KEY],
        actions: 0,
      },
    ]);
    expect(verdict.ready()).toBe(ACCEPTED);
    expect(verdict.fake.recorder.alerts.filter(({ kind }) => kind === "held").slice(1)).toMatchObject([
      { keys: [KEY] },
    ]);
  });

  test("is in what describe, the metric and the record of the approval show", async () => {
    await verdict.lax();
    await verdict.madeStricter();
    const { rejections, suspensions } = await verdict.fake.control.overview();
    const record = verdict.fake.store.records.get(KEY) ?? null;
    const recorded = { record, applied: record?.applied ?? null, account: null, rejections, suspensions };
    const { pending } = verdict.fake.control.permissionState(KEY, { ...recorded, isUncompared: false });
    const counted = verdict.fake.telemetry.gauges.get("binding_verdicts prod stricter");
    await verdict.approve();
    const approval = verdict.fake.audit.log.findLast(({ kind }) => kind === "approved");

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
    await verdict.lax();
    await verdict.madeStricter();
    const before = await verdict.stripped();
    await verdict.restarted();

    expect([before, await verdict.stripped()]).toEqual([
      [KEY, B],
      [KEY, B],
    ]);
    expect(await verdict.holds()).toHaveLength(1);
  });

  test("takes effect with the approval: then only what narrows is restored, and no time or restart changes that", async () => {
    await verdict.lax();
    await verdict.madeStricter();
    await verdict.approve();
    const refused = [verdict.ready(), await verdict.holds()];
    await verdict.fake.clock.pass(2 * HOUR_MS);
    await verdict.restarted();

    expect(refused).toEqual([REFUSED, []]);
    expect([verdict.ready(), await verdict.holds()]).toEqual([REFUSED, []]);
    expect(await verdict.stripped()).toEqual([B]);
  });

  test("is rejected without any effect, and stays so", async () => {
    await verdict.lax();
    await verdict.madeStricter();
    await verdict.fake.control.reject(
      { subject: await verdict.operator.heldSubject(), reason: "not yet" },
      "dana",
    );
    await verdict.fake.clock.pass(2 * SWEEP_MS);

    expect((await verdict.fake.control.overview()).rejections).toHaveLength(1);
    expect([verdict.ready(), await verdict.stripped()]).toEqual([ACCEPTED, [KEY, B]]);
  });

  test("is a new incident when one of its functions no longer has it", async () => {
    await verdict.converged({ ...manifests({ a: OPEN, c: OPEN }), ...LAX });
    await verdict.fake.push({ ...manifests({ a: OPEN, c: OPEN }), ...STRICT });
    await verdict.fake.clock.pass(2 * SWEEP_MS);
    const both = await verdict.operator.heldSubject();
    await verdict.fake.push({ ...manifests({ a: OPEN, c: READ_ORDERS }), ...STRICT });
    await verdict.fake.clock.pass(2 * SWEEP_MS);
    const one = await verdict.operator.heldSubject();

    const sent = verdict.fake.recorder.alerts.flatMap((alert) =>
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
    await verdict.lax();
    await verdict.madeStricter();
    await verdict.fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...LAX });
    await verdict.fake.clock.pass(2 * SWEEP_MS);

    expect([verdict.ready(), await verdict.holds()]).toEqual([ACCEPTED, []]);
  });

  test("does not depend on where the document is in its file", async () => {
    await verdict.lax();
    const moved = Object.fromEntries(
      Object.entries(manifests({ a: OPEN, b: READ_ORDERS })).map(([file, text]) => [
        file,
        `# moved\n${text}`,
      ]),
    );
    await verdict.fake.push({ ...moved, ...STRICT });

    expect([verdict.ready(), (await verdict.holds()).map(({ code }) => code)]).toEqual([
      ACCEPTED,
      ["verdict-changed"],
    ]);
  });

  test("is held for each cause and rule together, and one approval leaves the others pending", async () => {
    const tagged = `${READ_ORDERS}  statements: [{reason: t, statement: {Effect: Allow, Action: "sqs:*", Resource: "arn:aws:sqs:eu-west-1:111122223333:orders"}}]\n`;
    const both = (severity: string) => ({
      [FILE]: profileText("p", `{rules: {RES-001: ${severity}, ACT-001: ${severity}}}`),
    });
    await verdict.converged({ ...manifests({ a: OPEN, b: tagged, c: OPEN }), ...both("off") });
    await verdict.fake.push({ ...manifests({ a: OPEN, b: tagged, c: OPEN }), ...both("block") });
    const found = await verdict.holds();
    const first = found.find(({ keys }) => keys.includes(KEY));
    await verdict.operator.approve(first?.subject ?? "");
    await verdict.fake.clock.pass(2 * HOUR_MS);

    expect(new Set(found.map(({ keys }) => keys.join()))).toEqual(new Set([`${KEY},${keyOf("c")}`, B]));
    expect([KEY, B, keyOf("c")].map((key) => verdict.ready(key))).toEqual([REFUSED, ACCEPTED, REFUSED]);
    expect((await verdict.holds()).map(({ keys }) => keys)).toEqual([[B]]);
  });
});

test("a pending verdict names the causes of what is still pending, and since when it is pending", async () => {
  const wide = `{reason: t, statement: {Effect: Allow, Action: "sqs:*", Resource: "arn:aws:sqs:eu-west-1:111122223333:orders"}}`;
  const both = `${READ_ORDERS}  statements: [${statement("sqs:SendMessage")}, ${wide}]\n`;
  const pushed = async (resources: string, actions: string) => {
    const rules = profileText("p", `{rules: {RES-001: ${resources}, ACT-001: ${actions}}}`);
    const revision = verdict.fake.source.push({ ...manifests({ a: both }), [FILE]: rules });
    verdict.fake.control.fetchSoon("test", [null]);
    await verdict.fake.clock.pass(2 * SWEEP_MS);
    const [hold] = await verdict.holds();
    return { revision: revision.slice(10, 17), reason: hold?.reason, sinceMs: hold?.sinceMs };
  };
  const off = profileText("p", "{rules: {RES-001: off, ACT-001: off}}");
  await verdict.converged({ ...manifests({ a: both }), [FILE]: off });

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
    await verdict.lax();
    await verdict.fake.push({ ...manifests({ a: CHANGED, b: READ_ORDERS }), ...STRICT });
    await verdict.fake.clock.pass(2 * SWEEP_MS);
    const changed = [
      verdict.ready(),
      (await verdict.holds()).map(({ keys }) => keys),
      await verdict.stripped(),
    ];
    await verdict.approve();

    expect(changed).toEqual([REFUSED, [[KEY]], [KEY, B]]);
    expect([verdict.ready(), await verdict.stripped()]).toEqual([REFUSED, [B]]);
  });

  test("a function that is new, or has another name", async () => {
    await verdict.lax();
    await verdict.fake.push({ ...manifests({ c: OPEN, b: READ_ORDERS }), ...STRICT });

    expect(verdict.ready(keyOf("c"))).toBe(REFUSED);
    expect(verdict.aws.writes.filter(({ key }) => key === keyOf("c"))).toEqual([]);
  });

  test("a state that they refused before: another rule gives it nothing to keep", async () => {
    await verdict.lax();
    await verdict.madeStricter();
    await verdict.approve();
    const swapped = { [FILE]: profileText("p", "{rules: {RES-001: off}, requiredAnnotations: [owner]}") };
    await verdict.fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...swapped });

    expect(verdict.ready()).toBe(REFUSED);
    expect((await verdict.holds()).map(({ code, keys }) => [code, keys])).toEqual([["verdict-changed", [B]]]);
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
    await verdict.converged(files(READ_ORDERS, LAX));
    await verdict.fake.push(files(READ_ORDERS, STRICT));
    const kept = (await verdict.holds()).map(({ reason }) => reason.replace(/ \(.*/, ""));
    await verdict.fake.push(files(attaching, STRICT));
    await verdict.fake.clock.pass(2 * SWEEP_MS);

    expect(kept).toEqual(["RES-001 would refuse 1 ManagedPolicy: stricter in profile p"]);
    expect([KEY, B].map((key) => verdict.ready(key))).toEqual([ACCEPTED, REFUSED]);
    expect(verdict.aws.writes.filter(({ key }) => key === B)).toEqual([]);
  });

  test("the end of a waiver, and its removal", async () => {
    const until = new Date(verdict.fake.clock.nowMs() + 10 * SWEEP_MS).toISOString().replace(".000", "");
    const waiver = `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: w}
spec: {rule: RES-001, binding: orders/a@prod/eu-west-1, reason: migration, owner: dana, until: "${until}"}
`;
    const files = { ...manifests({ a: OPEN, b: READ_ORDERS }), "platform/waiver.yaml": waiver };
    await verdict.converged(files);
    const waived = verdict.ready();
    await verdict.fake.clock.pass(12 * SWEEP_MS);

    expect([waived, verdict.ready(), await verdict.holds()]).toEqual([ACCEPTED, REFUSED, []]);
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
    await verdict.converged(files("orders", LAX));
    const inside = verdict.ready();
    await verdict.fake.push(files("other", STRICT));

    expect([inside, verdict.ready(), await verdict.holds()]).toEqual([ACCEPTED, REFUSED, []]);
  });
});
