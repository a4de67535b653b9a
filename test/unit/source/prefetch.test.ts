import { expect, test } from "@jest/globals";
import { SourceError, type Source } from "../../../src/controller/ports/source.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { withPrefetch } from "../../../src/source/prefetch.ts";

const revision = parseRevision(`main@sha1:${"a".repeat(40)}`);
if (revision === undefined) throw new Error("it is a revision");
const REVISION = revision;

/** A source that returns the answers in order and records its calls. */
function sourceOf(answers: readonly (Snapshot | Error)[]): {
  readonly source: Source;
  readonly calls: (readonly [name: string, signal: AbortSignal | null])[];
} {
  const calls: (readonly [string, AbortSignal | null])[] = [];
  const left = [...answers];
  const source: Source = {
    name: "permissions",
    latest: async (signal) => {
      calls.push(["latest", signal]);
      const answer = left.shift();
      if (answer instanceof Error || answer === undefined) throw answer ?? new Error("no answer is left");
      return answer;
    },
    at: async (_, signal) => {
      calls.push(["at", signal]);
      return snapshot("at");
    },
    compare: async (_, __, signal) => {
      calls.push(["compare", signal]);
      return { relation: "same", commits: [], authors: { kind: "read", byFile: new Map() } };
    },
    verify: async () => ({ kind: "not-required" }),
    watch: async () => {
      calls.push(["watch", null]);
      return async () => undefined;
    },
  };
  return { source, calls };
}

function snapshot(source: string): Snapshot {
  return { source, revision: REVISION, files: [], refused: [], uncommitted: false };
}

test("the newest snapshot is requested in advance, and the first call of latest gets that answer", async () => {
  const { source, calls } = sourceOf([snapshot("first"), snapshot("second")]);
  const [early, late] = [new AbortController().signal, new AbortController().signal];

  const ahead = withPrefetch(source, early);
  const before = [...calls];
  const answers = [await ahead.latest(late), await ahead.latest(late)];

  expect(before).toEqual([["latest", early]]);
  expect(answers.map((answer) => answer.source)).toEqual(["first", "second"]);
  expect(calls).toEqual([
    ["latest", early],
    ["latest", late],
  ]);
});

test("the first call of latest gets the failure of the early request, and the next call is a new request", async () => {
  const failure = new SourceError({ code: "unreachable", message: "no answer", fix: "look at the network" });
  const { source } = sourceOf([failure, snapshot("second")]);
  const { signal } = new AbortController();

  const ahead = withPrefetch(source, signal);

  await expect(ahead.latest(signal)).rejects.toBe(failure);
  expect((await ahead.latest(signal)).source).toBe("second");
});

test("all other calls go to the source itself", async () => {
  const { source, calls } = sourceOf([snapshot("first")]);
  const { signal } = new AbortController();

  const ahead = withPrefetch(source, signal);
  const at = await ahead.at(REVISION, signal);
  await ahead.compare(REVISION, REVISION, signal);
  await (
    await ahead.watch(() => undefined)
  )();

  expect(ahead.name).toBe("permissions");
  expect(at.source).toBe("at");
  expect(calls.map(([what]) => what)).toEqual(["latest", "at", "compare", "watch"]);
});
