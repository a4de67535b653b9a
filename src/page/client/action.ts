import { useState } from "react";
import { readAllAgain } from "./resources.ts";
import { isStillThisPerson } from "./session.ts";
import { isOutcomeUnknown } from "../view/outcome.ts";
import { send, type RequestResult, type RequestFailure } from "./transport.ts";

/** It was sent, and no answer of the controller arrived: it may have been done. */
export interface UnansweredAct {
  readonly kind: "unanswered";
  readonly message: string;
  /** Of the page's clock, `performance.now()`. */
  readonly sentMs: number;
  /** Of the same clock: when it was known that no answer arrives. */
  readonly lostMs: number;
}

export type ActionState<Value> =
  | { readonly kind: "idle" }
  | { readonly kind: "running" }
  | { readonly kind: "done"; readonly value: Value }
  | UnansweredAct
  | RequestFailure;

/** One act of the person. It is sent once, and never repeated by itself: its answer may be lost although it was done. */
export function useAction<Value>(): {
  readonly state: ActionState<Value>;
  readonly run: (path: string, body: object) => Promise<RequestResult<Value>>;
  readonly reset: () => void;
} {
  const [state, setState] = useState<ActionState<Value>>({ kind: "idle" });
  const run = async (path: string, body: object): Promise<RequestResult<Value>> => {
    setState({ kind: "running" });
    if (!(await isStillThisPerson())) {
      const other: RequestFailure = {
        kind: "failed",
        code: 0,
        message: "another person has signed in",
        hint: null,
      };
      setState(other);
      return other;
    }
    const sentMs = performance.now();
    const answer = await send<Value>(path, { method: "POST", body });
    setState(answer.kind === "ok" ? { kind: "done", value: answer.value } : withoutValue(answer, sentMs));
    if (answer.kind === "ok") {
      // The list of bindings follows by its watch.
      readAllAgain();
    }
    return answer;
  };
  return { state, run, reset: () => setState({ kind: "idle" }) };
}

function withoutValue(failed: RequestFailure, sentMs: number): UnansweredAct | RequestFailure {
  if (!isOutcomeUnknown(failed.code)) return failed;
  return { kind: "unanswered", message: failed.message, sentMs, lostMs: performance.now() };
}
