import type { AuditEntry } from "../../../src/audit/entry.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { isReportedMark } from "../../../src/model/records/incident-record.ts";
import { incidentOf } from "../../../src/model/records/incident.ts";
import { lastKnownAccount } from "../../../src/settle/removed-account.ts";
import { withRole } from "../../support/pass/apply.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../support/fakes/fake-controller.ts";

const PROD = "111122223333" as AccountId;
const DEV = "222233334444" as AccountId;
const IN_PROD = `function/${PROD}/eu-west-1/orders/a` as Key;
const IN_DEV = `function/${DEV}/eu-west-1/orders/a` as Key;
const BOTH = manifests({ a: READ_ORDERS }, { prod: PROD, dev: DEV });
const ONLY_DEV = manifests({ a: READ_ORDERS }, { dev: DEV });
/** RES-001 refuses it by default. */
const OPEN = `${READ_ORDERS}  statements: [{reason: t, statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}}]\n`;
const HOTFIX = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: `arn:aws:sqs:eu-west-1:${PROD}:x` }],
});

let fake: FakeController;
beforeEach(async () => {
  fake = new FakeController();
  await fake.startConverged(BOTH);
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

/** As an operator does in the console. */
function addHotfix(id: AccountId): void {
  const aws = fake.cloud.account(id);
  for (const reading of aws.live.roles.values())
    if (reading.kind === "present" && reading.value.name.startsWith("a-"))
      aws.live = withRole(aws.live, {
        ...reading.value,
        inline: [...reading.value.inline, { name: "hotfix", text: HOTFIX }],
      });
}

async function suspendAll(): Promise<void> {
  const until = new Date(fake.clock.nowMs() + 36_000_000).toISOString();
  const scope = { key: null, namespace: null, accountId: null };
  await fake.control.suspend({ scope, reason: "test", until }, "dana");
}

const incidents = (kind: string): readonly string[] =>
  fake.recorder.alerts.flatMap((alert) => (alert.kind === kind ? [incidentOf(alert)] : [])).toSorted();

function endOfDrift(key: Key): AuditEntry | undefined {
  return fake.audit.log.findLast((entry) => entry.kind === "drift-ended" && entry.key === key);
}

describe("an account that Git no longer declares", () => {
  test("ends its drifts and incidents in alerts, history and status, and changes nothing in AWS", async () => {
    await suspendAll();
    addHotfix(PROD);
    await fake.push(manifests({ a: OPEN }, { prod: PROD, dev: DEV }));
    await fake.clock.pass(2 * SWEEP_MS);
    const opened = [...incidents("drift-opened"), ...incidents("refused")];
    await fake.push(manifests({ a: OPEN }, { dev: DEV }));
    await fake.clock.pass(2 * SWEEP_MS);

    expect(opened).toEqual([`drift/${IN_PROD}`, `refused/${IN_PROD}`, `refused/${IN_DEV}`]);
    expect(incidents("account-removed")).toEqual([`drift/${IN_PROD}`, `refused/${IN_PROD}`]);
    expect(fake.recorder.openIncidents("").filter((name) => !isReportedMark(name))).toEqual([
      `refused/${IN_DEV}`,
    ]);
    expect(fake.audit.log.filter(({ kind }) => kind === "account-removed")).toMatchObject([
      { accountId: PROD, account: "prod", incidents: 2 },
    ]);
    expect(endOfDrift(IN_PROD)).toMatchObject({ how: "account-removed", fields: ["inline", "inline-extra"] });
    expect(fake.condition(IN_PROD, "Ready")).toBe("Unknown AccountRemoved");
    expect(fake.condition(IN_PROD, "Drifted")).toBeUndefined();
    expect(fake.store.records.get(IN_PROD)).toMatchObject({ driftSinceMs: {}, incidentSinceMs: null });
    expect(fake.store.records.get(IN_PROD)?.applied).not.toBeNull();
    expect(fake.control.keyView(IN_PROD)).toBeNull();
    expect(fake.cloud.account(PROD).writes).toEqual([]);
  });

  test("is reported again if it is declared again and still differs", async () => {
    await suspendAll();
    addHotfix(PROD);
    await fake.clock.pass(2 * SWEEP_MS);
    await fake.push(ONLY_DEV);
    await fake.clock.pass(SWEEP_MS);
    await fake.push(BOTH);
    await fake.clock.pass(2 * SWEEP_MS);

    expect(incidents("account-removed")).toEqual([`drift/${IN_PROD}`]);
    expect(incidents("drift-opened")).toEqual([`drift/${IN_PROD}`, `drift/${IN_PROD}`]);
    expect(fake.condition(IN_PROD, "Drifted")).toMatch(/^True/);
  });

  test("stays while a document of the platform that may declare it cannot be read", async () => {
    await suspendAll();
    addHotfix(PROD);
    await fake.clock.pass(2 * SWEEP_MS);
    await fake.push({ ...ONLY_DEV, "platform/more.yaml": "kind: [" });
    await fake.clock.pass(2 * SWEEP_MS);

    expect(incidents("account-removed")).toEqual([]);
    expect(fake.audit.log.some(({ kind }) => kind === "account-removed")).toBe(false);
  });

  test("closes incidents of the account itself that a restart finds open", async () => {
    fake.cloud.account(PROD).readError = awsError("circuit", { code: "AccessDenied", message: "no" });
    await fake.clock.pass(SWEEP_MS);
    const stopped = fake.stop();
    await fake.clock.pass(11_000);
    await stopped;
    fake.source.push(ONLY_DEV);
    await fake.start();
    await fake.clock.pass(SWEEP_MS);

    expect(incidents("access-denied")).toHaveLength(1);
    expect(incidents("account-removed")).toEqual(incidents("access-denied"));
  });
});

test.each([
  [`drift/${IN_PROD}`, PROD],
  [`contended/policy/${PROD}/search/audit`, PROD],
  [`hold/${PROD}/sha256:00`, PROD],
  [`account/${PROD}/iam:ListRoles`, PROD],
  [`pass/${PROD}`, PROD],
  [`unreadable/${PROD}`, null],
  ["files/orders", null],
  ["document-broken/account prod", null],
])("the incident %s is about the account %s", (incident, account) => {
  expect(lastKnownAccount(incident)).toBe(account);
});
