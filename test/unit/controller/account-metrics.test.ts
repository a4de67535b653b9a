import { expect, test } from "@jest/globals";
import { AccountMetrics } from "../../../src/controller/account-metrics.ts";
import { LateReads, SweepTimes } from "../../../src/controller/state/sweep-times.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";

const ACCOUNT = "111122223333" as AccountId;
const READ = { firstPassEnded: true, unread: [], failure: null, fault: null };

test("an account whose last read does not end is not readable from three sweeps on, until a read has ended", () => {
  const telemetry = new MemoryTelemetry();
  const state = {
    account: () => READ,
  };
  const metrics = new AccountMetrics(state as never, telemetry);
  const sweeps = new SweepTimes();
  const late = new LateReads(sweeps, 60_000);
  const readableAt = (nowMs: number): number | undefined => {
    late.look([ACCOUNT], nowMs);
    metrics.measure([{ id: ACCOUNT, name: "prod" }], late);
    return telemetry.gauges.get("account_readable prod");
  };

  sweeps.swept(ACCOUNT, { beganMs: 0, endedMs: 100 });
  const whileRead = [readableAt(180_000), readableAt(180_001)];
  sweeps.swept(ACCOUNT, { beganMs: 200_000, endedMs: 200_100 });

  expect([...whileRead, readableAt(200_200)]).toEqual([1, 0, 1]);
});
