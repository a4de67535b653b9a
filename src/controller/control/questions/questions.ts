import { err, type Result } from "../../../model/values/result.ts";
import { Turns } from "../../../model/values/turns.ts";
import type { Refusal } from "../../ports/control.ts";

/** More than people ask at the same time; a client that asks in a loop waits for no more. */
const MOST_WAITING = 8;

/** Long questions are answered one after the other, so that they leave the controller its time. */
export class Questions {
  readonly #turns = new Turns();
  #waiting = 0;

  async ask<Answer>(answer: () => Promise<Result<Answer, Refusal>>): Promise<Result<Answer, Refusal>> {
    if (this.#waiting >= MOST_WAITING)
      return err({
        code: "unavailable",
        message: "other questions are being answered",
        hint: "ask again in a few seconds",
      });
    this.#waiting += 1;
    try {
      return await this.#turns.inTurn(answer);
    } finally {
      this.#waiting -= 1;
    }
  }
}
