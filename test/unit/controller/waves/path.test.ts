import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { HOUR_MS, WaveEstate, waveKey } from "../../../support/adopt/waves.ts";

const MINUTES_MS = 120_000;
// Four days of sweeps take a second, and much longer on a machine that is busy.
jest.setTimeout(MINUTES_MS);

let estate: WaveEstate;
beforeEach(async () => {
  estate = new WaveEstate(14);
  await estate.startProven();
}, MINUTES_MS);
afterEach(() => estate.fake.stop());

const numbers = async (): Promise<readonly number[]> =>
  (await estate.memberHolds()).map(({ wave }) => wave?.number ?? 0).toSorted((a, b) => a - b);

describe("proven functions of a namespace", () => {
  test(
    "move in waves of one, of ten and of all others, each by one approval and a day after the one before, until all are enforced and one is released",
    async () => {
      const planned = await numbers();
      const before = estate.switched();
      await estate.approveWave();
      const first = estate.switched();
      await estate.hours(18);
      const early = await estate.hold();
      await estate.hours(4);
      const second = await estate.hold();
      await estate.approveWave();
      const eleven = estate.switched();
      const [third] = [await estate.hold(), await estate.day()];
      const rest = await estate.hold();
      await estate.approveWave();
      const all = estate.switched();
      await estate.day();
      const stages = estate.names.map((name) => estate.stage(name));
      await estate.release("f03");
      await estate.hours(2);

      expect(planned).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3]);
      expect([before, first]).toEqual([[], ["f00"]]);
      expect(early).toBeUndefined();
      expect(second?.keys).toEqual(estate.names.slice(1, 11).map(waveKey));
      expect(second?.reason).toBe(
        "wave 2 of namespace orders: 10 functions move to their declared roles, same permissions (proved; policies of other resources not read)",
      );
      expect(eleven).toEqual(estate.names.slice(0, 11));
      expect(third).toBeUndefined();
      expect(rest?.keys).toEqual(estate.names.slice(11).map(waveKey));
      expect(all).toEqual(estate.names);
      expect(new Set(stages)).toEqual(new Set(["enforced"]));
      expect(estate.waves()).toMatchObject({
        open: null,
        ended: [
          { number: 1, functions: 1 },
          { number: 2, functions: 10 },
          { number: 3, functions: 3 },
        ],
      });
      expect(estate.switches().toSorted()).toEqual(estate.names);
      expect(estate.stage("f03")).toBeUndefined();
    },
    MINUTES_MS,
  );

  test("are written only under the approval of their wave, and the record names each step of a wave", async () => {
    await estate.approveWave();
    await estate.day();

    const entries = estate.fake.audit.log.filter((entry) => entry.kind === "wave-changed");
    expect(entries.map(({ number, to, keys }) => [number, to, keys.length])).toEqual([
      [1, "opened", 1],
      [1, "approved", 1],
      [1, "switched", 1],
      [1, "ended", 1],
      [2, "opened", 10],
    ]);
  });

  test("have no second wave while the controller was not running for a day: nothing was watched in it", async () => {
    await estate.approveWave();
    await estate.hours(2);
    await estate.fake.stop();
    await estate.fake.clock.pass(30 * HOUR_MS);
    await estate.restart();
    await estate.hours(2);
    const [early] = [await estate.hold(), await estate.hours(20)];

    expect(early).toBeUndefined();
    expect((await estate.hold())?.wave).toEqual({ namespace: "orders", number: 2 });
  });

  test("are counted as held while their wave awaits its approval, and those of later waves are not", async () => {
    const held = (): number | undefined => estate.fake.telemetry.gauges.get("binding_verdicts prod held");
    const first = held();
    await estate.approveWave();
    const switched = held();
    await estate.day();

    expect([first, switched, held()]).toEqual([1, 0, 10]);
  });

  test("can be approved one by one instead, and the waves go on with the others", async () => {
    const holds = await estate.memberHolds();
    const single = holds.find(({ keys }) => keys[0] === waveKey("f05"));
    await estate.approve(single?.subject);
    const alone = estate.switched();
    await estate.approveWave();
    await estate.day();

    expect(alone).toEqual(["f05"]);
    expect((await estate.hold())?.keys.includes(waveKey("f05"))).toBe(false);
    expect((await estate.hold())?.keys).toHaveLength(10);
  });
});
