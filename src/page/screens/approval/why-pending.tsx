import type { ReactNode } from "react";
import type { HoldSummary } from "../../../api/overview.ts";
import { causeText } from "../../../wording/words.ts";
import { waitsByItself } from "../../../model/verdict.ts";
import { addressPath } from "../../view/address.ts";
import { reasonText } from "../../view/approval.ts";
import { Link } from "../../parts/basics.tsx";

/** Why nothing is written yet, and what an override ends. */
export function WhyPending({
  status,
  isGone,
}: {
  readonly status: HoldSummary;
  readonly isGone: boolean;
}): ReactNode {
  return (
    <>
      <p className="message">
        {reasonText(status)}{" "}
        {waitsByItself(status.code) && <Link to={addressPath("approvals")}>See what waits</Link>}
      </p>
      {status.cause !== undefined && !isGone && <p>An override ends only {causeText(status.cause)}.</p>}
    </>
  );
}
