import { expect, test } from "@jest/globals";
import { SourceError, type Source } from "../../../src/controller/ports/source.ts";
import { parseRevision } from "../../../src/model/revision.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { askedAhead } from "../../../src/source/asked-ahead.ts";

const revision = parseRevision(`main@sha1:${"a".repeat(40)}`);
if (revision === undefined) throw new Error("it is a revision");
const REVISION = revision;

/** Answers with its answers in turn, and keeps what it was asked. */
function sourceOf(answers: readonly (Snapshot | Error)[]): {
  readonly source: Source;
  readonly asked: (readonly [what: string, signal: AbortSignal | null])[];
} {
  const asked: (readonly [string, AbortSignal | null])[] = [];
  const left = [...answers];
  const source: Source = {
    name: "permissions",
    latest: async (signal) => {
      asked.push(["latest", signal]);
      const answer = left.shift();
      if (answer instanceof Error || answer === undefined) throw answer ?? new Error("no answer is left");
      return answer;
    },
    at: async (_, signal) => {
      asked.push(["at", signal]);
      return snapshot("at");
    },
    compare: async (_, __, signal) => {
      asked.push(["compare", signal]);
      return { relation: "same", commits: [] };
    },
    watch: async () => {
      asked.push(["watch", null]);
      return async () => undefined;
    },
  };
  return { source, asked };
}

function snapshot(source: string): Snapshot {
  return { source, revision: REVISION, files: [], refused: [], uncommitted: false };
}

test("the newest snapshot is asked for before anybody wants it, and once for the first who does", async () => {
  const { source, asked } = sourceOf([snapshot("first"), snapshot("second")]);
  const [early, late] = [new AbortController().signal, new AbortController().signal];

  const ahead = askedAhead(source, early);
  const before = [...asked];
  const answers = [await ahead.latest(late), await ahead.latest(late)];

  expect(before).toEqual([["latest", early]]);
  expect(answers.map((answer) => answer.source)).toEqual(["first", "second"]);
  expect(asked).toEqual([
    ["latest", early],
    ["latest", late],
  ]);
});

test("an early failure is told to the first who asks, and the next question is a new one", async () => {
  const failure = new SourceError("unreachable", "no answer", "look at the network");
  const { source } = sourceOf([failure, snapshot("second")]);
  const { signal } = new AbortController();

  const ahead = askedAhead(source, signal);

  await expect(ahead.latest(signal)).rejects.toBe(failure);
  expect((await ahead.latest(signal)).source).toBe("second");
});

test("all other questions go to the source itself", async () => {
  const { source, asked } = sourceOf([snapshot("first")]);
  const { signal } = new AbortController();

  const ahead = askedAhead(source, signal);
  const at = await ahead.at(REVISION, signal);
  await ahead.compare(REVISION, REVISION, signal);
  await (
    await ahead.watch(() => undefined)
  )();

  expect(ahead.name).toBe("permissions");
  expect(at.source).toBe("at");
  expect(asked.map(([what]) => what)).toEqual(["latest", "at", "compare", "watch"]);
});
