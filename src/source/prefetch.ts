import type { Source } from "../controller/ports/source.ts";

/**
 * Requests the newest snapshot now and returns it to the first caller of `latest`, so that a fetch runs while the rest
 * of the program is still being loaded. Later calls, and calls of other methods, go to the source itself.
 * @param signal aborts the early request
 */
export function withPrefetch(source: Source, signal: AbortSignal): Source {
  let early: ReturnType<Source["latest"]> | null = source.latest(signal);
  // The first caller of `latest` gets the failure. Without a caller, a failure is not an unhandled rejection.
  early.catch(() => undefined);
  return {
    name: source.name,
    latest: (stop) => {
      const answer = early ?? source.latest(stop);
      early = null;
      return answer;
    },
    at: (revision, stop) => source.at(revision, stop),
    compare: (from, to, stop) => source.compare(from, to, stop),
    verify: (range, stop) => source.verify(range, stop),
    watch: (changed) => source.watch(changed),
  };
}
