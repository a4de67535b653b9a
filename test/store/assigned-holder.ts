import { setTimeout as timer } from "node:timers/promises";
import { clock } from "../../src/compose/ports.ts";
import { StoreError } from "../../src/store/errors.ts";
import { openReplica } from "../../src/store/postgres/open.ts";
import { intent, KEY } from "../support/record/audit-facts.ts";
import { holderOptions, replicaOn } from "./leased.ts";

/**
 * A replica that prints its id, waits until an account is assigned to it, and appends intents of that account until it is refused;
 * then it prints the code of the refusal. Arguments: URL, folder.
 */
const [url = "", stateDir = ""] = process.argv.slice(2);
const options = holderOptions(url, stateDir);
const identity = replicaOn("stopped", process.pid);
const holder = { replica: identity, clock, steadyMs: () => performance.now() };
const replica = await openReplica(options, holder);
if ((await replica.claim()) !== null) throw new Error("this replica is the active one");
const { assigned, audit, store } = await replica.join();
console.log(identity.id);
while (assigned.accounts.length === 0) {
  await timer(5);
  await assigned.renew();
}
console.log("assigned");
try {
  for (;;) {
    await audit.append([intent({ key: KEY })]);
    await timer(5);
  }
} catch (error) {
  console.log(error instanceof StoreError ? error.code : String(error));
}
await store.close();
