import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { BindingObject, DriftObject } from "../../../src/api/bindings.ts";
import type { AwsAccountObject } from "../../../src/api/manifests.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { keyParts, type Key } from "../../../src/model/keys/key.ts";
import { liveRole, type LiveRole } from "../../../src/model/live.ts";
import { connectionsOf } from "../../../src/page/view/map/connections.ts";
import { rowsOfTable } from "../../../src/page/view/rows.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../support/fakes/fake-controller.ts";
import { withPolicy, withRole } from "../../support/pass/apply.ts";
import { allow, documentOf } from "../../support/pass/bindings.ts";
import { livePolicyOf } from "../../support/pass/live-state.ts";
import { profileText } from "../../support/profiles.ts";
import { cli, type CliRun } from "../../support/screens/cli.ts";
import { bearer, LOCAL_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

/** The same change from Git waits in each account for another reason; in `prod`, two functions are changed in AWS too. */
const ACCOUNTS = { prod: "111122223333", staging: "222233334444", lab: "333344445555" };
const NAMES = ["held", "suspended", "last", "mixed", "other"] as const;
const WRITE_ONLY = "  grants: [{dynamodb: {table: orders, allow: [write]}}]\n";
const WINDOW = `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: freeze}
spec: {accounts: [prod], zone: UTC, opens: [{days: [sun], at: "02:00", for: 1h}]}
`;
const REVIEWED = "{selector: {accounts: [staging], labels: {review: needed}}, approval: {for: new-access}}";

const keyOf = (account: keyof typeof ACCOUNTS, name: (typeof NAMES)[number]): Key =>
  `function/${ACCOUNTS[account]}/eu-west-1/orders/${name}` as Key;
const OTHER = keyOf("prod", "other");
const MIXED = keyOf("lab", "mixed");
/** Enforced, so that it is set back to the applied state. */
const REVERTED = keyOf("prod", "mixed");
const DRIFTING = [OTHER, MIXED].sort();

const fake = new FakeController();
let server: TestServer;

beforeAll(async () => {
  for (const id of Object.values(ACCOUNTS)) {
    const boundary = `arn:aws:iam::${id}:policy/grantkeeper-boundary/platform-default`;
    const aws = fake.cloud.account(id as AccountId);
    aws.live = withPolicy(aws.live, livePolicyOf(boundary as LiveRole["arn"], [documentOf(allow("*"))]));
  }
  await fake.startConverged(filesOf(READ_ORDERS));
  const until = new Date(fake.clock.nowMs() + 86_400_000).toISOString();
  const scope = { accountId: null, namespace: null, key: keyOf("staging", "suspended") };
  await fake.control.suspend({ scope, reason: "INC-1", until }, "dana");
  await fake.push({
    ...observedLab(filesOf(WRITE_ONLY)),
    "platform/window.yaml": WINDOW,
    "platform/profile.yaml": profileText("reviewed", REVIEWED),
  });
  changeRole(OTHER, ({ inline }) => ({ inline: [...inline, { name: "hotfix", text: SEND }] }));
  for (const key of [MIXED, REVERTED])
    changeRole(key, () => ({ inline: [{ name: "grantkeeper", text: SEND }] }));
  await fake.clock.pass(SWEEP_MS + 1_000);
  await settled();
  server = await startTestServer({ options: { control: fake.control, clock: fake.clock } });
});

afterAll(async () => {
  await server.close();
  await fake.stop();
});

const SEND = documentOf(allow("sqs:SendMessage"));

function filesOf(grants: string): Readonly<Record<string, string>> {
  const last = `${grants}  dependsOn: [suspended]\n`;
  const files = manifests(
    Object.fromEntries(NAMES.map((name) => [name, name === "last" ? last : grants])),
    ACCOUNTS,
  );
  const held = (files["teams/orders/held.yaml"] ?? "").replace(
    "{name: held}",
    "{name: held, labels: {review: needed}}",
  );
  return { ...files, "teams/orders/held.yaml": held };
}

function observedLab(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const accounts = (files["platform/accounts.yaml"] ?? "").split("---\n");
  const changed = accounts.map((text) =>
    text.includes("{name: lab}") ? text.replace("mode: enforce", "mode: observe") : text,
  );
  return { ...files, "platform/accounts.yaml": changed.join("---\n") };
}

function changeRole(key: Key, change: (role: LiveRole) => Partial<LiveRole>): void {
  const { accountId, name } = keyParts(key);
  const aws = fake.cloud.account(accountId);
  const found = liveRole(aws.live, `${name}-eu-west-1`);
  if (found.kind !== "present") throw new Error(`there is no role of ${name}`);
  aws.live = withRole(aws.live, { ...found.value, ...change(found.value) });
}

const run = (...argv: readonly string[]): Promise<CliRun> =>
  cli([...argv, "--server", server.url], { env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN }, clock: fake.clock });
const isFunction = (key: Key): boolean => keyParts(key).kind === "function";

async function bindings(): Promise<readonly BindingObject[]> {
  const { items } = (await server.get("/bindings")).json;
  return items.filter(({ spec }: BindingObject) => isFunction(spec.key));
}

test("a change from Git that waits is out of sync with the reason of its wait, and never drift", async () => {
  const found = new Map(
    (await bindings()).map(({ spec, status }) => {
      const { reason = "" } = status.conditions.find(({ type }) => type === "Ready") ?? {};
      const drifted = status.conditions.find(({ type }) => type === "Drifted");
      return [
        spec.key,
        [status.sync, reason, drifted?.reason, status.drift === null ? "none" : "drift"].join(" "),
      ];
    }),
  );

  expect([...new Set(NAMES.map((name) => found.get(keyOf("prod", name))))]).toEqual([
    "OutOfSync ChangeWindowClosed NoDriftDetected none",
    "OutOfSync ChangeWindowClosed DriftDetected drift",
  ]);
  expect(NAMES.map((name) => found.get(keyOf("staging", name)))).toEqual([
    "OutOfSync AwaitingApproval NoDriftDetected none",
    "OutOfSync Progressing NoDriftDetected none",
    "OutOfSync WaitingForDependency NoDriftDetected none",
    "Synced WaitingForFunction NoDriftDetected none",
    "Synced WaitingForFunction NoDriftDetected none",
  ]);
  expect(NAMES.map((name) => found.get(keyOf("lab", name)))).toEqual([
    "OutOfSync ObserveOnly NoDriftDetected none",
    "OutOfSync ObserveOnly NoDriftDetected none",
    "OutOfSync ObserveOnly NoDriftDetected none",
    "OutOfSync ObserveOnly DriftDetected drift",
    "OutOfSync ObserveOnly NoDriftDetected none",
  ]);
});

test("a binding has the documents of both sides of each change from Git that waits, and of no drift", async () => {
  const pending = new Map(
    (await bindings()).map(({ spec, status }) => [spec.key, status.pendingDifferences ?? []]),
  );
  const [{ change, live, desired, cause } = {}] = pending.get(keyOf("prod", "held")) ?? [];

  expect([change?.kind, cause, typeof live, typeof desired]).toEqual([
    "inline",
    "revision",
    "string",
    "string",
  ]);
  expect(live).not.toBe(desired);
  expect(
    pending.get(keyOf("prod", "other"))?.map(({ cause, sinceApplied }) => [cause, sinceApplied]),
  ).toEqual([["revision", "unchanged"]]);
});

test("a binding names the functions that depend on it, in its own account", async () => {
  const found = new Map((await bindings()).map(({ spec, status }) => [spec.key, status.dependents]));

  expect(found.get(keyOf("staging", "suspended"))).toEqual([keyOf("staging", "last")]);
  expect(found.get(keyOf("staging", "last"))).toBeUndefined();
});

test("the accounts, the list of the page and the objects count the same blocked bindings", async () => {
  const [accounts, table, objects] = await Promise.all([
    server.get("/awsaccounts"),
    server.request(`/apis/grantkeeper.dev/v1alpha1/bindings?includeObject=Summary`, {
      headers: { ...bearer(LOCAL_TOKEN), accept: "application/json;as=Table;v=v1;g=meta.k8s.io" },
    }),
    bindings(),
  ]);
  const counted = accounts.json.items.reduce(
    (sum: number, { status }: AwsAccountObject) => sum + (status?.counts.blocked ?? 0),
    0,
  );
  const { rows } = rowsOfTable(table.json);
  const shown = rows.filter(({ kind, isBlocked }) => kind === "function" && isBlocked === true);

  // What waits for its change window in prod is none of them.
  expect(shown.map(({ key }) => key)).toEqual([keyOf("staging", "held")]);
  expect(objects.filter(({ status }) => status.isBlocked === true)).toHaveLength(shown.length);
  expect(counted).toBe(shown.length);
});

test("every list and count is of the same drift", async () => {
  const [drifts, timeline, accounts, table] = await Promise.all([
    server.get("/drifts"),
    server.get("/timeline"),
    server.get("/awsaccounts"),
    server.request(`/apis/grantkeeper.dev/v1alpha1/bindings?includeObject=Summary`, {
      headers: { ...bearer(LOCAL_TOKEN), accept: "application/json;as=Table;v=v1;g=meta.k8s.io" },
    }),
  ]);
  const ofFunctions = (keys: readonly Key[]): readonly Key[] => [...new Set(keys.filter(isFunction))].sort();
  const { rows } = rowsOfTable(table.json);

  expect({
    drifts: ofFunctions(drifts.json.items.map(({ status }: DriftObject) => status.key)),
    timeline: ofFunctions(timeline.json.status.drifting.map(({ key }: { key: Key }) => key)),
    table: ofFunctions(rows.filter(({ drift }) => drift.kind === "drifted").map(({ key }) => key)),
  }).toEqual({ drifts: DRIFTING, timeline: DRIFTING, table: DRIFTING });
  expect(timeline.json.status.drifting).toHaveLength(
    rows.filter(({ drift }) => drift.kind === "drifted").length,
  );
  expect(
    accounts.json.items.map(({ metadata, status }: AwsAccountObject) => [
      metadata.name,
      status?.counts.drifted,
      // With the boundary of the account, which always differs here.
      fake.telemetry.gauges.get(`bindings ${metadata.name} drifted`),
      fake.telemetry.gauges.get(`bindings ${metadata.name} pending`),
    ]),
  ).toEqual([
    ["lab", 1, 2, 4],
    ["prod", 1, 2, 4],
    ["staging", 0, 1, 3],
  ]);
});

test("the screens of the command line show why a change waits, and only what is drift as drift", async () => {
  const [bindingsOf, driftOf] = await Promise.all([run("get", "bindings"), run("get", "drift")]);

  expect(linesWith(driftOf, "orders/")).toEqual([
    expect.stringMatching(/^orders\/mixed@lab\/eu-west-1 .* \+ sqs:SendMessage/),
    expect.stringMatching(/^orders\/other@prod\/eu-west-1 .* "hotfix", not declared/),
  ]);
  expect(linesWith(bindingsOf, "orders/held@")).toEqual([
    expect.stringContaining("waits for the change window freeze"),
    expect.stringContaining("waits for approval: grants new access, which needs an approval"),
    expect.stringContaining("ObserveOnly: compared; observe mode writes nothing"),
  ]);
});

test("the map marks what the applied revision granted apart from what AWS alone has", async () => {
  const { json } = await server.get("/permissions");
  const { connections } = connectionsOf(json.items);
  const stateIn = (key: Key): Readonly<Record<string, string>> =>
    Object.fromEntries(
      connections.filter((each) => each.key === key).map(({ what, state }) => [what.split(" (")[0], state]),
    );

  expect(stateIn(keyOf("staging", "held"))).toMatchObject({
    "dynamodb read": "no longer in Git",
    "dynamodb write": "pending",
  });
  expect(stateIn(OTHER)).toMatchObject({
    "sqs:SendMessage": "AWS only",
    "dynamodb read": "no longer in Git",
  });
});

test("only what someone changed in AWS is alerted to, also if a change from Git of the same document waits", () => {
  const opened = fake.recorder.alerts.flatMap((alert) => (alert.kind === "drift-opened" ? [alert.key] : []));

  expect(opened.toSorted()).toEqual([OTHER, REVERTED, MIXED].sort());
});

function linesWith({ out }: CliRun, text: string): readonly string[] {
  return out
    .split("\n")
    .filter((line) => line.trim().startsWith(text))
    .map((line) => line.trim());
}
