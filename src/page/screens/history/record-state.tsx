import type { ReactNode } from "react";
import type { OverviewObject } from "../../../api/overview.ts";
import { verificationProblem } from "../../../model/records/record-verification.ts";
import { Age, Notice } from "../../parts/basics.tsx";

/** The controller's own verification of its record. null: the overview is not there yet. */
export function RecordState({ overview }: { readonly overview: OverviewObject | null }): ReactNode {
  if (overview === null) return null;
  const { record } = overview.status;
  if (record === undefined)
    return <p className="quiet-text">This controller does not report whether its record verifies.</p>;
  if (record.kind === "not-verified")
    return <p className="quiet-text">The controller has not verified the record since its start.</p>;
  if (record.kind === "intact")
    return (
      <p className="quiet-text">
        The controller verified the record up to entry {record.upTo}, <Age at={record.at} /> ago, and found no
        break.
      </p>
    );
  return (
    <Notice tone={record.kind === "unknown" ? "warn" : "bad"} isUrgent>
      <p>
        The record: {verificationProblem(record)} (found <Age at={record.since} /> ago): {record.reason}
      </p>
      <p>
        Entries that are marked (not verified) may be shown as someone changed them.{" "}
        <code>grantkeeper audit verify</code> shows what can still be proved.
      </p>
    </Notice>
  );
}
