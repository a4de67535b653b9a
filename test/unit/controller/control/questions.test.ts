import { expect, test } from "@jest/globals";
import { Questions } from "../../../../src/controller/control/questions/questions.ts";
import { withinTime } from "../../../../src/controller/control/questions/within-time.ts";
import { ok } from "../../../../src/model/values/result.ts";

test("one asker waits with two questions at most, and the others with eight together", async () => {
  const questions = new Questions();
  let end = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    end = resolve;
  });
  const ask = (asker: string) => questions.ask(asker, () => answered.then(() => ok(asker)));

  const asked = ["a", "a", "a", "b", "c", "d", "e", "f", "g", "h"].map(ask);
  end();
  const kinds = (await Promise.all(asked)).map(({ kind }) => kind);

  expect(kinds).toEqual(["ok", "ok", "err", "ok", "ok", "ok", "ok", "ok", "ok", "err"]);
  expect((await ask("a")).kind).toBe("ok");
});

/** A controller whose clock is ahead of each wait, or never reaches its end. */
function contextWith(isOver: boolean): Parameters<typeof withinTime>[0] {
  const sleep = (): Promise<void> => (isOver ? Promise.resolve() : new Promise(() => undefined));
  const hardStop = new AbortController().signal;
  const limit = { mostMs: 1_000, hint: "ask for less" };
  return { limit, state: { hardStop }, ports: { clock: { sleep } } } as unknown as Parameters<
    typeof withinTime
  >[0];
}

test("an answer that takes too long is refused", async () => {
  const late = await withinTime(contextWith(true), async (signal) => {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    signal.throwIfAborted();
    return ok("late");
  });

  const error = { code: "unavailable", message: "the answer takes longer than 1 s", hint: "ask for less" };
  expect(late).toEqual({ kind: "err", error });
});

test("a question whose turn does not come in time is refused, and is not answered later", async () => {
  const questions = new Questions();
  const { promise: endOfFirst, resolve } = Promise.withResolvers<void>();
  const first = questions.ask("a", () => endOfFirst.then(() => ok("first")));
  const answered: string[] = [];
  const second = withinTime(contextWith(true), (signal) =>
    questions.ask("b", async () => {
      signal.throwIfAborted();
      answered.push("second");
      return ok("second");
    }),
  );

  expect(await second).toMatchObject({ kind: "err", error: { code: "unavailable" } });
  resolve();
  expect(await first).toEqual(ok("first"));
  expect(await questions.ask("c", async () => ok("third"))).toEqual(ok("third"));
  expect(answered).toEqual([]);
});

test("an answer in time is given, and a fault of it is no refusal", async () => {
  expect(await withinTime(contextWith(false), async () => ok("in time"))).toEqual(ok("in time"));
  const fault = withinTime(contextWith(false), () => Promise.reject(new Error("a fault")));
  await expect(fault).rejects.toThrow("a fault");
});
