import { useEffect, useMemo, useState, type ReactNode } from "react";
import type { HeldCommit, HoldObject, HoldSummary } from "../../api/overview.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ApiList } from "../../api/object.ts";
import { waitsByItself } from "../../model/verdict.ts";
import { afterAnswer, keysText, shortSubject, windowTexts } from "../../wording/words.ts";
import { counted } from "../../text/phrases.ts";
import { addressPath } from "../view/address.ts";
import {
  changeGroups,
  changesTitle,
  headingOf,
  isGoneCode,
  lockOf,
  successorOf,
  type ApprovalLock,
} from "../view/approval.ts";
import { isShortName, namedSo } from "../view/outcome.ts";
import { navigate } from "../client/navigation.ts";
import { accountNames, useOverview } from "../client/overview.ts";
import { useResource } from "../client/resources.ts";
import { isExported } from "../client/transport.ts";
import { Age, Link, Notice, Section, State } from "../parts/basics.tsx";
import { ResourceView } from "../parts/resource-view.tsx";
import { nextOf } from "../view/approvals/rejected.ts";
import { Risk } from "../parts/risk.tsx";
import { AnswerForm } from "./approval/answer-form.tsx";
import { Change } from "./approval/changes.tsx";
import { GoneApproval, OutcomeLine } from "./approval/gone.tsx";
import { WhyPending } from "./approval/why-pending.tsx";

const EVERY_MS = 5_000;

/** What exactly is approved: the plan of one digest, whose first digits are enough. */
export function ApprovalScreen({ name }: { readonly name: string }): ReactNode {
  return (
    <>
      <p className="back">
        <Link to={addressPath("approvals")}>Approvals</Link>
      </p>
      {isShortName(name) ? <ByFirstDigits name={name} /> : <OneApproval name={name} />}
    </>
  );
}

/** The address becomes that with all digits: it stays true when another approval begins with the same ones. */
function ByFirstDigits({ name }: { readonly name: string }): ReactNode {
  const holds = useResource<ApiList<HoldObject>>(`${BASE_PATH}/holds`, EVERY_MS);
  const named = holds.value === null ? [] : namedSo(name, holds.value.items);
  const only = named.length === 1 ? named[0]?.metadata.name : undefined;
  useEffect(() => {
    if (only !== undefined) navigate(addressPath("approvals", only), "replace");
  }, [only]);
  if (only !== undefined) return null;
  if (holds.value !== null && named.length === 0) return <GoneApproval name={name} message={null} />;
  return (
    <>
      <h1>Approval {name}</h1>
      <ResourceView resource={holds} what="The approvals">
        {() => (
          <>
            <p>More than one approval begins with these digits:</p>
            <ul>
              {named.map(({ metadata }) => (
                <li key={metadata.name}>
                  <Link to={addressPath("approvals", metadata.name)}>{metadata.name}</Link>
                </li>
              ))}
            </ul>
          </>
        )}
      </ResourceView>
    </>
  );
}

function OneApproval({ name }: { readonly name: string }): ReactNode {
  const hold = useResource<HoldObject>(`${BASE_PATH}/holds/${encodeURIComponent(name)}`, EVERY_MS);
  const isGone = hold.failed !== null && isGoneCode(hold.failed.code);
  const { readAgain } = useOverview();
  useEffect(() => {
    // The number in the menu is of the overview.
    if (isGone) readAgain();
  }, [isGone, readAgain]);
  if (hold.value === null && hold.failed !== null && isGone)
    return <GoneApproval name={name} message={hold.failed.message} />;
  return (
    <>
      {hold.value === null && hold.failed !== null && <h1>Approval {name.slice(0, 8)}</h1>}
      <ResourceView resource={{ ...hold, failed: isGone ? null : hold.failed }} what="The approval">
        {(value) => <Hold shown={value} lock={lockOf(value, hold)} />}
      </ResourceView>
    </>
  );
}

function Hold({ shown, lock }: { readonly shown: HoldObject; readonly lock: ApprovalLock }): ReactNode {
  const { status } = shown;
  const isGone = lock.kind === "changed";
  return (
    <>
      <h1>
        {headingOf(status)} <span className="mono">{shortSubject(status.subject)}</span>
        {isGone && ", no longer pending"}
      </h1>
      <Lead status={status} isPending={!isGone && status.rejected === null} />
      <WhyPending status={status} isGone={isGone} />
      {status.isOutdated === true && !isGone && (
        <Notice tone="warn">
          <p>
            Git has changed one of its targets since: the next pass plans it again, and what is pending may
            change.
          </p>
        </Notice>
      )}
      {status.rejected !== null && (
        <p>
          <State tone="warn">
            Rejected by {status.rejected.actor} <Age at={status.rejected.at} /> ago: "{status.rejected.reason}
            "
          </State>
          <span className="detail">{nextOf(status)}</span>
        </p>
      )}
      {windowTexts(status.windows).map((text) => (
        <p key={text} className="message">
          {afterAnswer(status)}: {text}
        </p>
      ))}
      <Approvers status={status} />
      <Commits title="Commits that it adds" commits={status.commits} />
      <Commits title="Commits that it drops" commits={status.dropped} />
      <Changes hold={shown} lock={lock} />
    </>
  );
}

function Lead({
  status,
  isPending,
}: {
  readonly status: HoldSummary;
  readonly isPending: boolean;
}): ReactNode {
  const kind = status.code === "revision" ? "a revision of the source" : keysText(status.keys);
  const calls = status.calls === null ? "an unknown number of calls" : counted(status.calls, "call");
  return (
    <p className="lead">
      {status.account === null ? "" : `${status.account}, `}
      {kind}
      {status.code !== "revision" && (
        <>
          , {calls}, risk <Risk risk={status.risk} />
        </>
      )}
      {isPending ? ", waiting for " : ", planned "}
      <Age at={status.since} />
      {!isPending && " ago"}
    </p>
  );
}

function Approvers({
  status: { code, group, authors, unlistedAuthors },
}: {
  readonly status: HoldSummary;
}): ReactNode {
  return (
    <>
      {group !== null && (
        <p>
          Approver: a member of group {group.name} (
          {group.members.length === 0 ? "it has no members" : group.members.join(", ")})
        </p>
      )}
      {authors.length > 0 && (
        <p>
          Authors, who cannot {waitsByItself(code) ? "override it" : "approve it"}: {authors.join(", ")}
        </p>
      )}
      {unlistedAuthors !== undefined && <p>Authors not all known: {unlistedAuthors}</p>}
    </>
  );
}

function Commits({
  title,
  commits,
}: {
  readonly title: string;
  readonly commits: readonly HeldCommit[] | undefined;
}): ReactNode {
  if (commits === undefined || commits.length === 0) return null;
  return (
    <Section title={title} note="authors as they claim">
      <ul className="commits">
        {commits.map(({ id, author, at, subject }) => (
          <li key={id}>
            <code>{id.slice(0, 12)}</code> {subject}
            <span className="detail">
              {author}, {at}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const PAGE = 50;

function Changes({ hold, lock }: { readonly hold: HoldObject; readonly lock: ApprovalLock }): ReactNode {
  const overview = useOverview();
  const groups = useMemo(() => changeGroups(hold.status.changes), [hold.status.changes]);
  const [shown, show] = useState(PAGE);
  const accounts = accountNames(overview.value);
  const unseen = groups.slice(shown).filter(({ isRisky }) => isRisky).length;
  return (
    <>
      {groups.length > 0 && (
        <Section title={changesTitle(hold.status, lock)}>
          <ul className="differences">
            {groups.slice(0, shown).map((group) => (
              <Change key={group.change.key} group={group} accounts={accounts} />
            ))}
          </ul>
          {groups.length > shown && (
            <button type="button" onClick={() => show(shown + PAGE)}>
              Show {Math.min(PAGE, groups.length - shown)} of {groups.length - shown} more
            </button>
          )}
        </Section>
      )}
      <Answer hold={hold} lock={lock} unseen={unseen} />
    </>
  );
}

function Answer({
  hold,
  lock,
  unseen,
}: {
  readonly hold: HoldObject;
  readonly lock: ApprovalLock;
  readonly unseen: number;
}): ReactNode {
  if (isExported())
    return (
      <Notice tone="quiet">
        <p>An export is read-only: approve or reject in the running controller.</p>
      </Notice>
    );
  if (lock.kind === "not-approvable")
    return (
      <Notice tone="quiet">
        <p>{lock.message}</p>
      </Notice>
    );
  return (
    <Section title={waitsByItself(hold.status.code) ? "Override" : "Answer"}>
      <AnswerForm
        hold={hold}
        lock={lock}
        unseen={unseen}
        locked={lock.kind === "changed" ? <Changed hold={hold} lock={lock} /> : null}
      />
    </Section>
  );
}

/** The form is locked: another plan waits, or the question is answered. */
function Changed({
  hold,
  lock,
}: {
  readonly hold: HoldObject;
  readonly lock: Extract<ApprovalLock, { readonly kind: "changed" }>;
}): ReactNode {
  const holds = useResource<ApiList<HoldObject>>(`${BASE_PATH}/holds`, EVERY_MS);
  // Before the list is read, it is not known whether another plan took its place.
  const next = holds.value === null ? null : successorOf(hold, holds.value.items);
  return (
    <Notice tone="warn" isUrgent>
      <p>This is no longer pending: {lock.message}</p>
      {next === null ? (
        <>
          {holds.value !== null && <OutcomeLine name={hold.metadata.name} />}
          <Link to={addressPath("approvals")}>All approvals</Link>
        </>
      ) : (
        <Link to={addressPath("approvals", next.metadata.name)}>
          The plan changed, review {shortSubject(next.status.subject)}
        </Link>
      )}
    </Notice>
  );
}
