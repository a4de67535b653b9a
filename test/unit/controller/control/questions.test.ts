import { expect, test } from "@jest/globals";
import { Questions } from "../../../../src/controller/control/questions/questions.ts";
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
