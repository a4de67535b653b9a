import { useContext, type ReactNode } from "react";
import type { EventObject } from "../../../api/events.ts";
import { BASE_PATH } from "../../../api/group.ts";
import type { ApiList } from "../../../api/object.ts";
import type { UnansweredAct } from "../../client/action.ts";
import { serverTimeOf } from "../../client/clock.ts";
import { useResource } from "../../client/resources.ts";
import { Age, Notice } from "../../parts/basics.tsx";
import { SessionContext } from "../../parts/session-context.ts";
import { recordedAnswer, type SentAnswer } from "../../view/outcome.ts";

const EVERY_MS = 5_000;

const DONE = { approved: "Approved", rejected: "Rejected" } as const;

/** An approval or a rejection whose response was lost: the page looks for it in the record until it is there. */
export function UnansweredAnswer({
  act,
  kind,
  subject,
}: {
  readonly act: UnansweredAct;
  readonly kind: SentAnswer["kind"];
  readonly subject: string;
}): ReactNode {
  const events = useResource<ApiList<EventObject>>(`${BASE_PATH}/events?limit=200`, EVERY_MS);
  const actor = useContext(SessionContext)?.actor ?? "";
  const entries = (events.value?.items ?? []).map(({ event }) => event);
  const found = recordedAnswer({ kind, subject, actor, sentMs: serverTimeOf(act.sentMs) }, entries);
  if (found !== null)
    return (
      <Notice tone="good">
        <p>
          {DONE[kind]} <Age at={found.at} /> ago: the record has it as entry {found.seq}, although the answer
          was lost.
        </p>
      </Notice>
    );
  const isReadSince = events.failed === null && events.readMs !== null && events.readMs > act.lostMs;
  return (
    <Notice tone="bad" isUrgent>
      <p>Not known whether it was done: {act.message}</p>
      <p>
        {isReadSince
          ? `The last ${entries.length} entries of the record do not have it so far. The page reads them again every 5 seconds.`
          : "The page looks for it in the record."}
      </p>
    </Notice>
  );
}
