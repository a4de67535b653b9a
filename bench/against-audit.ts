/**
 * `node bin/launch.mjs bench/against-audit.ts DIRECTORY [entries] [rounds]` compares the record in SQLite with that of another clone, in
 * which `npm ci` ran, such as the one of an earlier revision: both append and verify in turns, each in a process of its own. Of all rounds the
 * least CPU time of an entry counts, and the middle of the entries a second, which other load on the disk disturbs. It writes nothing.
 */
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as audit from "./audit.ts";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const SELF = fileURLToPath(import.meta.url);

interface Rate {
  readonly perSecond: number;
  /** Microseconds of an entry. */
  readonly cpu: number;
}

type Rates = Readonly<Record<string, Rate>>;

const [directory, entries = "3000", rounds = "5", side] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: against-audit.ts DIRECTORY [entries] [rounds]");
if (side === "side") process.stdout.write(JSON.stringify(await ratesIn(directory)));
else compare(resolve(directory));

function compare(other: string): void {
  const all: { readonly before: Rates[]; readonly after: Rates[] } = { before: [], after: [] };
  for (let round = 0; round < Number(rounds); round += 1) {
    all.before.push(ratesOf(other));
    all.after.push(ratesOf(HERE));
  }
  console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1) ?? "?"}`);
  const rows = Object.keys(all.before[0] ?? {}).map((name) => {
    const [before, after] = [summary(all.before, name), summary(all.after, name)];
    const row = {
      "CPU µs before": before.cpu,
      "CPU µs after": after.cpu,
      percent: Math.round((after.cpu / before.cpu - 1) * 100),
      "a second before": before.perSecond,
      "a second after": after.perSecond,
    };
    return [name, row] as const;
  });
  console.table(Object.fromEntries(rows));
}

function ratesOf(clone: string): Rates {
  const args = [join(clone, "bin/launch.mjs"), SELF, clone, entries, rounds, "side"];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Rates;
}

async function ratesIn(clone: string): Promise<Rates> {
  const file = pathToFileURL(join(clone, "bench/audit.ts")).href;
  const { measureAudit } = (await import(file)) as typeof audit;
  const costs = await measureAudit(Number(entries));
  return Object.fromEntries(
    Object.entries(costs).map(([name, cost]) => [
      name,
      { perSecond: cost.entriesPerSecond, cpu: (cost.cpuMs * 1_000) / cost.entries },
    ]),
  );
}

function summary(all: readonly Rates[], name: string): Rate {
  const sorted = (member: keyof Rate): readonly number[] =>
    all.map((each) => each[name]?.[member] ?? Number.NaN).toSorted((one, other) => one - other);
  const perSecond = sorted("perSecond")[Math.floor(all.length / 2)] ?? Number.NaN;
  return { perSecond: Math.round(perSecond), cpu: Math.round(sorted("cpu")[0] ?? Number.NaN) };
}
