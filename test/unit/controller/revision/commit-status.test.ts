import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import { compiledText } from "../../../../src/diff/documents/compiled-texts.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  type MemorySource,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { compileTexts } from "../../../support/manifests.ts";
import { withFunction, withPolicy } from "../../../support/pass/apply.ts";
import { ACCOUNT_ID, liveFunctionOf, livePolicyOf, REGION } from "../../../support/pass/bindings.ts";

const FILES = manifests({ a: READ_ORDERS });
const NEXT = manifests({ a: WRITE_ORDERS });
const REFUNDS = manifests({ refunds: READ_ORDERS })["teams/orders/refunds.yaml"] ?? "";

const PLATFORM: ReadonlySet<Namespace | null> = new Set([null]);

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

/** `4f0e2d1 pending`: what the forge would be sent, also what it shows already. */
function statuses(): readonly string[] {
  return fake.recorder.alerts.flatMap((alert) =>
    alert.kind === "commit-status" ? [`${alert.commit.slice(0, 7)} ${alert.state}`] : [],
  );
}

function texts(): readonly string[] {
  return fake.recorder.alerts.flatMap((alert) => (alert.kind === "commit-status" ? [alert.text] : []));
}

/** In order, each of them once. */
function statesOf(commit: string): readonly string[] {
  const ofCommit = statuses().filter((status) => status.startsWith(commit));
  return [...new Set(ofCommit.map((status) => status.slice(commit.length + 1)))];
}

function shortOf(revision: Revision): string {
  return revision.slice(revision.indexOf(":") + 1).slice(0, 7);
}

async function started(): Promise<string> {
  const revision = fake.source.push(FILES);
  await fake.start({ shownCommits: PLATFORM });
  return shortOf(revision);
}

async function pushed(files = NEXT): Promise<string> {
  fake.recorder.alerts.splice(0);
  const revision = fake.source.push(files);
  fake.control.fetchSoon("test", [null]);
  await settled();
  return shortOf(revision);
}

/** Policies and functions as they are declared, so that nothing of a commit is awaited. */
function awsHas(files: Readonly<Record<string, string>>): void {
  const account = fake.cloud.account(ACCOUNT_ID);
  const { bindings, policies } = compileTexts(files).desired;
  for (const { arn, document, description } of policies.values())
    account.live = withPolicy(
      account.live,
      livePolicyOf(arn, [compiledText(document) ?? ""], { description }),
    );
  for (const binding of bindings.values())
    account.live = withFunction(account.live, REGION, liveFunctionOf(binding));
}

describe("the states of a commit", () => {
  test("are none without a forge", async () => {
    await fake.startConverged(FILES);
    await fake.push(NEXT);

    expect(statuses()).toEqual([]);
  });

  test("begin as pending, and fail while the first enforcing pass awaits approval", async () => {
    const first = await started();

    expect(statuses().slice(0, 1)).toEqual([`${first} pending`]);
    expect(statuses().at(-1)).toBe(`${first} failure`);
    expect(texts().at(-1)).toMatch(/^not applied: orders\/a@prod\/eu-west-1: /);
  });

  test("fail if a document is invalid, with its place, although the rest is applied", async () => {
    await started();
    await fake.converge();

    const next = await pushed({ ...NEXT, "teams/orders/z.yaml": "kind: Nothing\n" });
    await fake.clock.pass(5_000);

    expect(statuses().at(-1)).toBe(`${next} failure`);
    expect(texts().at(-1)).toContain("the first in teams/orders/z.yaml:1");
  });

  test("fail for a held commit, and the accepted one keeps its state", async () => {
    await started();
    await fake.converge();
    fake.source.relation = "rewritten";

    const held = await pushed();

    expect(statuses()).toEqual([`${held} failure`]);
    expect(texts()[0]).toMatch(/^not applied, awaiting approval: .*force-push/);
  });

  test("of a held commit end when another one takes its place", async () => {
    const first = fake.source.push(FILES);
    await fake.start({ shownCommits: PLATFORM });
    await fake.converge();
    fake.source.relation = "rewritten";
    const held = await pushed();
    fake.recorder.alerts.splice(0);

    fake.source.reset(first);
    fake.control.fetchSoon("test", [null]);
    await settled();

    expect(statuses()).toEqual([`${held} superseded`]);
  });

  test("of a commit that was not applied completely end with the next one", async () => {
    const first = await started();

    const next = await pushed();

    expect(statuses().slice(0, 2)).toEqual([`${first} superseded`, `${next} pending`]);
  });

  test("fail for a commit without manifests", async () => {
    await started();
    await fake.converge();

    const empty = await pushed({ "README.md": "nothing" });

    expect(statuses()).toEqual([`${empty} failure`]);
  });

  test("succeed without a word about AWS if nothing is declared: nothing was read", async () => {
    const { "platform/accounts.yaml": account = "" } = manifests({});
    const observed = account.replace(/ {2}(?:writer|boundary): .*\n/g, "").replace("enforce", "observe");
    const first = fake.source.push({ "platform/accounts.yaml": observed });
    await fake.start({ shownCommits: PLATFORM });

    expect(statuses().at(-1)).toBe(`${shortOf(first)} success`);
    expect(texts().at(-1)).toBe("no functions and no policies declared");
  });

  test("of a commit that only removes a function count what AWS still has of it", async () => {
    const both = manifests({ a: READ_ORDERS, b: READ_ORDERS });
    awsHas(both);
    fake.source.push(both);
    await fake.start({ shownCommits: PLATFORM });
    await fake.converge();

    const next = await pushed(FILES);
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statuses().at(-1)).toBe(`${next} success`);
    expect(texts().at(-1)).toMatch(
      /as declared, read from AWS at .*; 1 object no longer declared and still in AWS$/,
    );
  });

  test("stay pending while an observed account differs from the commit", async () => {
    fake.source.push(FILES);
    await fake.start({ shownCommits: PLATFORM, mode: "observe" });
    await fake.clock.pass(5_000);

    expect(statuses().at(-1)).toMatch(/ pending$/);
    expect(texts().at(-1)).toMatch(/observe only: \d+ objects? of \d+ differ/);
  });

  test("are not pending again after a restart: no news of a commit that has ended is new", async () => {
    await started();
    await fake.converge();
    await pushed();
    await fake.clock.pass(5_000);
    const stopped = fake.stop();
    await fake.clock.pass(11_000);
    await stopped;
    fake.recorder.alerts.splice(0);

    await fake.start({ shownCommits: PLATFORM });
    await fake.clock.pass(5_000);

    const news = fake.recorder.alerts.filter((alert) => alert.kind === "commit-status");
    expect(news.map(({ isNew }) => isNew)).not.toContain(true);
  });
});

describe("the states of the platform's commit, with a namespace source,", () => {
  test.each<{ because: string; fail: (payments: MemorySource) => void }>([
    {
      because: "cannot be read",
      fail: (payments) => {
        payments.failure = new SourceError({ code: "unreachable", message: "no route", fix: "check it" });
      },
    },
    {
      because: "is held",
      fail: (payments) => {
        payments.relation = "rewritten";
        payments.push({ "refunds.yaml": REFUNDS, "new.yaml": "spec: {}" });
      },
    },
    {
      because: "has an invalid document",
      fail: (payments) => void payments.push({ "refunds.yaml": REFUNDS, "new.yaml": "kind: Nothing\n" }),
    },
    {
      because: "has a function that does not exist yet",
      fail: (payments) => void payments.push({ "new.yaml": REFUNDS.replace("name: refunds", "name: new") }),
    },
  ])("do not wait for one that $because", async ({ fail }) => {
    awsHas({ ...FILES, "teams/payments/refunds.yaml": REFUNDS });
    const payments = fake.addSource("payments");
    payments.push({ "refunds.yaml": REFUNDS });
    await started();
    await fake.converge();
    fail(payments);
    fake.control.fetchSoon("test", ["payments" as Namespace]);
    await settled();

    const next = await pushed();
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statesOf(next)).toEqual(["pending", "success"]);
    expect(texts().at(-1)).toMatch(/^2 objects as declared/);
  });

  test("do not wait for one that was never read", async () => {
    awsHas({ ...FILES, "teams/payments/refunds.yaml": REFUNDS });
    await fake.startConverged({ ...FILES, "teams/payments/refunds.yaml": REFUNDS });
    const stopped = fake.stop();
    await fake.clock.pass(11_000);
    await stopped;
    fake.addSource("payments").failure = new SourceError({
      code: "unreachable",
      message: "no",
      fix: "check",
    });
    await fake.start({ shownCommits: PLATFORM });
    await fake.converge();

    const next = await pushed();
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statesOf(next)).toEqual(["pending", "success"]);
  });
});

describe("the states of a commit of a namespace source", () => {
  const NAMESPACE = "payments" as Namespace;
  let payments: MemorySource;

  beforeEach(async () => {
    awsHas({ ...FILES, "teams/payments/refunds.yaml": REFUNDS });
    payments = fake.addSource("payments");
    payments.push({ "refunds.yaml": REFUNDS });
    fake.source.push(FILES);
    await fake.start({ shownCommits: new Set([NAMESPACE]) });
    await fake.converge();
    fake.recorder.alerts.splice(0);
  });

  async function pushedTo(source: MemorySource, files: Readonly<Record<string, string>>): Promise<string> {
    const revision = source.push(files);
    fake.control.fetchSoon("test", [source === payments ? NAMESPACE : null]);
    await settled();
    return shortOf(revision);
  }

  test("are of its own repository, and end with success when its own functions are as declared", async () => {
    const next = await pushedTo(payments, { "refunds.yaml": `${REFUNDS}# more\n` });
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statesOf(next)).toEqual(["pending", "success"]);
    expect(texts().at(-1)).toMatch(/^1 object as declared/);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "commit-status")).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ source: "payments" })]),
    );
  });

  test("fail for its own invalid document, named as in its repository", async () => {
    const next = await pushedTo(payments, { "refunds.yaml": REFUNDS, "new.yaml": "kind: Nothing\n" });
    await fake.clock.pass(5_000);

    expect(statuses().at(-1)).toBe(`${next} failure`);
    expect(texts().at(-1)).toContain("the first in new.yaml:1");
  });

  test("fail for its own held commit", async () => {
    payments.relation = "rewritten";

    expect(
      await pushedTo(payments, { "refunds.yaml": REFUNDS, "new.yaml": "spec: {}" }).then(statesOf),
    ).toEqual(["failure"]);
  });

  test("are none for a commit of the platform, whose errors are not its own", async () => {
    await pushedTo(fake.source, { ...NEXT, "teams/orders/z.yaml": "kind: Nothing\n" });
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statuses()).toEqual([]);
  });
});
