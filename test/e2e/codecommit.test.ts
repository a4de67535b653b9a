import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { SourceObject } from "../../src/api/overview.ts";
import type { RunningController } from "../../src/cli/toolbox/toolbox.ts";
import { startController } from "../../src/compose/run/controller.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import { addQueue, type QueueState } from "../../src/simulator/sqs/state.ts";
import { addAccessKey, addAccount, addUser, emptyWorld } from "../../src/simulator/world.ts";
import { pushEvent } from "../support/aws/push-event.ts";
import { CodeCommitServer } from "../support/git/codecommit-server.ts";
import { makeRepository, type TestRepository } from "../support/git/git-repository.ts";
import { Bench } from "../support/git/git-source.ts";
import { PrivateNetwork } from "../support/network/private-network.ts";
import { ORDERS, teamText } from "../unit/guard/fences/fenced.ts";

const ACCOUNT = "111122223333";
const HOST = "git-codecommit.eu-central-1.amazonaws.com";
const QUEUE = `https://sqs.eu-central-1.amazonaws.com/${ACCOUNT}/pushes`;
const before = { ...process.env };

let folder: string;
let bench: Bench;
let network: PrivateNetwork;
let repository: TestRepository;
let server: CodeCommitServer;
let simulator: Simulator;
let queue: QueueState;
let running: RunningController;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "codecommit-"));
  bench = await Bench.open();
  repository = await makeRepository(join(bench.root, "served", "v1", "repos"), "permissions", "sha1");
  await repository.commit({ "platform/orders.yaml": teamText("orders", ORDERS) });
  network = await PrivateNetwork.start({ hosts: [HOST] });
  network.forwardTo(await bench.serve());
  server = new CodeCommitServer("eu-central-1", network.serve);
  network.serve = (request, response) => server.handle(request, response);
  const world = emptyWorld();
  const account = addAccount(world, { id: ACCOUNT, regions: ["eu-central-1"] });
  const user = addUser(world, ACCOUNT, "base");
  const key = addAccessKey(world, { accountId: ACCOUNT, principalArn: user.arn });
  queue = addQueue(account, "eu-central-1", "pushes");
  simulator = await startSimulator({ world });
  server.keys.set(key.id, { secret: key.secret, sessionToken: null });
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret });
});

afterEach(async () => {
  await running.stop();
  await simulator.close();
  await network.stop();
  await bench.end();
  rmSync(folder, { recursive: true });
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

async function start(): Promise<void> {
  const file = join(folder, "grantkeeper.yaml");
  writeFileSync(
    file,
    `instance: test-1
stateDir: state
http: {listen: "127.0.0.1:0"}
sources:
  - name: main
    interval: 1h
    git: {url: 'https://${HOST}/v1/repos/permissions', branch: main, caFile: '${network.authority.caFile}', codecommit: {queueUrl: '${QUEUE}'}}
network: {proxy: {url: '${network.proxyUrl}', noProxy: ['127.0.0.1']}}
aws: {simulator: true, endpoint: '${simulator.endpoint}'}
`,
  );
  const flags = { observe: false, stateDir: null, listen: null };
  const config = loadConfig({ file, env: {}, flags });
  if (config.kind === "err") throw new Error(JSON.stringify(config.error));
  running = await startController(config.value, new AbortController().signal);
}

/** The source, once it is as wanted. */
async function sourceWhen(isWanted: (source: SourceObject) => boolean): Promise<SourceObject> {
  const token = readFileSync(join(folder, "state", "api-token"), "utf8").trim();
  const url = `${running.url}/apis/grantkeeper.dev/v1alpha1/sources/main`;
  for (const endMs = Date.now() + 20_000; ; await timer(50)) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const source = (await answer.json()) as SourceObject;
    if (isWanted(source)) return source;
    if (Date.now() > endMs) throw new Error(JSON.stringify(source.status));
  }
}

test("a running controller reads CodeCommit with its AWS credentials, and a push in the queue starts a fetch long before the interval", async () => {
  await start();
  const first = await sourceWhen(({ status }) => status.accepted !== null);
  expect(first.spec).toMatchObject({ ref: { kind: "branch", name: "main" }, pushQueue: QUEUE });

  const hash = await repository.commit({ "platform/orders.yaml": teamText("orders", `${ORDERS} `) });
  const body = pushEvent({ time: new Date().toISOString(), id: "e1" });
  queue.messages.push({ id: "1", body, sentMs: 0, receiveCount: 0, receipt: null, hiddenUntilMs: 0 });
  const next = await sourceWhen(({ status }) => status.accepted?.endsWith(hash) === true);

  expect(next.status.pushQueue).toEqual({ readable: true, failure: null });
  expect(queue.messages).toEqual([]);
  expect(server.logins.every(({ user }) => server.keys.has(user))).toBe(true);
});
