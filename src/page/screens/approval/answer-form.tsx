import { waitsByItself } from "../../../model/verdict.ts";
import { useState, type ReactNode } from "react";
import type { ApprovalObject, RejectionObject } from "../../../api/commands.ts";
import type { HoldObject } from "../../../api/overview.ts";
import { BASE_PATH } from "../../../api/group.ts";
import { deadline } from "../../../wording/time.ts";
import {
  allWaitText,
  neededLength,
  overrideText,
  rejectionText,
  shortSubject,
  windowTexts,
} from "../../../wording/words.ts";
import { approveText, unlistedCalls } from "../../view/approval.ts";
import { counted } from "../../../text/phrases.ts";
import type { ApprovalLock } from "../../view/approval.ts";
import { reasonProblem } from "../../view/reason.ts";
import { useAction } from "../../client/action.ts";
import { useNow } from "../../client/clock.ts";
import { ActionResult } from "../../parts/forms/action-result.tsx";
import { Done } from "../../parts/forms/done.tsx";
import { UnansweredAnswer } from "./unanswered.tsx";
import { LengthField, ReasonField, useDraft } from "../../parts/forms/reason-form.tsx";

interface AnswerFormProps {
  readonly hold: HoldObject;
  readonly lock: ApprovalLock;
  /** Changes with a risk that are not on the screen yet. */
  readonly unseen: number;
  /** Why the form is locked, and where to go on. */
  readonly locked: ReactNode;
}

/** Approve or reject, with a reason. The text stays when the form locks. */
export function AnswerForm({ hold, lock, unseen, locked }: AnswerFormProps): ReactNode {
  const { subject } = hold.status;
  const [reason, setReason] = useDraft(`approval ${subject}`);
  const [length, setLength] = useState("1h");
  const approval = useAction<ApprovalObject>();
  const rejection = useAction<RejectionObject>();
  const isRunning = approval.state.kind === "running" || rejection.state.kind === "running";
  const unlisted = unlistedCalls(hold.status);
  const isLocked = lock.kind === "changed";
  const isOverride = waitsByItself(hold.status.code);
  const isAnswerable = !isLocked && !isRunning && reasonProblem(reason) === null;
  const approve = async (): Promise<void> => {
    const body = { subject, reason: reason.trim(), for: length, override: isOverride };
    if ((await approval.run(`${BASE_PATH}/approvals`, body)).kind === "ok") setReason("");
  };
  const reject = async (): Promise<void> => {
    if ((await rejection.run(`${BASE_PATH}/rejections`, { subject, reason: reason.trim() })).kind === "ok")
      setReason("");
  };
  if (approval.state.kind === "done") return <Approved approval={approval.state.value} />;
  if (rejection.state.kind === "done") return <Rejected rejection={rejection.state.value} />;
  return (
    <form
      className="act"
      aria-label={hold.status.rejected === null ? "Answer" : "Approve after all"}
      onSubmit={(event) => event.preventDefault()}
    >
      {locked}
      <ReasonField reason={reason} change={setReason} isLocked={isLocked} />
      <LengthField
        title={isOverride ? "The override is valid for" : "The approval is valid for"}
        value={length}
        change={setLength}
      />
      {unseen > 0 && (
        <p className="state warn">! {unseen} changes with a risk are not shown yet: show them first</p>
      )}
      {unlisted > 0 && (
        <p className="state warn">
          ! {unlisted} of its {hold.status.calls} calls are not listed here: you do not see the roles that
          they change
        </p>
      )}
      <div className="buttons">
        <button
          type="button"
          className="primary"
          disabled={!isAnswerable || unseen > 0}
          onClick={() => void approve()}
        >
          {approveText(hold.status)}
        </button>
        {hold.status.rejected === null && !isOverride && (
          <button type="button" className="danger" disabled={!isAnswerable} onClick={() => void reject()}>
            Reject
          </button>
        )}
      </div>
      <ActionResult
        state={approval.state}
        done={() => null}
        unanswered={(act) => <UnansweredAnswer act={act} kind="approved" subject={subject} />}
      />
      <ActionResult
        state={rejection.state}
        done={() => null}
        unanswered={(act) => <UnansweredAnswer act={act} kind="rejected" subject={subject} />}
      />
    </form>
  );
}

function Rejected({ rejection: { spec, status } }: { readonly rejection: RejectionObject }): ReactNode {
  const nowMs = useNow();
  const before =
    status.replaces === null
      ? ""
      : ` This replaces the rejection by ${rejectionText(status.replaces, nowMs)}.`;
  return <Done text={`Rejected ${shortSubject(spec.subject)}: nothing is written.${before}`} />;
}

function Approved({ approval: { spec, status } }: { readonly approval: ApprovalObject }): ReactNode {
  const nowMs = useNow();
  const ended =
    status.ends === null ? "" : `. This ends the rejection by ${rejectionText(status.ends, nowMs)}`;
  const until = deadline(spec.expiresAt, nowMs);
  const length = neededLength(status.windows, { expiresAtMs: Date.parse(spec.expiresAt), nowMs });
  const late = length === null ? [] : [`The approval ends before that: approve again for ${length}`];
  const allWait = allWaitText(status.windows, status.keys);
  const waits = [
    ...(allWait === null ? [] : [`Note: ${allWait}`]),
    ...windowTexts(status.windows),
    ...late,
  ].map((text) => `. ${text}`);
  return (
    <Done
      text={`Approved ${shortSubject(spec.subject)}: ${counted(status.calls, "call")}${overrideText(status)}, until ${until}${ended}${waits.join("")}`}
    />
  );
}
