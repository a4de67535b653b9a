import { expect, test } from "@jest/globals";
import { SourceError, type Source } from "../../../src/controller/ports/source.ts";
import { parseRevision, type Revision } from "../../../src/model/values/revision.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { withPrefetch } from "../../../src/source/prefetch.ts";
import { err, ok, orThrow } from "../../../src/model/values/result.ts";

const revision = parseRevision(`main@sha1:${"a".repeat(40)}`);
if (revision === undefined) throw new Error("it is a revision");
const REVISION = revision;
const other = parseRevision(`main@sha1:${"b".repeat(40)}`);
if (other === undefined) throw new Error("it is a revision");
const OTHER = other;

/** A source that returns the answers in order and records its calls. */
function sourceOf(answers: readonly (Snapshot | SourceError)[]): {
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
      if (answer === undefined) throw new Error("no answer is left");
      return answer instanceof SourceError ? err(answer) : ok(answer);
    },
    at: async (_, signal) => {
      calls.push(["at", signal]);
      return ok(snapshot("at"));
    },
    compare: async (_, __, signal) => {
      calls.push(["compare", signal]);
      return ok({ relation: "same", commits: [], authors: { kind: "read", byFile: new Map() } });
    },
    verify: async () => ok({ kind: "not-required" }),
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

const WITH_FILE = {
  ...snapshot("first"),
  files: [{ path: "platform/a.yaml", id: "1", bytes: new Uint8Array() }],
} as unknown as Snapshot;

/** Calls of `compare` after one call of `latest` and these comparisons. */
async function comparisonsOf(
  newest: Snapshot,
  asked: readonly (readonly [from: Revision | null, to: Revision])[],
): Promise<number> {
  const { source, calls } = sourceOf([newest]);
  const { signal } = new AbortController();
  const ahead = withPrefetch(source, { signal, isFirst: true });
  await ahead.latest(signal);
  for (const [from, to] of asked) await ahead.compare(from, to, signal);
  return calls.filter(([what]) => what === "compare").length;
}

test("the newest snapshot is requested in advance, and the first call of latest gets that answer", async () => {
  const { source, calls } = sourceOf([snapshot("first"), snapshot("second")]);
  const [early, late] = [new AbortController().signal, new AbortController().signal];

  const ahead = withPrefetch(source, { signal: early, isFirst: false });
  const before = [...calls];
  const answers = [await ahead.latest(late), await ahead.latest(late)];

  expect(before).toEqual([["latest", early]]);
  expect(answers.map((answer) => orThrow(answer).source)).toEqual(["first", "second"]);
  expect(calls).toEqual([
    ["latest", early],
    ["latest", late],
  ]);
});

test("the first call of latest gets the failure of the early request, and the next call is a new request", async () => {
  const failure = new SourceError({ code: "unreachable", message: "no answer", fix: "look at the network" });
  const { source } = sourceOf([failure, snapshot("second")]);
  const { signal } = new AbortController();

  const ahead = withPrefetch(source, { signal, isFirst: false });

  expect(await ahead.latest(signal)).toEqual(err(failure));
  expect(orThrow(await ahead.latest(signal)).source).toBe("second");
});

test("all other calls go to the source itself", async () => {
  const { source, calls } = sourceOf([snapshot("first")]);
  const { signal } = new AbortController();

  const ahead = withPrefetch(source, { signal, isFirst: false });
  const at = orThrow(await ahead.at(REVISION, signal));
  await ahead.compare(REVISION, REVISION, signal);
  await (
    await ahead.watch(() => undefined)
  )();

  expect(ahead.name).toBe("permissions");
  expect(at.source).toBe("at");
  expect(calls.map(([what]) => what)).toEqual(["latest", "at", "compare", "watch"]);
});

test.each([
  {
    asked: [[null, REVISION]],
    calls: 1,
    because: "the comparison with nothing is the one that was asked in advance",
  },
  {
    asked: [
      [null, REVISION],
      [null, REVISION],
    ],
    calls: 2,
    because: "a second comparison is asked again",
  },
  { asked: [[OTHER, REVISION]], calls: 2, because: "a comparison with an accepted revision is another one" },
  { asked: [[null, OTHER]], calls: 2, because: "a comparison of another revision is another one" },
] as const)("on a first start, $because", async ({ asked, calls }) => {
  expect(await comparisonsOf(WITH_FILE, asked)).toBe(calls);
});

test("on a first start, a snapshot without files is not compared in advance", async () => {
  expect(await comparisonsOf(snapshot("empty"), [])).toBe(0);
});

test("a comparison that failed in advance fails for its first caller only", async () => {
  const failure = new SourceError({ code: "unreachable", message: "no answer", fix: "look at the network" });
  const { source } = sourceOf([WITH_FILE]);
  const failures = [failure];
  const { signal } = new AbortController();
  const failing: Source = {
    ...source,
    compare: async (...asked) => {
      const next = failures.pop();
      return next === undefined ? source.compare(...asked) : err(next);
    },
  };

  const ahead = withPrefetch(failing, { signal, isFirst: true });
  await ahead.latest(signal);

  expect(await ahead.compare(null, REVISION, signal)).toEqual(err(failure));
  expect(await ahead.compare(null, REVISION, signal)).toMatchObject({ value: { relation: "same" } });
});

test("after a failed early snapshot, the first comparison is of the next snapshot and does not fail", async () => {
  const failure = new SourceError({ code: "unreachable", message: "no answer", fix: "look at the network" });
  const { source, calls } = sourceOf([failure, WITH_FILE]);
  const { signal } = new AbortController();

  const ahead = withPrefetch(source, { signal, isFirst: true });
  expect(await ahead.latest(signal)).toEqual(err(failure));
  await ahead.latest(signal);
  await ahead.compare(null, REVISION, signal);

  expect(calls.map(([what]) => what)).toEqual(["latest", "latest", "compare"]);
});
