import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { examinePushQueues, openPushQueues } from "../../../src/compose/sources/push-queues.ts";
import type { Config } from "../../../src/config/config.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { DIRECT } from "../../../src/model/network/proxy.ts";
import { addQueue, type QueueState } from "../../../src/simulator/sqs/state.ts";
import { startSimulator, type Simulator } from "../../../src/simulator/simulator.ts";
import { addAccessKey, addAccount, addUser, emptyWorld } from "../../../src/simulator/world.ts";
import { pushEvent } from "../../support/aws/push-event.ts";
import { SILENT } from "../../support/git/git-source.ts";

const ACCOUNT = "111122223333";
const QUEUE = `https://sqs.eu-central-1.amazonaws.com/${ACCOUNT}/pushes`;
const before = { ...process.env };
let folder: string;
let simulator: Simulator;
let state: QueueState;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pushes-"));
  const world = emptyWorld();
  const account = addAccount(world, { id: ACCOUNT, regions: ["eu-central-1"] });
  const key = addAccessKey(world, {
    accountId: ACCOUNT,
    principalArn: addUser(world, ACCOUNT, "base").arn,
  });
  state = addQueue(account, "eu-central-1", "pushes");
  simulator = await startSimulator({ world });
  delete process.env["AWS_PROFILE"];
  process.env["AWS_ACCESS_KEY_ID"] = key.id;
  process.env["AWS_SECRET_ACCESS_KEY"] = key.secret;
});

afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

function config(codecommit: string): Config {
  const file = join(folder, "grantkeeper.yaml");
  const git = (name: string) =>
    `{url: 'https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/${name}', branch: main, ${codecommit}}`;
  writeFileSync(
    file,
    `instance: test-1
stateDir: state
sources:
  - {name: main, git: ${git("permissions")}}
  - {namespace: orders, path: iam, git: ${git("orders")}}
aws: {simulator: true, endpoint: '${simulator.endpoint}'}
`,
  );
  const loaded = loadConfig({
    file,
    env: {},
    flags: { observe: false, stateDir: null, listen: null },
  });
  if (loaded.kind === "err") throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
}

function put(id: string, body: string): void {
  state.messages.push({ id, body, sentMs: 0, receiveCount: 0, receipt: null, hiddenUntilMs: 0 });
}

test("a push to the repository of a source notes its fetch, and the message is deleted", async () => {
  const time = new Date().toISOString();
  put("1", "garbage");
  put("2", pushEvent({ time, id: "e1", detail: { repositoryName: "elsewhere" } }));
  put("foreign", pushEvent({ time, id: "e3", account: "999988887777" }));
  put("3", pushEvent({ time, id: "e2", detail: { repositoryName: "orders" } }));
  const noted = Promise.withResolvers<Namespace | null>();
  const read: unknown[] = [];
  const reported = Promise.withResolvers<undefined>();

  const close = await openPushQueues(config(`codecommit: {queueUrl: '${QUEUE}'}`), {
    control: {
      pushed: noted.resolve,
      pushQueueRead: (...found) => {
        if (read.push(found) === 2) reported.resolve(undefined);
      },
    },
    telemetry: SILENT,
    routes: DIRECT,
  });

  expect(await noted.promise).toBe("orders");
  await expectEmpty();
  await reported.promise;
  await close?.();
  expect(read.slice(0, 2)).toEqual([
    [null, null],
    ["orders", null],
  ]);
});

/** The messages are deleted by the next request after the fetch was noted. */
async function expectEmpty(): Promise<void> {
  const { setTimeout: timer } = await import("node:timers/promises");
  for (const endMs = Date.now() + 5_000; state.messages.length > 0 && Date.now() < endMs;) await timer(10);
  expect(state.messages).toEqual([]);
}

test("without a queue nothing is opened and nothing is called", async () => {
  const without = config("codecommit: {}");
  const parts = {
    control: { pushed: () => undefined, pushQueueRead: () => undefined },
    telemetry: SILENT,
    routes: DIRECT,
  };

  expect(await openPushQueues(without, parts)).toBeNull();
  expect(await examinePushQueues(without, new AbortController().signal)).toEqual([]);
  expect(simulator.counts()).toEqual({});
});

test("doctor examines each queue once", async () => {
  const found = await examinePushQueues(
    config(`codecommit: {queueUrl: '${QUEUE}'}`),
    new AbortController().signal,
  );

  expect(found).toEqual([
    {
      identity: "base",
      region: "eu-central-1",
      what: `arn:aws:sqs:eu-central-1:${ACCOUNT}:pushes`,
      outcome: "warning",
      detail: expect.stringContaining("no push arrives"),
    },
  ]);
});
