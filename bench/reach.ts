/**
 * `node bin/launch.mjs bench/reach.ts [functions]` measures what the question about a function's reach costs the event loop that the
 * controller runs on: `GET …/reaches/NAME` looks at the callers of every function. The controller runs in this process with
 * its real record and API, and AWS is in its memory. `alone` is the same time without a question. It writes bench/reach.json.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { BASE_PATH } from "../src/api/group.ts";
import { bindingName } from "../src/api/names.ts";
import { clock, SILENT } from "../src/compose/ports.ts";
import { keyParts } from "../src/model/keys/key.ts";
import { compileAll, parseAll, present } from "./desired.ts";
import { generate } from "./generate.ts";
import { openController, writeRepository } from "./in-process.ts";
import { lateness, type Lateness } from "./lateness.ts";
import { liveAccounts } from "./live.ts";
import { startApi, TOKEN } from "./api.ts";
import { machine } from "./machine.ts";
import { MemoryAws } from "./memory-aws.ts";

const QUESTIONS = 3;

const functions = Number(process.argv[2] ?? 10_000);
const measuredOn = machine();
const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
const files = generate(functions);
writeRepository(folder, files);
const { desired } = compileAll(parseAll(files));
const aws = new MemoryAws(liveAccounts(desired, "converged"), clock);
const { controller, sessions } = openController(folder, { aws, telemetry: SILENT, mode: "observe" });
const stop = new AbortController();
void controller.run(stop.signal);
const { control } = controller;
const server = await startApi(control, { sessions, telemetry: SILENT });
while (!control.readiness().ready || control.readiness().comparing.length > 0) await timer(100);

const rounds: { readonly alone: Lateness; readonly asked: Lateness; readonly answerKb: number }[] = [];
for (let at = 0; at < QUESTIONS; at += 1) {
  const alone = await lateness(() => timer(2_000));
  let answerKb = 0;
  const asked = await lateness(async () => {
    answerKb = Math.round((await answer(at)).length / 1_000);
  });
  rounds.push({ alone, asked, answerKb });
  process.stderr.write(`${JSON.stringify(rounds.at(-1))}\n`);
}
const results = { at: new Date().toISOString(), machine: measuredOn, functions, rounds };
writeFileSync(new URL("reach.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
stop.abort();
rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
process.exit(0);

async function answer(at: number): Promise<string> {
  const key = present([...desired.bindings.keys()][at * 100]);
  const path = `/namespaces/${keyParts(key).namespace}/reaches/${bindingName(key)}`;
  const response = await fetch(`${server.url}${BASE_PATH}${path}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
