import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { awsError } from "../../../support/fakes/fake-aws.ts";
import { HOUR_MS, WaveEstate, waveKey } from "../../../support/adopt/waves.ts";
import { allow, documentOf } from "../../../support/pass/bindings.ts";

const MINUTES_MS = 180_000;
// Four days of sweeps take a second, and much longer on a machine that is busy.
jest.setTimeout(MINUTES_MS);
const NAMES = ["f01", "f02", "f03"];

let estate: WaveEstate;
/** The first wave has ended, and the second one, of three functions, awaits its approval. */
beforeEach(async () => {
  estate = new WaveEstate(4);
  await estate.startProven();
  await estate.approveWave();
  await estate.day();
}, MINUTES_MS);
afterEach(() => estate.fake.stop());

const suspend = () =>
  estate.fake.control.suspend(
    {
      scope: { accountId: null, namespace: "orders", key: null },
      reason: "INC-1",
      until: new Date(estate.fake.clock.nowMs() + 100 * HOUR_MS).toISOString(),
    },
    "dana",
  );
const resume = async () => {
  const [suspension] = await estate.fake.store.suspensions(estate.fake.clock.nowMs());
  await estate.fake.control.resume({ id: suspension?.id ?? "", reason: "over" }, "dana");
  await estate.hours(1);
};
const stops = () => (estate.waves().open?.stops ?? []).map(({ key, kind }) => [key, kind]);
const failing = (key: string) => {
  estate.aws.mishap = (action) =>
    action.key === key
      ? { kind: "fails", error: awsError("terminal", { code: "InvalidParameterValue" }) }
      : null;
};

describe("an approved wave", () => {
  test("switches nothing while its namespace is suspended, and goes on with the same approval afterwards", async () => {
    await suspend();
    await estate.approveWave(100 * HOUR_MS);
    const paused = [estate.switched(), estate.waves().open?.approved?.actor];
    await resume();

    expect(paused).toEqual([["f00"], "dana"]);
    expect(estate.switched()).toEqual(["f00", ...NAMES]);
  });

  test("is to be approved again for the functions that are left when its approval has ended", async () => {
    await suspend();
    const former = await estate.hold();
    await estate.approveWave(HOUR_MS);
    await estate.hours(3);
    await resume();
    const unapproved = estate.switched();
    const again = await estate.hold();
    await estate.approve(again?.subject);

    expect([unapproved, again?.subject]).toEqual([["f00"], former?.subject]);
    expect(estate.switched()).toEqual(["f00", ...NAMES]);
  });

  test("goes on with the same approval after a kill between two of its calls", async () => {
    let calls = 0;
    estate.aws.mishap = () => {
      calls += 1;
      if (calls === 2) return { kind: "dies-after" };
      return calls > 2 ? { kind: "dies-before" } : null;
    };
    await estate.approveWave();
    const killed = estate.switched().length;
    estate.aws.mishap = () => null;
    await estate.restart();
    await estate.hours(1);

    expect(killed).toBeLessThan(4);
    expect(estate.switched()).toEqual(["f00", ...NAMES]);
    expect(estate.switches().toSorted()).toEqual(["f00", ...NAMES]);
    expect(estate.fake.audit.log.filter(({ kind }) => kind === "approved")).toHaveLength(3);
  });

  test("stops at the first switch that AWS refuses: no other function is switched until it is approved again", async () => {
    failing(waveKey("f02"));
    await estate.approveWave(10 * HOUR_MS);
    await estate.hours(2);
    const stopped = await estate.hold();
    const tried = estate.aws.writes.length;
    await estate.hours(2);
    const silent = estate.aws.writes.length - tried;
    estate.aws.mishap = () => null;
    await estate.approve(stopped?.subject);

    expect(stops()).toEqual([[waveKey("f02"), "switch-failed"]]);
    expect(stopped?.keys).toEqual([waveKey("f02")]);
    expect(stopped?.reason).toContain("1 function of 3 moves to its declared role");
    expect(stopped?.reason).toContain("it stopped: orders/f02: ");
    expect(silent).toBe(0);
    expect(estate.switched()).toEqual(["f00", ...NAMES]);
  });

  test("does not switch a function whose old role has gained a permission since, and stops", async () => {
    await suspend();
    await estate.approveWave(100 * HOUR_MS);
    estate.changeOldRole("f02", documentOf(allow("s3:GetObject", "arn:aws:s3:::uploads/*")));
    await estate.hours(1);
    await resume();
    const after = await estate.hold();

    expect(stops()).toEqual([[waveKey("f02"), "switch-changed"]]);
    expect(estate.switched()).toEqual(["f00"]);
    expect(after?.keys).toEqual([waveKey("f01"), waveKey("f03")]);
    expect((await estate.memberHolds()).map(({ keys }) => keys[0])).not.toContain(waveKey("f02"));
  });

  test("is not blocked by a function that is deleted", async () => {
    await suspend();
    await estate.approveWave(100 * HOUR_MS);
    estate.deleteFunction("f02");
    await resume();
    await estate.day();

    expect(estate.switched()).toEqual(["f00", "f01", "f03"]);
    expect(estate.waves()).toMatchObject({ open: null, ended: [{ number: 1 }, { number: 2, functions: 2 }] });
  });
});

describe("a wave that is watched", () => {
  beforeEach(() => estate.approveWave(50 * HOUR_MS));

  test("stops at the first denied call of one of its functions, and begins its day again", async () => {
    await estate.hours(12);
    await estate.denied("f01", "Decrypt");
    await estate.hours(12);
    const early = estate.waves().ended.length;
    await estate.denied("f01", "Decrypt");
    await estate.hours(12);

    const { ended } = estate.waves();
    expect([early, ended.length]).toEqual([1, 2]);
    expect(ended[1]?.stops.map(({ key, reason }) => [key, reason])).toEqual([
      [waveKey("f01"), "AWS denied kms:Decrypt (AccessDenied)"],
    ]);
  });

  test("does not switch a function again that was set back, and does not end while it is", async () => {
    estate.setBack("f02");
    await estate.hours(30);

    expect(stops()).toEqual([[waveKey("f02"), "set-back"]]);
    expect(estate.switched()).toEqual(["f00", "f01", "f03"]);
    expect(estate.waves().ended).toHaveLength(1);
    expect(estate.switches().filter((name) => name === "f02")).toHaveLength(1);
  });

  test("ends without the function once its manifest does not set its role any more", async () => {
    estate.setBack("f02");
    await estate.hours(2);
    await estate.push({ f02: "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n" });
    await estate.day();

    expect(estate.waves().ended).toMatchObject([{ number: 1 }, { number: 2, functions: 2 }]);
  });

  test("begins its day again when the role of one of its functions is changed in AWS", async () => {
    await estate.hours(12);
    estate.changeRole("f01", documentOf(allow("s3:GetObject", "arn:aws:s3:::uploads/*")));
    await estate.hours(12);
    const early = estate.waves().ended.length;
    await estate.hours(12);

    expect([early, estate.waves().ended.length]).toEqual([1, 2]);
    expect(estate.waves().ended[1]?.stops.map(({ kind }) => kind)).toEqual(["role-changed"]);
  });
});

test("a wave that is rejected switches nothing, and stays rejected while it has the same functions", async () => {
  const hold = await estate.hold();
  await estate.fake.control.reject({ subject: hold?.subject ?? "", reason: "not today" }, "dana");
  await estate.day();

  expect(estate.switched()).toEqual(["f00"]);
  expect((await estate.hold())?.subject).toBe(hold?.subject);
  expect((await estate.fake.store.rejections()).map(({ subject }) => subject)).toEqual([hold?.subject]);
});

test("an approval of a wave is void as soon as a function leaves it before the first switch", async () => {
  const subject = (await estate.hold())?.subject ?? "";
  await suspend();
  await estate.push({ f03: "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n" });
  const now = await estate.hold();

  expect(now?.subject).not.toBe(subject);
  expect(await estate.approve(subject)).toBe(false);
  expect(now?.keys).toEqual([waveKey("f01"), waveKey("f02")]);
});
