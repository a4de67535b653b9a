import { useState } from "react";
import { readAllAgain } from "./resources.ts";
import { isStillThisPerson } from "./session.ts";
import { send, type RequestResult, type RequestFailure } from "./transport.ts";

export type ActionState<Value> =
  | { readonly kind: "idle" }
  | { readonly kind: "running" }
  | { readonly kind: "done"; readonly value: Value }
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
    const answer = await send<Value>(path, { method: "POST", body });
    setState(answer.kind === "ok" ? { kind: "done", value: answer.value } : answer);
    if (answer.kind === "ok") {
      // The list of bindings follows by its watch.
      readAllAgain();
    }
    return answer;
  };
  return { state, run, reset: () => setState({ kind: "idle" }) };
}
