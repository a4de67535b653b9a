import { setImmediate as nextTurn } from "node:timers/promises";
import type { Link } from "../../audit/link.ts";
import type { Result } from "../../model/result.ts";
import type { EntryReader } from "./entry-reader.ts";

type Links = readonly Result<Link, string>[];

/** The first and the last number of a run of entries. */
export type Run = readonly [first: number, last: number];

/** The program's answer to each job, in the order of the jobs, from several threads. */
export type InThreads = <Job, Answer>(
  program: { readonly module: URL; readonly input: unknown },
  jobs: Iterable<Job>,
) => AsyncIterable<Answer>;

const RUN = 512;
/** Below it a record is read sooner than threads start. */
const WORTH_THREADS = 10_000;

export function recordLinks(reader: EntryReader, path: string, inThreads: InThreads): AsyncIterable<Links> {
  const last = reader.lastSeq();
  if (last < WORTH_THREADS) return linksHere(reader, last);
  return inThreads<Run, Links>(
    { module: new URL("./link-worker", import.meta.url), input: path },
    runs(last),
  );
}

async function* linksHere(reader: EntryReader, last: number): AsyncGenerator<Links> {
  for (const run of runs(last)) {
    yield reader.links(...run);
    await nextTurn();
  }
}

function* runs(last: number): Generator<Run> {
  for (let first = 1; first <= last; first += RUN) yield [first, Math.min(last, first + RUN - 1)];
}
