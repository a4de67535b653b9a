import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { known, unreadBecause, type Unread } from "../../../src/adopt/estate/estate.ts";
import type { FunctionCoverage } from "../../../src/model/answers/coverage.ts";
import { functionArn } from "../../../src/model/aws/arn.ts";
import type { AccountId, Partition } from "../../../src/model/aws/ids.ts";
import type { LiveFunction } from "../../../src/model/live.ts";
import { estateRole } from "../../support/adopt/estate.ts";
import { awsError, type FakeAws } from "../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";
import { functionText } from "../../support/manifests.ts";
import { binding, REGION } from "../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../support/pass/live-state.ts";
import { withFunction } from "../../support/pass/apply.ts";

const ACCOUNT = "111122223333" as AccountId;
const PLACE = { partition: "aws" as Partition, accountId: ACCOUNT, region: REGION };
const DENIED: Unread = { kind: "unknown", call: "tag:GetResources", why: "denied", reason: "AccessDenied" };

let fake: FakeController;
let aws: FakeAws;

beforeEach(() => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  for (const name of ["a", "b"]) aws.live = withFunction(aws.live, REGION, live(name));
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

function live(name: string): LiveFunction {
  const arn = functionArn(PLACE, name, null);
  return liveFunctionOf(binding(), { name, arn, roleArn: estateRole("old").arn, policies: new Map() });
}

function states(): Readonly<Record<string, string>> {
  const [account] = fake.control.coverage();
  return Object.fromEntries((account?.functions ?? []).map(({ name, state }) => [name, state]));
}

function found(name: string): FunctionCoverage | undefined {
  return fake.control.coverage()[0]?.functions.find((one) => one.name === name);
}

const gauge = (state: string): number | undefined =>
  fake.telemetry.gauges.get(`coverage_functions prod ${state}`);

test("a function without a manifest is uncovered until one is pushed", async () => {
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.clock.pass(3_000);
  const before = states();
  const counts = [gauge("observed"), gauge("uncovered"), gauge("managed")];
  await fake.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
  await fake.clock.pass(3_000);

  expect(before).toEqual({ a: "observed", b: "uncovered" });
  expect(counts).toEqual([1, 1, 0]);
  expect(states()).toEqual({ a: "observed", b: "observed" });
});

test("a function that its manifest releases is uncovered", async () => {
  fake.source.push(manifests({ a: READ_ORDERS, b: `${READ_ORDERS}  mode: release\n` }));
  await fake.start();
  await fake.clock.pass(3_000);

  expect(states()).toEqual({ a: "observed", b: "uncovered" });
  expect(found("b")).toMatchObject({ reason: "orders/b releases it" });
});

test("an Exclusion takes a function out of the uncovered ones", async () => {
  const until = new Date(fake.clock.nowMs() + 86_400_000).toISOString().replace(".000Z", "Z");
  const exclusion = `apiVersion: grantkeeper.dev/v1alpha1
kind: Exclusion
metadata: {name: legacy}
spec: {functions: [b], reason: moves to ECS, owner: dana, until: "${until}"}
`;
  fake.source.push({ ...manifests({ a: READ_ORDERS }), "platform/exclusions.yaml": exclusion });
  await fake.start();
  await fake.clock.pass(3_000);

  expect(states()).toEqual({ a: "observed", b: "excluded" });
});

test("denied tags leave the deployer unknown, and the passes go on; they are read again with the next sweep", async () => {
  fake.functionTags = DENIED;
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.clock.pass(3_000);
  const denied = found("b");
  fake.functionTags = known(
    new Map([[functionArn(PLACE, "b", null), [{ key: "ManagedBy", value: "terraform" }]]]),
  );
  await fake.clock.pass(400_000);

  expect(denied).toMatchObject({
    state: "uncovered",
    deployer: { kind: "unknown", reason: "tag:GetResources is denied" },
  });
  expect(found("b")?.deployer).toEqual({ kind: "terraform", address: null });
  expect(fake.telemetry.gauges.get("account_readable prod")).toBe(1);
});

test("without a session for the tags, the deployer is unknown because of the session", async () => {
  fake.functionTags = unreadBecause(
    awsError("circuit", { call: "sts:AssumeRole role/observer", action: "sts:AssumeRole" }),
  );
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.clock.pass(3_000);

  expect(found("b")?.deployer).toEqual({ kind: "unknown", reason: "sts:AssumeRole failed" });
});

test("an account that is not read any more keeps what was read, with its time", async () => {
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.clock.pass(3_000);
  const readAtMs = fake.control.coverage()[0]?.readAtMs;
  aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
  await fake.clock.pass(400_000);

  expect(states()).toEqual({ a: "observed", b: "uncovered" });
  expect(fake.control.coverage()[0]?.readAtMs).toBe(readAtMs);
});

test("the record has a point of the day that was read, written by the next pass", async () => {
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.clock.pass(400_000);

  const days = fake.store.accountRecords.get(ACCOUNT)?.coverageDays ?? [];
  expect(days).toMatchObject([{ counts: { observed: 1, uncovered: 1 } }]);
});

const teamText = (name: string, functions: string): string => `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: ${name}}
spec: {accounts: [prod], functions: [${functions}]}
`;

test("a release that its Team does not allow takes a function from no other team", async () => {
  const platform = `${teamText("orders", "a")}---\n${teamText("payments", "refunds")}`;
  const theft = functionText(
    "x",
    `${READ_ORDERS}  mode: release\n  function: a\n  role: {name: a-eu-west-1}\n`,
  );
  const squat = { ...manifests({}), "platform/teams.yaml": platform, "teams/payments/x.yaml": theft };
  fake.source.push(squat);
  await fake.start();
  await fake.clock.pass(3_000);
  const before = states();
  await fake.push({ ...squat, ...manifests({ a: READ_ORDERS }) });
  await fake.clock.pass(3_000);

  expect(before).toMatchObject({ a: "uncovered" });
  expect(states()).toMatchObject({ a: "observed" });
});

test("a manifest that its Team does not allow takes no function out of the uncovered ones, also with an error", async () => {
  const files = manifests({ a: READ_ORDERS, b: `${READ_ORDERS}  nonsense: 1\n` });
  fake.source.push({ ...files, "platform/teams.yaml": teamText("orders", "others-*") });
  await fake.start();
  await fake.clock.pass(3_000);
  const refused = states();
  await fake.push({ ...files, "platform/teams.yaml": teamText("orders", "a, b") });
  await fake.clock.pass(3_000);

  expect(refused).toEqual({ a: "uncovered", b: "uncovered" });
  expect(states()).toEqual({ a: "observed", b: "proposed" });
});

test("a function on the declared role is not managed while nothing was applied", async () => {
  const declared = binding();
  aws.live = withFunction(aws.live, REGION, liveFunctionOf(declared));
  fake.source.push(manifests({ [declared.name]: `  function: ${declared.functionName}\n${READ_ORDERS}` }));
  await fake.start();
  await fake.clock.pass(3_000);

  expect(found(declared.functionName)).toMatchObject({
    state: "switched",
    reason: "no revision was applied to its role yet",
  });
});
