import type { ReactNode } from "react";
import type { EventObject } from "../../../api/events.ts";
import { BASE_PATH } from "../../../api/group.ts";
import type { ApiList } from "../../../api/object.ts";
import { addressPath } from "../../view/address.ts";
import { actionOutcome } from "../../view/outcome.ts";
import { useResource } from "../../client/resources.ts";
import { Age, Link, Notice } from "../../parts/basics.tsx";
import { ResourceView } from "../../parts/resource-view.tsx";

/** Shows that an approval is not pending, and what is known of it. */
export function GoneApproval({
  name,
  message,
}: {
  readonly name: string;
  readonly message: string | null;
}): ReactNode {
  return (
    <>
      <h1>
        Approval <span className="mono">{name.slice(0, 8)}</span>, not pending
      </h1>
      <Notice tone="warn">
        {message !== null && <p>{message}</p>}
        <OutcomeLine name={name} />
        <Link to={addressPath("approvals")}>All approvals</Link>
      </Notice>
    </>
  );
}

/** What was answered to it, as far as the newest entries of the record have it. */
export function OutcomeLine({ name }: { readonly name: string }): ReactNode {
  const events = useResource<ApiList<EventObject>>(`${BASE_PATH}/events?limit=200`);
  return (
    <ResourceView resource={events} what="The record">
      {({ items }) => {
        const outcome = actionOutcome(
          name,
          items.map(({ event }) => event),
        );
        if (outcome === null)
          return (
            <p>
              The last {items.length} entries of the record have no approval and no rejection of it. If Git or
              AWS changed, another plan may have taken its place.
            </p>
          );
        const { kind, actor, reason, at } = outcome;
        return (
          <p>
            {kind === "approved" ? "Approved" : "Rejected"} by {actor} <Age at={at} /> ago: "{reason}".{" "}
            <Link to={`${addressPath("history")}?kind=${kind}`}>History</Link>
          </p>
        );
      }}
    </ResourceView>
  );
}
