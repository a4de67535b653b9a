import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { err, ok } from "../../../../src/model/values/result.ts";
import { FIRST, MINUTE_MS, NEXT, REQUEST, ReviewScene } from "./review-scene.ts";

let scene: ReviewScene;

beforeEach(() => {
  scene = new ReviewScene();
});

afterEach(() => scene.stop());

test("a forge that asks for a pause is not asked before its end, also about something else", async () => {
  scene.answer = err({ cause: "GitHub answers 429", afterMs: 10 * MINUTE_MS });
  await scene.start();
  await scene.merge();
  scene.answer = ok([REQUEST]);

  await scene.merge(FIRST);
  await scene.merge();
  await scene.fake.clock.pass(8 * MINUTE_MS);
  const during = scene.asked.length;
  await scene.fake.clock.pass(4 * MINUTE_MS);

  expect(during).toBe(1);
  expect(scene.asked.length).toBeGreaterThan(1);
});

test("a review of a revision approves nothing once another one is in force", async () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  await scene.start();
  scene.before = async () => {
    await opened;
    if (scene.asked.length > 1) scene.answer = ok([]);
  };
  await scene.merge();
  await scene.merge({ ...NEXT, "teams/orders/note.md": "nothing of AWS" });

  open();
  await scene.fake.clock.pass(MINUTE_MS);

  expect(await scene.recorded()).toEqual([]);
});
