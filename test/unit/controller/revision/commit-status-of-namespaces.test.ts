import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { type MemorySource } from "../../../support/fakes/memory-source.ts";
import { FILES, NEXT, PLATFORM, statuses, texts, shortOf, started, pushed, awsHas } from "./shown-commits.ts";

const REFUNDS = manifests({ refunds: READ_ORDERS })["teams/orders/refunds.yaml"] ?? "";

let fake: FakeController;
beforeEach(() => {
  fake = new FakeController();
});

afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

/** In order, each of them once. */
function statesOf(fake: FakeController, commit: string): readonly string[] {
  const ofCommit = statuses(fake).filter((status) => status.startsWith(commit));
  return [...new Set(ofCommit.map((status) => status.slice(commit.length + 1)))];
}

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
    awsHas(fake, { ...FILES, "teams/payments/refunds.yaml": REFUNDS });
    const payments = fake.addSource("payments");
    payments.push({ "refunds.yaml": REFUNDS });
    await started(fake);
    await fake.converge();
    fail(payments);
    fake.control.fetchSoon("test", ["payments" as Namespace]);
    await settled();

    const next = await pushed(fake);
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statesOf(fake, next)).toEqual(["pending", "success"]);
    expect(texts(fake).at(-1)).toMatch(/^2 objects as declared/);
  });

  test("do not wait for one that was never read", async () => {
    awsHas(fake, { ...FILES, "teams/payments/refunds.yaml": REFUNDS });
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

    const next = await pushed(fake);
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statesOf(fake, next)).toEqual(["pending", "success"]);
  });
});

describe("the states of a commit of a namespace source", () => {
  const NAMESPACE = "payments" as Namespace;
  let payments: MemorySource;

  beforeEach(async () => {
    awsHas(fake, { ...FILES, "teams/payments/refunds.yaml": REFUNDS });
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

    expect(statesOf(fake, next)).toEqual(["pending", "success"]);
    expect(texts(fake).at(-1)).toMatch(/^1 object as declared/);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "commit-status")).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ source: "payments" })]),
    );
  });

  test("fail for its own invalid document, named as in its repository", async () => {
    const next = await pushedTo(payments, { "refunds.yaml": REFUNDS, "new.yaml": "kind: Nothing\n" });
    await fake.clock.pass(5_000);

    expect(statuses(fake).at(-1)).toBe(`${next} failure`);
    expect(texts(fake).at(-1)).toContain("the first in new.yaml:1");
  });

  test("fail for its own held commit", async () => {
    payments.relation = "rewritten";

    expect(
      await pushedTo(payments, { "refunds.yaml": REFUNDS, "new.yaml": "spec: {}" }).then((next) =>
        statesOf(fake, next),
      ),
    ).toEqual(["failure"]);
  });

  test("are none for a commit of the platform, whose errors are not its own", async () => {
    await pushedTo(fake.source, { ...NEXT, "teams/orders/z.yaml": "kind: Nothing\n" });
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statuses(fake)).toEqual([]);
  });
});
