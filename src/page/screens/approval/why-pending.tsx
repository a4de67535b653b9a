import type { ReactNode } from "react";
import type { HoldSummary } from "../../../api/overview.ts";
import { sourceRollbackText } from "../../../wording/rollback.ts";
import { causeText } from "../../../wording/words.ts";
import { waitsByItself } from "../../../model/verdict.ts";
import { addressPath } from "../../view/address.ts";
import { reasonText } from "../../view/approval.ts";
import { useNow } from "../../client/clock.ts";
import { Link, State } from "../../parts/basics.tsx";

/** Why nothing is written yet, and what an override ends. */
export function WhyPending({
  status,
  isGone,
}: {
  readonly status: HoldSummary;
  readonly isGone: boolean;
}): ReactNode {
  const nowMs = useNow();
  return (
    <>
      <p className="message">
        {reasonText(status)}{" "}
        {waitsByItself(status.code) && <Link to={addressPath("approvals")}>See what waits</Link>}
      </p>
      {!isGone &&
        status.rollbacks?.map((rollback) => (
          <p key={rollback.source}>
            <State tone="warn">{sourceRollbackText(rollback, nowMs)}</State>
          </p>
        ))}
      {status.cause !== undefined && !isGone && <p>An override ends only {causeText(status.cause)}.</p>}
    </>
  );
}
