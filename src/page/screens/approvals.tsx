import type { ReactNode } from "react";
import type { HoldObject, HoldSummary } from "../../api/overview.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ApiList } from "../../api/object.ts";
import { actorName } from "../../model/people/actor.ts";
import { keysText, shortSubject } from "../../wording/words.ts";
import { addressPath } from "../view/address.ts";
import { needsAnswer } from "../view/approvals/needs-answer.ts";
import { nextOf } from "../view/approvals/rejected.ts";
import { useResource } from "../client/resources.ts";
import { Rollbacks, useIsEveryAccountRead } from "../parts/account-lines.tsx";
import { Age, Link, Section } from "../parts/basics.tsx";
import { ResourceView } from "../parts/resource-view.tsx";
import { Risk } from "../parts/risk.tsx";
import { SimpleTable } from "../parts/simple-table.tsx";

/** Everything that waits for an operator. */
export function Approvals(): ReactNode {
  const holds = useResource<ApiList<HoldObject>>(`${BASE_PATH}/holds`);
  const isKnown = useIsEveryAccountRead();
  return (
    <>
      <h1>Approvals</h1>
      <Rollbacks />
      <ResourceView resource={holds} what="The approvals">
        {({ items }) => <Lists holds={items} isKnown={isKnown} />}
      </ResourceView>
    </>
  );
}

/** What is written by itself, in the order of the screen. */
const WAITS = [
  {
    code: "depends-on",
    title: "Waiting for another function",
    note: "written when the functions that they depend on are in sync; no approval is needed",
  },
  {
    code: "account-order",
    title: "Waiting for another account",
    note: "written when the accounts that come first are verified; no approval is needed",
  },
  {
    code: "change-window",
    title: "Waiting for a change window",
    note: "written when the window lets them through; no approval is needed",
  },
] as const;

function Lists({
  holds,
  isKnown,
}: {
  readonly holds: readonly HoldObject[];
  readonly isKnown: boolean;
}): ReactNode {
  const pending = holds.filter(({ status }) => needsAnswer(status));
  const rejected = holds.filter(({ status }) => status.rejected !== null);
  const waiting = WAITS.map((wait) => ({
    ...wait,
    found: holds.filter(({ status }) => status.code === wait.code),
  })).filter(({ found }) => found.length > 0);
  return (
    <>
      <Holds holds={pending} title="Pending approvals" isKnown={isKnown} />
      {waiting.map(({ code, title, note, found }) => (
        <Section key={code} title={title} note={note}>
          <Holds holds={found} title={title} />
        </Section>
      ))}
      {rejected.length > 0 && (
        <Section title="Rejected">
          <Holds holds={rejected} title="Rejected" />
        </Section>
      )}
    </>
  );
}

function Holds({
  holds,
  title,
  isKnown = true,
}: {
  readonly holds: readonly HoldObject[];
  readonly title: string;
  /** Every account was read: an empty list is complete. */
  readonly isKnown?: boolean;
}): ReactNode {
  return (
    <SimpleTable
      title={title}
      heads={["Digest", "Account", "Bindings", "Calls", "Risk", "Waiting", "Reason"]}
      empty={isKnown ? "No pending approvals." : "No pending approvals in the accounts that were read."}
      rows={holds.map(({ metadata, status }) => ({
        id: metadata.name,
        cells: [
          <Link key="digest" to={addressPath("approvals", metadata.name)} className="mono">
            {shortSubject(status.subject)}
          </Link>,
          status.account ?? "-",
          <span key="bindings" className="nowrap">
            {status.code === "revision" ? "all" : keysText(status.keys)}
          </span>,
          status.calls ?? "unknown",
          <span key="risk" className="nowrap">
            <Risk risk={status.risk} />
          </span>,
          <span key="age" className="nowrap">
            <Age at={status.since} />
          </span>,
          <Reason key="reason" status={status} />,
        ],
      }))}
    />
  );
}

function Reason({ status }: { readonly status: HoldSummary }): ReactNode {
  const { reason, rejected, isOutdated } = status;
  return (
    <span className="message">
      {rejected === null ? (
        reason
      ) : (
        <>
          Rejected by {actorName(rejected.actor)} <Age at={rejected.at} /> ago: "{rejected.reason}"
          <span className="detail">{nextOf(status)}</span>
        </>
      )}
      {isOutdated === true && <span className="detail">Git has changed since; it is planned again</span>}
    </span>
  );
}
