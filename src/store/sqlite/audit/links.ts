import { setImmediate as nextTurn } from "node:timers/promises";
import { chainParts, parseChainParts, type ChainPart } from "../../../audit/link-run.ts";
import type { RunInThreads } from "../../../controller/ports/audit-log.ts";
import type { EntryReader } from "./entry-reader.ts";

type Links = readonly ChainPart[];

/** The first and the last number of a run of entries. */
export type SeqRange = readonly [first: number, last: number];

const RUN = 512;
/** A smaller record is read faster than threads start. */
const WORTH_THREADS = 10_000;

export function recordLinks(
  reader: EntryReader,
  path: string,
  inThreads: RunInThreads,
): AsyncIterable<Links> {
  const [first, last] = [reader.firstSeq(), reader.lastSeq()];
  if (last - first < WORTH_THREADS) return linksHere(reader, runs(first, last));
  const program = { module: new URL("./link-worker", import.meta.url), input: path };
  return parseChainParts(inThreads(program, runs(first, last)));
}

async function* linksHere(reader: EntryReader, ranges: Iterable<SeqRange>): AsyncGenerator<Links> {
  for (const run of ranges) {
    yield chainParts(reader.links(...run));
    await nextTurn();
  }
}

function* runs(from: number, last: number): Generator<SeqRange> {
  for (let first = from; first <= last; first += RUN) yield [first, Math.min(last, first + RUN - 1)];
}
