import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { AuditEntry } from "../../../../src/audit/entry.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import { ok } from "../../../../src/model/values/result.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import type { MemorySource } from "../../../support/fakes/memory-source.ts";
import { awsHas, FILES } from "../revision/shown-commits.ts";
import { CONTENT, LEE, PROFILE, REQUEST } from "./review-scene.ts";

const PAYMENTS = "payments" as Namespace;
const TABLE = '  grants: [{dynamodb: {table: "${account.vars.ordersTable}", allow: [read]}}]\n';
const ACCOUNTS = FILES["platform/accounts.yaml"] ?? "";
const REVIEWED = { ...FILES, ...PROFILE };
const OTHER_TABLE = {
  ...REVIEWED,
  "platform/accounts.yaml": ACCOUNTS.replace("{ordersTable: orders-prod}", "{ordersTable: secrets}"),
};

let fake: FakeController;
let payments: MemorySource;
let reviews: typeof REQUEST.reviews;

beforeEach(() => {
  fake = new FakeController();
  payments = fake.addSource("payments");
  reviews = [];
});

afterEach(async () => {
  const ended = fake.stop();
  await fake.clock.pass(11_000);
  await ended;
});

function specOf(name: string, spec: string): Readonly<Record<string, string>> {
  return { [`${name}.yaml`]: manifests({ [name]: spec })[`teams/orders/${name}.yaml`] ?? "" };
}

async function fetched(): Promise<void> {
  fake.control.fetchSoon("test", [null, PAYMENTS]);
  await settled();
  await fake.clock.pass(2 * SWEEP_MS);
}

/** A new function of the namespace awaits the approval of the group; its pull request has no review yet. */
async function startedWithNewFunction(approvers: readonly string[]): Promise<void> {
  const mergedInto = async () => ok([{ ...REQUEST, reviews }]);
  fake.reviewedSources = [{ namespace: PAYMENTS, forge: "github", reader: { mergedInto }, listed: [LEE] }];
  payments.content = ok(CONTENT);
  payments.push(specOf("refunds", READ_ORDERS));
  awsHas(fake, FILES);
  fake.source.push(REVIEWED);
  await fake.start({ notedSources: new Set([PAYMENTS]), approvers: { security: ["dana", ...approvers] } });
  await fake.converge();
  await fetched();
  await fake.converge();
  await fetched();
  payments.push({ ...specOf("refunds", READ_ORDERS), ...specOf("payouts", TABLE) });
  await fetched();
}

async function approvedByReviews(): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of fake.audit.entries({ kind: "approved" }))
    if (entry.kind === "approved" && entry.review !== undefined) found.push(entry);
  return found;
}

test("a review approves a new function of a namespace with the values of the platform that it showed", async () => {
  await startedWithNewFunction(["lee"]);
  reviews = REQUEST.reviews;

  await fetched();

  expect(await approvedByReviews()).toHaveLength(1);
});

test("a review of a namespace approves no change of the platform that came after it", async () => {
  await startedWithNewFunction(["lee"]);
  fake.source.push(OTHER_TABLE);
  await fetched();
  reviews = REQUEST.reviews;

  await fetched();

  expect(await approvedByReviews()).toEqual([]);
});

test("a comment in the repository of one namespace shows no group, person or token of a review that does not count", async () => {
  await startedWithNewFunction([]);
  reviews = REQUEST.reviews;

  await fetched();

  const notes = fake.recorder.alerts.flatMap((alert) =>
    alert.kind === "pull-request-note" ? [alert.text] : [],
  );
  expect(notes.at(-1)).toContain("no review of the pull request counts");
  expect(notes.join("")).not.toMatch(/security|lee/);
});
