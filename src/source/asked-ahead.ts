import type { Source } from "../controller/ports/source.ts";

/**
 * Asks for the newest snapshot now and gives it to whoever asks first, so that a fetch runs while the rest of the program
 * is still being loaded. Later questions, and the other ones, go to the source itself.
 * @param signal ends the early question
 */
export function askedAhead(source: Source, signal: AbortSignal): Source {
  let early: ReturnType<Source["latest"]> | null = source.latest(signal);
  // Whoever asks is told of a failure; when nobody comes to ask, nobody has to know.
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
    watch: (changed) => source.watch(changed),
  };
}
