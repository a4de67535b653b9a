import type { ReactNode } from "react";
import type { AccountStatus, SourceRollback } from "../../api/manifests.ts";
import type { OverviewObject, SourceStatus } from "../../api/overview.ts";
import {
  fetchedName,
  inForceText,
  rolledBackSources,
  rollbackText,
  sourceRollbackText,
} from "../../wording/rollback.ts";
import { useNow } from "../client/clock.ts";
import { useOverview } from "../client/overview.ts";
import { addressPath } from "../view/address.ts";
import { unreadAccounts } from "../view/live/unread-accounts.ts";
import { Age, Link, State } from "./basics.tsx";

/** The revision that is enforced, and how far each account is. */
export function AccountLines({ overview }: { readonly overview: OverviewObject }): ReactNode {
  const { source, accounts } = overview.status;
  return (
    <div className="accounts">
      <SourceLine source={source} />
      <table>
        <caption className="visually-hidden">Accounts</caption>
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col">Mode</th>
            <th scope="col">Synced</th>
            <th scope="col">Drift</th>
            <th scope="col">Blocked</th>
            <th scope="col">Declared</th>
            <th scope="col">Read</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <AccountLine key={account.accountId} account={account} />
          ))}
        </tbody>
      </table>
      {accounts.length === 0 && <p className="empty">No accounts are declared, or none that you may see.</p>}
    </div>
  );
}

function SourceLine({ source }: { readonly source: SourceStatus }): ReactNode {
  const { accepted, fetchedAt, failure, rolledBack } = source;
  return (
    <p className="source quiet-text">
      {accepted === null ? "No revision is accepted yet" : inForceText(accepted, rolledBack)}
      {fetchedAt !== null && (
        <>
          , {fetchedName(rolledBack)}fetched <Age at={fetchedAt} /> ago
        </>
      )}
      {rolledBack !== undefined && (
        <>
          {" "}
          <RolledBack rolledBack={rolledBack} />
        </>
      )}
      {failure !== null && (
        <>
          {" "}
          <State tone="bad">{failure.message}</State>
        </>
      )}
    </p>
  );
}

/** Nothing that is pushed is applied: everyone who looks must know. */
export function RolledBack({ rolledBack }: { readonly rolledBack: SourceRollback }): ReactNode {
  const nowMs = useNow();
  return <State tone="warn">{rollbackText(rolledBack, nowMs)}</State>;
}

/** The rollbacks of the sources that declare these namespaces; without them of each source that the reader sees. */
export function Rollbacks({ namespaces }: { readonly namespaces?: readonly string[] }): ReactNode {
  const overview = useOverview();
  const nowMs = useNow();
  if (overview.value === null) return null;
  return rolledBackSources(overview.value.status, namespaces ?? null).map((rollback) => (
    <p key={rollback.source}>
      <State tone="warn">{sourceRollbackText(rollback, nowMs)}</State>
    </p>
  ));
}

/** The counts of an account that is not read now, or was not compared since the start, are not those of now. */
function AccountLine({ account }: { readonly account: AccountStatus }): ReactNode {
  const { name, mode, counts, failing, lastSweepAt, comparing, unread } = account;
  const isKnown = failing === null && lastSweepAt !== null && !comparing;
  const unknown = <State tone="quiet">unknown</State>;
  const isComplete = counts.synced === counts.bindings;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{mode}</td>
      <td>
        {isKnown ? (
          <State tone={isComplete ? "good" : "warn"}>
            {counts.synced}/{counts.bindings}
          </State>
        ) : (
          unknown
        )}
      </td>
      <td>{isKnown ? <Count number={counts.drifted} /> : unknown}</td>
      <td>{isKnown ? <Count number={counts.blocked} /> : unknown}</td>
      <td>{isKnown ? declaredText(account) : unknown}</td>
      <td>
        <Read failing={failing} lastSweepAt={lastSweepAt} />
        {unread.length > 0 && <span className="detail">not read: {unread.join("; ")}</span>}
      </td>
    </tr>
  );
}

/** Of an account that was read, only a reader with namespaces has no counts. */
function declaredText({ functionsSeen, functionsInGit }: AccountStatus): string {
  return functionsSeen === null || functionsInGit === null ? "-" : `${functionsInGit}/${functionsSeen}`;
}

function Count({ number }: { readonly number: number }): ReactNode {
  return number === 0 ? "0" : <State tone="bad">{number}</State>;
}

function Read({ failing, lastSweepAt }: Pick<AccountStatus, "failing" | "lastSweepAt">): ReactNode {
  if (failing !== null)
    return (
      <State tone="bad">
        failed for <Age at={failing.since} />
        <span className="detail">{failing.reason}</span>
      </State>
    );
  if (lastSweepAt === null) return <State tone="quiet">never</State>;
  return (
    <>
      <Age at={lastSweepAt} /> ago
    </>
  );
}

const SHOWN = 3;

/** False while the accounts are not known: an empty list may lack what was not read. */
export function useIsEveryAccountRead(): boolean {
  const { value } = useOverview();
  return value !== null && unreadAccounts(value.status.accounts).length === 0;
}

/** What no list below it can have: an empty list is no proof while an account is not read. */
export function UnreadAccounts(): ReactNode {
  const { value } = useOverview();
  const unread = unreadAccounts(value?.status.accounts ?? []);
  if (unread.length === 0) return null;
  return (
    <section aria-label="Accounts that are not read" className="unread-accounts">
      {unread.slice(0, SHOWN).map(({ name, since, reasons }) => (
        <p key={name}>
          <State tone="quiet">
            not read: account {name}
            {since !== null && (
              <>
                , for <Age at={since} />
              </>
            )}
          </State>
          {reasons.map((reason) => (
            <span key={reason} className="detail">
              {reason}
            </span>
          ))}
        </p>
      ))}
      {unread.length > SHOWN && (
        <p className="quiet-text">
          and {unread.length - SHOWN} more: <Link to={addressPath("functions")}>Functions</Link> lists all
          accounts
        </p>
      )}
    </section>
  );
}
