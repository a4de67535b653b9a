import { expect, test } from "@jest/globals";
import { openStore } from "../../../../src/store/sqlite/open.ts";
import { optionsFor, START_MS, testClock } from "../../../store/engines.ts";
import { ACCEPTED, DOWN, sinkOf } from "../../../support/record/alert-receivers.ts";
import { alertProcess } from "../../../support/alerts/sending.ts";
import { Places } from "../../../store/places.ts";
import { opened } from "../settlements.ts";

const places = new Places();

test("a refresh that a receiver accepts is a delivery: the failure before it has passed", async () => {
  const clock = testClock();
  const stored = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  let problem: { readonly cause: string; readonly fix: string } | null = null;
  const sink = { ...sinkOf(() => ({ ...ACCEPTED, thread: "t" })), refresh: () => Promise.resolve(problem) };
  const one = alertProcess(stored, { clock, routes: [{ sink }] });
  const shown: unknown[] = [];

  await one.record(opened());
  for (const found of [{ cause: "no answer", fix: "start it" }, null]) {
    problem = found;
    clock.set(clock.nowMs() + 120_000);
    await one.drain();
    const [route] = await one.sender.routes();
    shown.push([route?.problem?.cause ?? null, (route?.deliveredMs ?? 0) - START_MS]);
  }

  expect(shown).toEqual([
    ["no answer", 120_000],
    [null, 240_000],
  ]);
});

test("a test alert that is accepted is a delivery, and one that is not accepted is the last error", async () => {
  const clock = testClock();
  const stored = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  const answers = [DOWN, ACCEPTED];
  const one = alertProcess(stored, { clock, routes: [{ sink: sinkOf(() => answers.shift() ?? DOWN) }] });
  const shown: unknown[] = [];

  while (answers.length > 0) {
    const test = await one.sender.test("ops", "dana", AbortSignal.timeout(10_000));
    const [route] = await one.sender.routes();
    shown.push([test?.kind, route?.problem?.cause ?? null, route?.deliveredMs ?? null]);
  }

  expect(shown).toEqual([
    ["refused", "answered 503", null],
    ["accepted", null, START_MS],
  ]);
});
