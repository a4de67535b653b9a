import type { RevisionStep, Source, SourceAnswer } from "../controller/ports/source.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Revision } from "../model/values/revision.ts";

/** What is asked in advance. */
interface Ahead {
  /** Aborts what was asked. */
  readonly signal: AbortSignal;
  /**
   * Nothing was accepted before, as far as is known, so that the newest snapshot will be compared with nothing. The
   * answer follows from the commit alone, and is the same whenever it is asked.
   */
  readonly isFirst: boolean;
}

/** The answer to a comparison of this revision with nothing. */
interface EarlyStep {
  readonly to: Revision;
  readonly step: Awaited<SourceAnswer<RevisionStep>>;
}

/**
 * Requests the newest snapshot now and returns it to the first caller of `latest`, so that a fetch runs while the rest
 * of the program is still being loaded; on a first start also its comparison with nothing. Later calls, and calls of
 * other methods, go to the source itself.
 */
export function withPrefetch(source: Source, { signal, isFirst }: Ahead): Source {
  let early: SourceAnswer<Snapshot> | null = source.latest(signal);
  const comparing = isFirst ? firstStep(source, early, signal) : Promise.resolve(null);
  let earlyStep: Promise<EarlyStep | null> | null = comparing;
  // The first caller gets what was thrown. Without a caller, it is not an unhandled rejection.
  early.catch(() => undefined);
  comparing.catch(() => undefined);
  return {
    name: source.name,
    latest: (stop) => {
      const answer = early ?? source.latest(stop);
      early = null;
      return answer;
    },
    at: (revision, stop) => source.at(revision, stop),
    compare: async (from, to, stop) => {
      const prefetched = from === null ? earlyStep : null;
      earlyStep = null;
      const answer = await prefetched;
      return answer?.to === to ? answer.step : source.compare(from, to, stop);
    },
    verify: (range, stop) => source.verify(range, stop),
    ...(source.reviewed && { reviewed: source.reviewed }),
    watch: (changed) => source.watch(changed),
  };
}

/** null: there is nothing to compare; the caller of `latest` gets the failure of the snapshot. */
async function firstStep(
  source: Source,
  newest: SourceAnswer<Snapshot>,
  signal: AbortSignal,
): Promise<EarlyStep | null> {
  const answer = await newest;
  if (answer.kind === "err" || answer.value.files.length === 0) return null;
  const { revision: to } = answer.value;
  return { to, step: await source.compare(null, to, signal) };
}
