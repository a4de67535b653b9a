import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, BOTH, endOf, callsOf } from "./two-functions.ts";

let fake: FakeController;

let aws: FakeAws;
beforeEach(() => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => endOf(fake));

describe("a push", () => {
  beforeEach(() => fake.startConverged(BOTH));

  test("that rewrote history is held, reported once, and accepted after an approval", async () => {
    fake.source.relation = "rewritten";
    const revision = fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(3 * INTERVAL_MS);
    const held = [callsOf(aws), (await fake.control.overview()).holds.map(({ subject }) => subject)];

    await fake.approveAll();

    expect(held).toEqual([[], [revision]]);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "revision-held")).toHaveLength(1);
    expect(callsOf(aws)).toEqual(["iam:PutRolePolicy"]);
  });

  test("that rewrote history shows the commits of the accepted revision that it drops", async () => {
    const dropped = [
      { id: "a", author: "Dana", committer: "Dana", at: "2026-09-30T08:30:12.000Z", subject: "close it" },
    ];
    fake.source.relation = "rewritten";
    fake.source.droppedCommits = dropped;
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(3 * INTERVAL_MS);

    expect((await fake.control.overview()).holds).toMatchObject([{ code: "revision", dropped }]);
  });

  test("that rewrote history and was reverted is no longer pending, and is reported again if it returns", async () => {
    const accepted = (await fake.control.overview()).source.accepted;
    fake.source.relation = "rewritten";
    const revision = fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(2 * INTERVAL_MS);
    if (accepted !== null) fake.source.reset(accepted);
    await fake.clock.pass(2 * INTERVAL_MS);
    const between = (await fake.control.overview()).holds;
    fake.source.reset(revision);
    await fake.clock.pass(2 * INTERVAL_MS);

    expect(between).toEqual([]);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "revision-held")).toHaveLength(2);
  });

  test.each<{ answer: (accepted: Revision) => Promise<unknown>; ends: string; because: string }>([
    { answer: () => fake.approveAll(), ends: "accepted", because: "an operator approves it" },
    {
      answer: async () => {
        const [hold] = (await fake.control.overview()).holds;
        return fake.control.reject({ subject: hold?.subject ?? "", reason: "no" }, "sam");
      },
      ends: "rejected",
      because: "an operator rejects it",
    },
    {
      answer: (accepted) => Promise.resolve(fake.source.reset(accepted)),
      ends: "superseded",
      because: "the branch was restored",
    },
    {
      answer: () => {
        fake.source.relation = "forward";
        return fake.push({ ...BOTH, "platform/note.yaml": "# x\n" });
      },
      ends: "superseded",
      because: "a later push needs no approval",
    },
  ])("that rewrote history is one incident, which ends as $ends: $because", async ({ answer, ends }) => {
    const { accepted } = (await fake.control.overview()).source;
    fake.source.relation = "rewritten";
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(2 * INTERVAL_MS);
    if (accepted !== null) await answer(accepted);
    await fake.clock.pass(3 * INTERVAL_MS);

    const about = fake.recorder.alerts.flatMap((alert) =>
      alert.kind === "revision-held"
        ? ["held"]
        : alert.kind === "revision-decided"
          ? [`${alert.source} ${alert.how}`]
          : [],
    );
    expect(about).toEqual(["held", `main ${ends}`]);
  });
});
