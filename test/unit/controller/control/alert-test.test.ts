import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";

const OPS = {
  name: "ops",
  sink: "webhook",
  namespaces: ["*"],
  accounts: ["*"],
  severity: "other",
  waiting: 0,
  oldestWaitingMs: null,
  deliveredMs: null,
  problem: null,
} as const;

let fake: FakeController;

beforeEach(async () => {
  fake = new FakeController();
  fake.routes = [OPS];
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
});
afterEach(() => fake.stop());

const tested = (): readonly unknown[] => fake.audit.log.filter(({ kind }) => kind === "alert-tested");

test("a test alert is in the record with its actor, and the receiver's answer is returned", async () => {
  expect(await fake.control.testAlert("ops", "dana")).toEqual({
    kind: "ok",
    value: { kind: "accepted", answer: "HTTP 204", problem: null },
  });
  expect(tested()).toMatchObject([{ route: "ops", actor: "dana" }]);
});

test("no test alert is sent that is not in the record", async () => {
  fake.recorder.record = () => Promise.reject(new Error("the disk is full"));

  await expect(fake.control.testAlert("ops", "dana")).rejects.toThrow("the disk is full");
});

test("a route that does not exist is refused with the names of those that do", async () => {
  const refused = await fake.control.testAlert("pager", "dana");
  fake.routes = [];
  const none = await fake.control.testAlert("pager", "dana");

  expect([refused, none]).toMatchObject([
    { error: { code: "not-found", hint: "the routes of the operator's file are ops" } },
    { error: { hint: "add a route to alerts in the operator's file" } },
  ]);
  expect(tested()).toEqual([]);
});
