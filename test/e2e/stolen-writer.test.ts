import { AttachRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AuditEntry } from "../../src/audit/entry.ts";
import { TestClock } from "../support/fakes/test-clock.ts";
import { followEvents } from "../support/installation/change-events.ts";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  PROD,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const NAMES = ["a", "b", "c"];
const FILES = estate(functions(NAMES, WRITE_ORDERS + CALLED_BY_TOPIC));

let installation: Installation;
let events: { readonly stop: () => Promise<void> } | null = null;
let outcomes: string[];
let clock: TestClock;
let startedMs: number;

beforeEach(async () => {
  outcomes = [];
  startedMs = Date.now();
  clock = new TestClock();
  const count = (name: string, labels?: Readonly<Record<string, string>>): void => {
    if (name === "change_messages_total") outcomes.push(labels?.["outcome"] ?? "");
  };
  installation = await Installation.start({ files: FILES, clock, telemetry: { count } });
});
afterEach(async () => {
  await events?.stop();
  events = null;
  await installation.stop();
});

const unrecorded = async (): Promise<readonly AuditEntry[]> =>
  (await installation.entries()).filter(({ kind }) => kind === "unrecorded-writes");

/** CloudTrail has whole seconds, and so do the answers that show the clock of AWS: earlier writes are not judged. */
const afterTheRecordBegan = (): Promise<void> =>
  installation.until("a time after the record began", () => Date.now() > startedMs + 4_000);

/** A client with a session of the writer that Grantkeeper did not open; its name and user agent are as those of Grantkeeper. */
async function stolenWriter(): Promise<IAMClient> {
  const [account] = (await installation.overview()).accounts;
  const { id: accessKeyId, secret: secretAccessKey } = installation.estate.base;
  const config = { endpoint: installation.simulator.endpoint, region: "us-east-1", maxAttempts: 1 };
  const sts = new STSClient({ ...config, credentials: { accessKeyId, secretAccessKey } });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: account?.declared.writer?.roleArn,
      ExternalId: account?.declared.writer?.externalId,
      RoleSessionName: "gk-pass-1",
    }),
  );
  sts.destroy();
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  return new IAMClient({
    ...config,
    customUserAgent: "grantkeeper gk-intent/2",
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
}

test("a write with stolen credentials of the writer is recorded, alerted as security, shown, and reverted, and a restart repeats no alert", async () => {
  await installation.converge();
  events = followEvents(installation);
  const thief = await stolenWriter();
  await afterTheRecordBegan();

  await thief.send(new AttachRolePolicyCommand({ RoleName: roleNameOf("a"), PolicyArn: ADMINISTRATOR }));
  await installation.until("an alert", () =>
    installation.alerts.some((body) => body.includes('"unrecorded-writes"')),
  );
  await installation.until(
    "it is reverted",
    () => installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")]?.attached.length === 0,
  );

  const alert = installation.alerts.find((body) => body.includes('"unrecorded-writes"')) ?? "";
  expect(JSON.parse(alert)).toMatchObject({
    severity: "security",
    status: "open",
    account: "prod",
    namespace: null,
  });
  expect(alert).toMatch(
    /iam:AttachRolePolicy on role\/\S+ at \S+ \(event [0-9a-f-]+, us-east-1\)\\n {4}by gk-pass-1 via \S+ from 203\.0\.113\.7, access key ASIA\w+/,
  );
  expect(await unrecorded()).toHaveLength(1);
  const [account] = (await installation.overview()).accounts;
  expect(account?.unrecordedWrites).toHaveLength(1);
  await events.stop();
  events = null;
  const sent = installation.alerts.filter((body) => body.includes('"unrecorded-writes"')).length;
  await installation.restart();
  await installation.settled();
  expect((await installation.overview()).accounts[0]?.unrecordedWrites).toHaveLength(1);
  expect(installation.alerts.filter((body) => body.includes('"unrecorded-writes"'))).toHaveLength(sent);
  thief.destroy();
});

describe("no write of Grantkeeper counts as one of a thief", () => {
  test("although answers are lost, requests are dropped or throttled, and events arrive twice and out of order", async () => {
    await installation.settled();
    await afterTheRecordBegan();
    events = followEvents(installation, { repeatEvery: 2, overtakeEvery: 3 });
    const kinds = ["lost-response", "throttle", "truncate", "dropped-request"] as const;
    for (const operation of ["CreateRole", "PutRolePolicy", "AddPermission"])
      for (const kind of kinds) installation.simulator.addFault({ operation, times: 1, kind: { kind } });

    await installation.converge();
    await installation.push(estate(functions(["a", "b"], WRITE_ORDERS)));
    await installation.converge();
    const { length } = installation.writes().filter(({ effective }) => effective);
    await installation.until("every event was read", () => outcomes.length >= length);

    const ends = (await installation.entries()).filter((entry) => entry.kind === "write-finished");
    expect(ends.map(({ outcome }) => outcome)).toContain("found-applied");
    expect(outcomes).toContain("own");
    expect(await unrecorded()).toEqual([]);
  });
});
