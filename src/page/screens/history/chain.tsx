import type { ReactNode } from "react";
import type { AuditEvent, EventObject } from "../../../api/events.ts";
import { BASE_PATH } from "../../../api/group.ts";
import type { ApiList } from "../../../api/object.ts";
import { useResource } from "../../client/resources.ts";
import { Age, Notice } from "../../parts/basics.tsx";
import { useMay } from "../../parts/session-context.ts";
import { chainState, type ChainState } from "../../view/history/chain-state.ts";

/** The state of the chain by the loaded entries. Only those who see every entry can see whether one is missing. */
export function Chain({
  events,
  isAll,
}: {
  readonly events: readonly AuditEvent[];
  readonly isAll: boolean;
}): ReactNode {
  const seesAll = useMay("read", null);
  if (!seesAll || events.length === 0) return null;
  return isAll ? <EntireChain events={events} /> : <NewestSignature />;
}

const verify = <code>grantkeeper audit verify</code>;

function EntireChain({ events }: { readonly events: readonly AuditEvent[] }): ReactNode {
  const { broken, signed } = chainState(events);
  if (broken !== null)
    return (
      <Notice tone="bad" isUrgent>
        <p>The record is broken: {broken.why}</p>
        <p>
          {verify} shows what can still be proved, and the copies of its signatures that are kept elsewhere.
        </p>
      </Notice>
    );
  return <Signed signed={signed} missing="No signature is among the loaded entries" />;
}

const CHECKPOINT = `${BASE_PATH}/events?limit=1&kind=checkpoint`;

/** Of selected entries, the neighbours in the record are not there. */
function NewestSignature(): ReactNode {
  const { value } = useResource<ApiList<EventObject>>(CHECKPOINT);
  if (value === null) return null;
  const { signed } = chainState(value.items.map(({ event }) => event));
  return <Signed signed={signed} missing="The record has no signature" />;
}

function Signed({
  signed,
  missing,
}: {
  readonly signed: ChainState["signed"];
  readonly missing: string;
}): ReactNode {
  return (
    <p className="quiet-text">
      {signed === null ? (
        missing
      ) : (
        <>
          Signed up to {signed.upTo}, <Age at={signed.at} /> ago, by key {signed.keyId}
        </>
      )}
      . This page does not check signatures: {verify} does.
    </p>
  );
}
