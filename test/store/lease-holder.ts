import { setTimeout as timer } from "node:timers/promises";
import { clock } from "../../src/compose/ports.ts";
import { StoreError } from "../../src/store/errors.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { holderOptions, openLeased, replicaOn } from "./leased.ts";

/** A process that appends entries until it is refused, and then prints the code of the refusal. Arguments: URL, folder. */
const [url = "", stateDir = ""] = process.argv.slice(2);
const options = holderOptions(url, stateDir);
const holder = { replica: replicaOn("stopped", process.pid), clock, steadyMs: () => performance.now() };
const record = await openLeased(options, holder, AbortSignal.timeout(60_000));
console.log("leased");
try {
  for (;;) {
    await record.audit.append([refusal(1)]);
    await timer(5);
  }
} catch (error) {
  console.log(error instanceof StoreError ? error.code : String(error));
}
await record.store.close();
