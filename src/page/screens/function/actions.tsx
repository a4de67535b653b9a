import { useState, type ReactNode } from "react";
import type { ReconciliationObject, SuspensionObject } from "../../../api/commands.ts";
import { BASE_PATH } from "../../../api/group.ts";
import { deadline } from "../../../wording/time.ts";
import { keyParts, type Key } from "../../../model/keys/key.ts";
import { reasonProblem } from "../../view/reason.ts";
import { covers } from "../../../model/keys/suspension-scope.ts";
import { useAction } from "../../client/action.ts";
import { useNow } from "../../client/clock.ts";
import { useResource } from "../../client/resources.ts";
import { ActionResult } from "../../parts/forms/action-result.tsx";
import { Done } from "../../parts/forms/done.tsx";
import { LengthField, ReasonField, useDraft } from "../../parts/forms/reason-form.tsx";
import { useMay } from "../../parts/session-context.ts";

/** Reconcile, suspend and resume, as far as the person may. */
export function FunctionActions({
  bindingKey,
  suspensions,
}: {
  readonly bindingKey: Key;
  readonly suspensions: readonly SuspensionObject[];
}): ReactNode {
  const { namespace } = keyParts(bindingKey);
  const [opened, open] = useState<"suspend" | "resume" | null>(null);
  const mayReconcile = useMay("reconcile", namespace);
  const maySuspend = useMay("suspend", namespace);
  const covering = suspensions.filter(({ spec }) => covers(spec.scope, bindingKey));
  const own = covering.find(({ spec }) => spec.scope.key === bindingKey);
  // After it is suspended, the form to suspend is over; that to resume is another one.
  const act = own === undefined ? "suspend" : "resume";
  const [done, setDone] = useState<string | null>(null);
  const end = (text: string): void => {
    open(null);
    setDone(text);
  };
  return (
    <div className="actions">
      {covering.map((each) => (
        <SuspendedLine key={each.metadata.name} suspension={each} />
      ))}
      <div className="buttons">
        {mayReconcile && <Reconcile bindingKey={bindingKey} />}
        {maySuspend && (
          <button
            type="button"
            aria-expanded={opened === act}
            onClick={() => open(opened === act ? null : act)}
          >
            {own === undefined ? "Suspend" : "Resume"}
          </button>
        )}
      </div>
      {done !== null && <Done key={done} text={done} />}
      {maySuspend && opened === "suspend" && own === undefined && (
        <Suspend bindingKey={bindingKey} end={() => end("Suspended")} />
      )}
      {maySuspend && opened === "resume" && own !== undefined && (
        <Resume suspension={own} end={() => end("Resumed")} />
      )}
    </div>
  );
}

function SuspendedLine({ suspension: { spec } }: { readonly suspension: SuspensionObject }): ReactNode {
  const nowMs = useNow();
  const { scope, actor, reason, until } = spec;
  const what = scope.key === null ? "Its namespace, its account or everything is suspended" : "Suspended";
  return (
    <p className="state warn">
      ! {what} until {deadline(until, nowMs)} by {actor}: "{reason}"
    </p>
  );
}

function Reconcile({ bindingKey }: { readonly bindingKey: Key }): ReactNode {
  const { state, run } = useAction<ReconciliationObject>();
  const isRunning = state.kind === "running";
  return (
    <>
      <button
        type="button"
        disabled={isRunning}
        onClick={() => void run(`${BASE_PATH}/reconciliations`, { keys: [bindingKey] })}
      >
        Reconcile
      </button>
      <ActionResult state={state} done={(value) => <Progress token={value.metadata.name} />} />
    </>
  );
}

const EVERY_MS = 2_000;

function Progress({ token }: { readonly token: string }): ReactNode {
  const { value, failed } = useResource<ReconciliationObject>(
    `${BASE_PATH}/reconciliations/${encodeURIComponent(token)}`,
    EVERY_MS,
  );
  if (failed !== null) return <p>Reconcile requested; its progress is not known: {failed.message}</p>;
  if (value === null || !value.status.done) return <p>Reconcile requested, not compared yet</p>;
  const [unreadable] = value.status.unreadable;
  return unreadable === undefined ? (
    <p>Compared since the request</p>
  ) : (
    <p>Not compared: {unreadable.reason}</p>
  );
}

function Suspend({ bindingKey, end }: { readonly bindingKey: Key; readonly end: () => void }): ReactNode {
  const [reason, setReason] = useDraft(`suspend ${bindingKey}`);
  const [length, setLength] = useState("1h");
  const { state, run } = useAction<SuspensionObject>();
  const submit = async (): Promise<void> => {
    const body = { scope: { key: bindingKey }, reason: reason.trim(), for: length };
    if ((await run(`${BASE_PATH}/suspensions`, body)).kind !== "ok") return;
    setReason("");
    end();
  };
  return (
    <form className="act" aria-label="Suspend" onSubmit={(event) => event.preventDefault()}>
      <p className="quiet-text">
        While it is suspended, Grantkeeper compares and writes nothing. It ends by itself.
      </p>
      <ReasonField reason={reason} change={setReason} isLocked={false} />
      <LengthField title="For" value={length} change={setLength} />
      <button
        type="button"
        className="primary"
        disabled={reasonProblem(reason) !== null || state.kind === "running"}
        onClick={() => void submit()}
      >
        Suspend for {length}
      </button>
      <ActionResult state={state} done={() => null} />
    </form>
  );
}

function Resume({
  suspension,
  end,
}: {
  readonly suspension: SuspensionObject;
  readonly end: () => void;
}): ReactNode {
  const { name } = suspension.metadata;
  const [reason, setReason] = useDraft(`resume ${name}`);
  const { state, run } = useAction<SuspensionObject>();
  const submit = async (): Promise<void> => {
    const path = `${BASE_PATH}/suspensions/${encodeURIComponent(name)}/resume`;
    if ((await run(path, { reason: reason.trim() })).kind !== "ok") return;
    setReason("");
    end();
  };
  return (
    <form className="act" aria-label="Resume" onSubmit={(event) => event.preventDefault()}>
      <ReasonField reason={reason} change={setReason} isLocked={false} />
      <button
        type="button"
        className="primary"
        disabled={reasonProblem(reason) !== null || state.kind === "running"}
        onClick={() => void submit()}
      >
        Resume
      </button>
      <ActionResult state={state} done={() => null} />
    </form>
  );
}
