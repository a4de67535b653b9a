import { ACCOUNT, KEY, keyOf, Operator, startedWithTwoFunctions } from "./operator.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Digest } from "../../../../src/model/values/digest.ts";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  type FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";

let fake: FakeController;
let aws: FakeAws;
let dana: Operator;

beforeEach(async () => {
  fake = await startedWithTwoFunctions();
  dana = new Operator(fake);
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => fake.stop());

describe("a rejection", () => {
  const reject = (subject: string, reason = "ask the team first") =>
    fake.control.reject({ subject, reason }, "sam");
  const rejections = async () => (await fake.control.overview()).rejections;

  test("keeps the plan held, and is audited with the operator, the reason and its scope", async () => {
    const subject = await dana.heldSubject();

    const rejected = await reject(subject.slice(7, 15));
    await fake.clock.pass(SWEEP_MS * 2);

    expect(rejected).toMatchObject({ kind: "ok", value: { subject, accountId: ACCOUNT, actor: "sam" } });
    expect(fake.audit.log.find(({ kind }) => kind === "rejected")).toMatchObject({
      subject,
      actor: "sam",
      reason: "ask the team first",
      covers: [{ key: KEY }, { key: keyOf("b") }],
    });
    expect(await rejections()).toMatchObject([{ subject, reason: "ask the team first" }]);
    expect([await dana.heldSubject(), aws.writes]).toEqual([subject, []]);
  });

  test("after an approval is refused, because the approved calls run", async () => {
    const subject = await dana.heldSubject();
    await dana.approve(subject);

    const rejected = await reject(subject);
    await settled();

    expect(rejected).toMatchObject({ kind: "err", error: { code: "conflict" } });
    expect([fake.store.rejectionList, aws.writes.length > 0]).toEqual([[], true]);
    expect(fake.audit.log.map(({ kind }) => kind)).not.toContain("rejected");
  });

  test("ends when the plan changes: the new plan waits for an answer again", async () => {
    const subject = await dana.heldSubject();
    await reject(subject);

    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(SWEEP_MS * 2);

    expect(await dana.heldSubject()).not.toBe(subject);
    expect([await rejections(), fake.store.rejectionList]).toEqual([[], []]);
  });

  test("ends with a later approval, which runs", async () => {
    const subject = await dana.heldSubject();
    await reject(subject);

    await dana.approve(subject);
    await settled();

    expect(fake.store.rejectionList).toEqual([]);
    expect(aws.writes.length).toBeGreaterThan(0);
    expect(
      fake.audit.log.map(({ kind }) => kind).filter((kind) => /^(rejected|approved)$/.test(kind)),
    ).toEqual(["rejected", "approved"]);
  });

  test.each([
    { of: "0000000", reason: "x", code: "not-found", because: "no pending approval has that name" },
    { of: null, reason: " ", code: "invalid", because: "it needs a reason" },
  ])("is refused: $because", async ({ of, reason, code }) => {
    expect(await reject(of ?? (await dana.heldSubject()), reason)).toMatchObject({
      kind: "err",
      error: { code },
    });
    expect(fake.store.rejectionList).toEqual([]);
  });
});

describe("a short name that also names what was pending earlier", () => {
  /** The state after someone has searched for a plan with the same first digits, and pushed it. */
  async function withNamesake(): Promise<{ readonly subject: string; readonly short: string }> {
    const subject = await dana.heldSubject();
    const short = subject.slice("sha256:".length, "sha256:".length + 8);
    const former = `sha256:${short}${"0".repeat(56)}` as Digest;
    await fake.audit.append([
      {
        kind: "plan-held",
        key: KEY,
        revision: fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS })),
        planDigest: former,
        subject: former,
        reason: "first enforcing run",
      },
    ]);
    return { subject, short };
  }

  test("approves nothing: the plan that was reviewed may be the other one", async () => {
    const { short } = await withNamesake();

    const approved = await dana.approve(short);
    await settled();

    expect(approved).toMatchObject({ kind: "err", error: { code: "ambiguous" } });
    expect([fake.store.approvalList, aws.writes]).toEqual([[], []]);
  });

  test("rejects nothing", async () => {
    const { short } = await withNamesake();

    expect(await fake.control.reject({ subject: short, reason: "no" }, "sam")).toMatchObject({
      kind: "err",
      error: { code: "ambiguous" },
    });
  });

  test("does not prevent the use of the complete digest", async () => {
    const { subject } = await withNamesake();

    expect(await dana.approve(subject)).toMatchObject({ kind: "ok", value: { subject } });
  });
});
