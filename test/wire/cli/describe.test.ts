import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { liveRole } from "../../../src/model/live.ts";
import { withFunction, withRole } from "../../support/pass/apply.ts";
import { allow, binding, documentOf, REGION } from "../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../support/pass/live-state.ts";
import { cli } from "../../support/screens/cli.ts";
import type { FakeAws } from "../../support/fakes/fake-aws.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../support/fakes/fake-controller.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const HOUR_MS = 3_600_000;
const ENTIRE_SERVICE = `${READ_ORDERS}  statements: [{reason: x, statement: {Effect: Allow, Action: "dynamodb:*", Resource: "*"}}]\n`;

let fake: FakeController;
let aws: FakeAws;
let server: TestServer;

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
});
afterEach(async () => {
  await server.close();
  await fake.stop();
});

async function started(spec: string): Promise<void> {
  fake.source.push(manifests({ a: spec }));
  await fake.start();
  server = await startTestServer({ options: { control: fake.control, clock: fake.clock } });
}

async function subject(): Promise<string> {
  return (await fake.control.overview()).holds[0]?.subject ?? "";
}

/** Approved and applied; the function does not exist yet. */
async function applied(): Promise<void> {
  await started(READ_ORDERS);
  await fake.control.approve({ subject: await subject(), reason: "ok", forMs: HOUR_MS }, "dana");
  await settled();
  await fake.clock.pass(5_000);
}

async function converged(): Promise<void> {
  await applied();
  const desired = binding({ name: "a-eu-west-1" }, { functionName: "a", key: KEY });
  aws.live = withFunction(aws.live, REGION, liveFunctionOf(desired));
  await fake.clock.pass(SWEEP_MS * 1.2);
}

async function push(spec: string): Promise<void> {
  fake.source.push(manifests({ a: spec }));
  fake.control.fetchSoon("test", [null]);
  await settled();
}

async function changedInAws(): Promise<void> {
  const found = liveRole(aws.live, "a-eu-west-1");
  if (found.kind !== "present") throw new Error("the controller has not made the role");
  const hotfix = { name: "hotfix", text: documentOf(allow("sqs:SendMessage")) };
  aws.live = withRole(aws.live, { ...found.value, inline: [...found.value.inline, hotfix] });
  await fake.clock.pass(SWEEP_MS * 1.2);
}

/** The section PENDING, without its heading. */
async function pending(): Promise<string> {
  const { out } = await cli(["describe", "orders/a@prod", "--server", server.url], {
    env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
    clock: fake.clock,
  });
  const [, section = ""] = /\nPENDING([^]*?)\n\n/.exec(out) ?? [];
  return section;
}

test.each<{ readonly reason: string; readonly reach: () => Promise<void>; readonly shows: RegExp }>([
  {
    reason: "refused by RULE",
    reach: async () => {
      await converged();
      await push(ENTIRE_SERVICE);
    },
    shows:
      /\n {2}refused by ACT-001 \(line 7\): [^]*\n\+ {3}dynamodb:\* +all resources +line 7\n {6}reason: x\n {4}hint: {2}list the actions/,
  },
  {
    reason: "awaiting approval DIGEST",
    reach: () => started(READ_ORDERS),
    shows:
      /\n {2}awaiting approval [0-9a-f]{8}: first enforcing run\n\+ {3}dynamodb read [^]*\n {4}hint: {2}grantkeeper describe approval [0-9a-f]{8}\n/,
  },
  {
    reason: "rejected",
    reach: async () => {
      await started(READ_ORDERS);
      await fake.control.reject({ subject: await subject(), reason: "ask the team" }, "sam");
    },
    shows:
      /\n {2}rejected [0-9a-f]{8} by sam: "ask the team"\n\+ [^]*\n {4}hint: {2}grantkeeper describe approval [0-9a-f]{8}\n/,
  },
  {
    reason: "observe only",
    reach: () => started(`  mode: observe\n${READ_ORDERS}`),
    shows: /\n {2}observe only: Grantkeeper compares and does not write\n\+ {3}dynamodb read /,
  },
  {
    reason: "not deployed",
    reach: applied,
    shows: /^\n {2}not deployed: the function does not exist in AWS$/,
  },
  {
    reason: "suspended until TIME",
    reach: async () => {
      await converged();
      const until = new Date(fake.clock.nowMs() + HOUR_MS).toISOString();
      const scope = { accountId: null, namespace: "orders", key: null };
      await fake.control.suspend({ scope, reason: "INC-1", until }, "dana");
      await changedInAws();
    },
    shows:
      /\n {2}suspended until [\d:]+Z \(in 5\dm( \d+s)?\) by dana: "INC-1"\n- {3}sqs:SendMessage +all resources +policy "hotfix"\n {4}hint: {2}grantkeeper resume \w+ --reason TEXT$/,
  },
  {
    reason: "broken manifest",
    reach: async () => {
      await converged();
      await push("  grants: [{dynamo: {table: orders, allow: [read]}}]\n");
    },
    shows: /\n {2}broken manifest: teams\/orders\/a\.yaml:6:\d+: unknown grant "dynamo"/,
  },
  {
    reason: "drift",
    reach: async () => {
      await converged();
      await changedInAws();
    },
    shows:
      /\n {2}drift: Grantkeeper reverts it at [\d:]+Z \(in \d+m( \d+s)?\)\n- {3}sqs:SendMessage +all resources +policy "hotfix"\n {4}hint: {2}grantkeeper suspend orders\/a@prod\/eu-west-1 --for 1h --reason TEXT$/,
  },
  { reason: "none", reach: converged, shows: /^ none$/ },
])("PENDING shows: $reason", async ({ reach, shows }) => {
  await reach();

  expect(await pending()).toMatch(shows);
});

test("HISTORY stays the same after more requests to reconcile than it reads entries", async () => {
  await converged();
  const history = async (): Promise<string | undefined> => {
    const options = { env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN }, clock: fake.clock };
    const { out } = await cli(["describe", "orders/a@prod", "--server", server.url], options);
    return /\nHISTORY[^]*/.exec(out)?.[0];
  };
  const before = await history();
  for (let asked = 0; asked < 201; asked += 1)
    await fake.control.reconcile({ kind: "keys", keys: [KEY] }, `token/${asked}`);

  expect(await history()).toBe(before);
  expect(before).toMatch(/applied|created|write/);
});
