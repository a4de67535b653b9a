import type { ReactNode } from "react";
import type { EventObject } from "../../../api/events.ts";
import { BASE_PATH } from "../../../api/group.ts";
import type { ApiList } from "../../../api/object.ts";
import { addressPath } from "../../view/address.ts";
import { holdNameOf } from "../../view/object-names.ts";
import { useNow } from "../../client/clock.ts";
import { ANSWER_KINDS, approvalAnswers, approvalAnswerText } from "../../../wording/approval-answer.ts";
import { useResource } from "../../client/resources.ts";
import { Link, Notice } from "../../parts/basics.tsx";
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

/** What was answered to it, as far as the newest answers of the record have it. */
export function OutcomeLine({ name }: { readonly name: string }): ReactNode {
  const nowMs = useNow();
  const events = useResource<ApiList<EventObject>>(`${BASE_PATH}/events?kind=${ANSWER_KINDS}&limit=200`);
  return (
    <ResourceView resource={events} what="The record">
      {({ items }) => {
        const [answer] = approvalAnswers(
          items.map(({ event }) => event),
          (subject) => holdNameOf(subject).startsWith(name),
        );
        if (answer === undefined)
          return (
            <p>
              None of the last {items.length} approvals and rejections of the record is of it. If Git or AWS
              changed, another plan may have taken its place.
            </p>
          );
        return (
          <p>
            {approvalAnswerText(answer, nowMs)}.{" "}
            <Link to={`${addressPath("history")}?kind=${answer.kind}`}>History</Link>
          </p>
        );
      }}
    </ResourceView>
  );
}
