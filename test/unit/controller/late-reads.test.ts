import { expect, test } from "@jest/globals";
import { LateReads, SweepTimes } from "../../../src/controller/state/sweep-times.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";

const ACCOUNT = "111122223333" as AccountId;
const NEVER_READ = "222233334444" as AccountId;

test("a read that does not end is a change once, when it is late, and once more when a read has ended", () => {
  const sweeps = new SweepTimes();
  const late = new LateReads(sweeps, 1_000);
  const lookAt = (nowMs: number) => late.look([ACCOUNT, NEVER_READ], nowMs);

  sweeps.swept(ACCOUNT, { beganMs: 0, endedMs: 100 });
  const whileRead = [lookAt(1_000), lookAt(60_000), lookAt(60_001), lookAt(61_000)];
  sweeps.swept(ACCOUNT, { beganMs: 61_500, endedMs: 62_000 });

  expect(whileRead).toEqual([false, false, true, false]);
  expect([lookAt(62_000), lookAt(63_000)]).toEqual([true, false]);
});
