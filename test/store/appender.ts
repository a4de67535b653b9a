/** A process that takes the lock and appends until it is killed; prints the entries that it considers durable. */
import { writeSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { acquireLock } from "../../src/store/sqlite/lock.ts";
import { intent, refusal } from "../support/record/audit-facts.ts";
import { ENGINES, optionsFor } from "./engines.ts";

const [name, stateDir = ""] = process.argv.slice(2);
const engine = ENGINES.find((engine) => engine.name === name);
if (engine === undefined) throw new Error(`there is no engine "${name}"`);

acquireLock(stateDir);
const { audit, store } = await engine.open(optionsFor(stateDir));
for (let round = 1; ; round += 1) {
  const calls = [
    [refusal(round)],
    [intent({ after: "x".repeat(200 + round) }), refusal(round)],
    [refusal(round)],
  ];
  for (const entries of await Promise.all(calls.map((facts) => audit.append(facts)))) {
    for (const { seq, hash } of entries) writeSync(1, `${seq} ${hash}\n`);
  }
  await store.commit({ outbox: [{ route: "ops", body: `${round}`, dueMs: 0 }] });
  if (round % 20 === 0) await audit.checkpoint();
  await nextTurn();
}
