import { setImmediate as immediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { EventLoop } from "../../../../src/controller/ports/event-loop.ts";
import { inSlices, readInParts } from "../../../../src/controller/slices.ts";
import { compile, compileSteps } from "../../../../src/manifest/compile/compile.ts";
import { parseFile, parseFileSteps } from "../../../../src/manifest/parse/parse.ts";
import {
  parsedFileOf,
  parsedFileOfSteps,
  parsedFileText,
  parsedFileTextSteps,
} from "../../../../src/manifest/parse/parsed-file-text.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../../src/manifest/parse/parsed.ts";
import { complete, mapSteps, type Steps } from "../../../../src/model/values/steps.ts";
import { eagerLoop } from "../../../support/event-loop.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { COMPILE_CONTEXT, functionText, parseText, PLATFORM_FILES } from "../../../support/manifests.ts";

const { signal: never } = new AbortController();
const FUNCTIONS = 300;

/** A file of a team that pushes many functions together. */
const MANY = Array.from({ length: FUNCTIONS }, (_, at) => functionText(`f${at}`)).join("---\n");

function pausesOf<Value>(steps: Steps<Value>): number {
  let pauses = 0;
  while (steps.next().done !== true) pauses += 1;
  return pauses;
}

describe("a computation in slices", () => {
  test("gives the same value as without slices", async () => {
    const double = (item: number): number => 2 * item;

    expect(await inSlices(mapSteps([1, 2, 3], double), eagerLoop(), never)).toEqual(
      complete(mapSteps([1, 2, 3], double)),
    );
  });

  test("yields to the event loop when its time is over, not before", async () => {
    let nowMs = 0;
    let turns = 0;
    const loop: EventLoop = { elapsedMs: () => nowMs, turn: () => Promise.resolve(void (turns += 1)) };
    // Each item takes 4 ms; a slice has 10.
    const items = mapSteps([1, 2, 3, 4, 5, 6], () => (nowMs += 4));

    await inSlices(items, loop, never);

    expect(turns).toBe(2);
  });

  test("stops when its caller aborts", async () => {
    const controller = new AbortController();
    const reason = new Error("stopping");
    const loop: EventLoop = { elapsedMs: () => performance.now(), turn: () => immediate() };
    const endless = (function* (): Steps<never> {
      for (;;) yield;
    })();

    const abandoned = inSlices(endless, loop, controller.signal);
    setImmediate(() => controller.abort(reason));

    await expect(abandoned).rejects.toBe(reason);
  });
});

test("a long list is read in parts, with a turn of the event loop between two of them", async () => {
  const items = Array.from({ length: 250 }, (_, at) => at);
  const events: (string | number)[] = [];
  const read = async (part: readonly number[]): Promise<readonly number[]> => {
    events.push(part.length);
    return part;
  };

  const values = await readInParts(items, read, { turn: async () => void events.push("turn") });

  expect(values).toEqual(items);
  expect(events).toEqual([100, "turn", 100, "turn", 50]);
});

test("the passes of several accounts begin one after the other, each in its turn", async () => {
  const fake = new FakeController();
  const waiting: (() => void)[] = [];
  fake.eventLoop = { elapsedMs: () => 0, turn: () => new Promise((resolve) => void waiting.push(resolve)) };
  const swept = (): readonly string[] =>
    [...fake.cloud.accounts].filter(([, { sweeps }]) => sweeps.length > 0).map(([id]) => id);
  fake.source.push(manifests({ a: READ_ORDERS }, { prod: "111122223333", test: "444455556666" }));

  await fake.start();
  const before = swept();
  waiting.shift()?.();
  await settled();
  const after = swept();
  fake.eventLoop.turn = () => Promise.resolve();
  for (const go of waiting.splice(0)) go();
  await fake.stop();

  expect([before.length, after.length]).toEqual([0, 1]);
});

describe("a file with many documents", () => {
  test("is parsed with a pause after each, and to the same result", () => {
    const file = { path: "teams/orders/many.yaml", bytes: new TextEncoder().encode(MANY) };

    expect(pausesOf(parseFileSteps(file, DEFAULT_MANIFEST_LIMITS))).toBeGreaterThanOrEqual(FUNCTIONS);
    expect(complete(parseFileSteps(file, DEFAULT_MANIFEST_LIMITS))).toEqual(
      parseFile(file, DEFAULT_MANIFEST_LIMITS),
    );
  });

  test("is compiled with a pause after each, and to the same result", () => {
    const files = Object.entries({ ...PLATFORM_FILES, "teams/orders/many.yaml": MANY }).map(([path, text]) =>
      parseText(path, text),
    );

    expect(pausesOf(compileSteps(files, COMPILE_CONTEXT))).toBeGreaterThanOrEqual(FUNCTIONS);
    expect(complete(compileSteps(files, COMPILE_CONTEXT))).toEqual(compile(files, COMPILE_CONTEXT));
  });

  test("is stored and restored with a pause after each, and to the same result", () => {
    const file = parseText("teams/orders/many.yaml", MANY);
    const text = parsedFileText(file) ?? "";

    expect(pausesOf(parsedFileTextSteps(file))).toBeGreaterThanOrEqual(FUNCTIONS);
    expect(complete(parsedFileTextSteps(file))).toBe(text);
    expect(pausesOf(parsedFileOfSteps(text, new Map()))).toBeGreaterThanOrEqual(FUNCTIONS);
    expect(parsedFileOf(text, new Map())).toStrictEqual(file);
  });

  test("of one function in many accounts is compiled with a pause after each account", () => {
    const names = Array.from({ length: 50 }, (_, at) => `account-${at}`);
    const accounts = names.map((name, at) =>
      PLATFORM_FILES["platform/accounts.yaml"]
        ?.replaceAll("222222222222", String(300_000_000_000 + at))
        .replaceAll("prod", name),
    );
    const everywhere = functionText("everywhere").replace("[prod]", `[${names.join(", ")}]`);
    const files = Object.entries({
      ...PLATFORM_FILES,
      "platform/accounts.yaml": accounts.join("---\n"),
      "teams/orders/everywhere.yaml": everywhere,
    }).map(([path, text]) => parseText(path, text));

    expect(pausesOf(compileSteps(files, COMPILE_CONTEXT))).toBeGreaterThanOrEqual(50);
    expect(compile(files, COMPILE_CONTEXT).desired.bindings.size).toBe(50);
  });
});

describe("a push of many functions", () => {
  let fake: FakeController;

  beforeEach(() => {
    fake = new FakeController();
  });

  afterEach(async () => {
    await fake.stop();
  });

  test("lets requests run between the documents, during the complete push", async () => {
    const loop = eagerLoop();
    fake.eventLoop = loop;
    const revision = fake.source.push({ ...PLATFORM_FILES, "teams/orders/many.yaml": MANY });
    let requests = 0;
    let isOver = false;
    const serve = (): void => {
      requests += 1;
      if (!isOver) setImmediate(serve);
    };
    serve();

    await fake.start();
    while (fake.store.records.size < FUNCTIONS) await immediate();
    isOver = true;

    expect((await fake.control.overview()).source.accepted).toBe(revision);
    // Parsed, compiled, compared with the stored objects, judged and settled, one function at a time.
    expect(loop.turns()).toBeGreaterThanOrEqual(5 * FUNCTIONS);
    expect(requests).toBeGreaterThanOrEqual(5 * FUNCTIONS);
  });
});
