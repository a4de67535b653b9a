/** A process that records one settlement of 120 keys, and kills itself with SIGKILL at one point of it. */
import { writeSync } from "node:fs";
import type { SettlementStore } from "../../src/controller/ports/store.ts";
import { createRecorder } from "../../src/record/recorder.ts";
import { STEADY_LOOP } from "../support/event-loop.ts";
import { routeOf } from "../support/record/alert-receivers.ts";
import { ENGINES, optionsFor, testClock, testTelemetry } from "./engines.ts";
import { largeSettlement, type SettlementPoint } from "./large-settlement.ts";

const [name, stateDir = "", place = "", number = "0"] = process.argv.slice(2);
const engine = ENGINES.find((engine) => engine.name === name);
if (engine === undefined) throw new Error(`there is no engine "${name}"`);
const opened = await engine.open(optionsFor(stateDir));

let transaction = 0;
function reach(point: SettlementPoint): void {
  if (point === place && transaction === Number(number)) process.kill(process.pid, "SIGKILL");
}

const settlements: SettlementStore = {
  async record(facts, changeFor) {
    transaction += 1;
    reach("before");
    await opened.settlements.record(facts, (firstSeq) => {
      reach("during");
      return changeFor(firstSeq);
    });
    reach("after");
  },
};
const recorder = createRecorder({
  ...opened,
  settlements,
  telemetry: testTelemetry(),
  routes: [routeOf()],
  clock: testClock(),
  eventLoop: STEADY_LOOP,
});
await recorder.record(largeSettlement());
await opened.store.close();
writeSync(1, `${transaction}\n`);
