import type { ReactNode } from "react";
import type { EventObject } from "../../api/events.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ApiList } from "../../api/object.ts";
import { historyRows } from "../../wording/history/history-rows.ts";
import { useNow } from "../client/clock.ts";
import { accountNames, useOverview } from "../client/overview.ts";
import { useResource } from "../client/resources.ts";
import { Section } from "../parts/basics.tsx";
import { Entries } from "../parts/entries.tsx";
import { ResourceView } from "../parts/resource-view.tsx";

const KINDS = [
  { kind: "approved", title: "Approvals that were given" },
  { kind: "rejected", title: "Plans that were rejected" },
] as const;
const MOST = 500;

/** The answers of operators by the record: who approved what, and why. */
export function Decisions(): ReactNode {
  return KINDS.map(({ kind, title }) => (
    <Section key={kind} title={title}>
      <OfKind kind={kind} />
    </Section>
  ));
}

function OfKind({ kind }: { readonly kind: string }): ReactNode {
  const events = useResource<ApiList<EventObject>>(`${BASE_PATH}/events?limit=${MOST}&kind=${kind}`);
  const overview = useOverview();
  const nowMs = useNow();
  return (
    <ResourceView resource={events} what="The record">
      {({ items, metadata }) => {
        const entries = items.map(({ event }) => event);
        if (entries.length === 0) return <p className="empty">No entries.</p>;
        const rows = historyRows(entries, { accounts: accountNames(overview.value), nowMs });
        return (
          <>
            <Entries rows={rows} />
            {metadata.continue !== undefined && (
              <p className="quiet-text">Older ones are in the history and in evidence/audit.jsonl.</p>
            )}
          </>
        );
      }}
    </ResourceView>
  );
}
