import type { ReactNode } from "react";
import type { ActionState, UnansweredAct } from "../../client/action.ts";
import { Notice } from "../basics.tsx";

/** What became of an act. Without an answer it may have been done: `unanswered` can look it up. */
export function ActionResult<Value>({
  state,
  done,
  unanswered = (act) => <Unanswered act={act} />,
}: {
  readonly state: ActionState<Value>;
  readonly done: (value: Value) => ReactNode;
  readonly unanswered?: (act: UnansweredAct) => ReactNode;
}): ReactNode {
  if (state.kind === "idle") return null;
  if (state.kind === "running") return <p role="status">Sending</p>;
  if (state.kind === "done") return <Notice tone="good">{done(state.value)}</Notice>;
  if (state.kind === "unanswered") return unanswered(state);
  return (
    <Notice tone="bad" isUrgent>
      <p>
        Not done: {state.code === 401 ? "your session had ended. Sign in, then send it again" : state.message}
      </p>
      {state.isSignInOld === true && <SignInAgain />}
      {state.hint !== null && state.code !== 401 && <p className="hint">hint: {state.hint}</p>}
    </Notice>
  );
}

function Unanswered({ act }: { readonly act: UnansweredAct }): ReactNode {
  return (
    <Notice tone="bad" isUrgent>
      <p>Not known whether it was done: {act.message}</p>
      <p>Look at the history before you repeat it.</p>
    </Notice>
  );
}

/** The text stays: the sign-in is in another tab. */
function SignInAgain(): ReactNode {
  const back = encodeURIComponent(`${location.pathname}${location.search}`);
  return (
    <p>
      <a className="button" href={`/auth/login?max_age=300&return=${back}`} target="_blank">
        Sign in again in a new tab
      </a>{" "}
      and send it again here.
    </p>
  );
}
