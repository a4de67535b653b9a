import type { ReactNode } from "react";
import type { AuditEvent } from "../../../api/events.ts";
import { Age, Notice } from "../../parts/basics.tsx";
import { useMay } from "../../parts/session-context.ts";
import { chainState } from "../../view/history/chain-state.ts";

/** The state of the chain by the loaded entries. Only those who see every entry can see whether one is missing. */
export function Chain({
  events,
  isAll,
}: {
  readonly events: readonly AuditEvent[];
  readonly isAll: boolean;
}): ReactNode {
  const seesAll = useMay("read", null);
  if (!isAll || !seesAll || events.length === 0) return null;
  const { broken, signed } = chainState(events);
  const verify = <code>grantkeeper audit verify</code>;
  if (broken !== null)
    return (
      <Notice tone="bad" isUrgent>
        <p>The record is broken: {broken.why}</p>
        <p>
          {verify} shows what can still be proved, and the copies of its signatures that are kept elsewhere.
        </p>
      </Notice>
    );
  return (
    <p className="quiet-text">
      {signed === null ? (
        "No signature is among the loaded entries"
      ) : (
        <>
          Signed up to {signed.upTo}, <Age at={signed.at} /> ago, by key {signed.keyId}
        </>
      )}
      . This page does not check signatures: {verify} does.
    </p>
  );
}
