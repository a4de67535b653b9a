import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { FILES, NEXT, PLATFORM, statuses, texts, shortOf, started, pushed, awsHas } from "./shown-commits.ts";

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});

afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

describe("the states of a commit", () => {
  test("are none without a forge", async () => {
    await fake.startConverged(FILES);
    await fake.push(NEXT);

    expect(statuses(fake)).toEqual([]);
  });

  test("begin as pending, and fail while the first enforcing pass awaits approval", async () => {
    const first = await started(fake);

    expect(statuses(fake).slice(0, 1)).toEqual([`${first} pending`]);
    expect(statuses(fake).at(-1)).toBe(`${first} failure`);
    expect(texts(fake).at(-1)).toMatch(/^not applied: orders\/a@prod\/eu-west-1: /);
  });

  test("fail if a document is invalid, with its place, although the rest is applied", async () => {
    await started(fake);
    await fake.converge();

    const next = await pushed(fake, { ...NEXT, "teams/orders/z.yaml": "kind: Nothing\n" });
    await fake.clock.pass(5_000);

    expect(statuses(fake).at(-1)).toBe(`${next} failure`);
    expect(texts(fake).at(-1)).toContain("the first in teams/orders/z.yaml:1");
  });

  test("fail for a held commit, and the accepted one keeps its state", async () => {
    await started(fake);
    await fake.converge();
    fake.source.relation = "rewritten";

    const held = await pushed(fake);

    expect(statuses(fake)).toEqual([`${held} failure`]);
    expect(texts(fake)[0]).toMatch(/^not applied, awaiting approval: .*force-push/);
  });

  test("of a held commit end when another one takes its place", async () => {
    const first = fake.source.push(FILES);
    await fake.start({ shownCommits: PLATFORM });
    await fake.converge();
    fake.source.relation = "rewritten";
    const held = await pushed(fake);
    fake.recorder.alerts.splice(0);

    fake.source.reset(first);
    fake.control.fetchSoon("test", [null]);
    await settled();

    expect(statuses(fake)).toEqual([`${held} superseded`]);
  });

  test("of a commit that was not applied completely end with the next one", async () => {
    const first = await started(fake);

    const next = await pushed(fake);

    expect(statuses(fake).slice(0, 2)).toEqual([`${first} superseded`, `${next} pending`]);
  });

  test("fail for a commit without manifests", async () => {
    await started(fake);
    await fake.converge();

    const empty = await pushed(fake, { "README.md": "nothing" });

    expect(statuses(fake)).toEqual([`${empty} failure`]);
  });

  test("succeed without a word about AWS if nothing is declared: nothing was read", async () => {
    const { "platform/accounts.yaml": account = "" } = manifests({});
    const observed = account.replace(/ {2}(?:writer|boundary): .*\n/g, "").replace("enforce", "observe");
    const first = fake.source.push({ "platform/accounts.yaml": observed });
    await fake.start({ shownCommits: PLATFORM });

    expect(statuses(fake).at(-1)).toBe(`${shortOf(first)} success`);
    expect(texts(fake).at(-1)).toBe("no functions and no policies declared");
  });

  test("of a commit that only removes a function count what AWS still has of it", async () => {
    const both = manifests({ a: READ_ORDERS, b: READ_ORDERS });
    awsHas(fake, both);
    fake.source.push(both);
    await fake.start({ shownCommits: PLATFORM });
    await fake.converge();

    const next = await pushed(fake, FILES);
    await fake.clock.pass(2 * SWEEP_MS);

    expect(statuses(fake).at(-1)).toBe(`${next} success`);
    expect(texts(fake).at(-1)).toMatch(
      /as declared, read from AWS at .*; 1 object no longer declared and still in AWS$/,
    );
  });

  test("stay pending while an observed account differs from the commit", async () => {
    fake.source.push(FILES);
    await fake.start({ shownCommits: PLATFORM, mode: "observe" });
    await fake.clock.pass(5_000);

    expect(statuses(fake).at(-1)).toMatch(/ pending$/);
    expect(texts(fake).at(-1)).toMatch(/observe only: \d+ objects? of \d+ differ/);
  });

  test("are not pending again after a restart: no news of a commit that has ended is new", async () => {
    await started(fake);
    await fake.converge();
    await pushed(fake);
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
