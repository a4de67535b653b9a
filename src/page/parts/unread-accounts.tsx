import type { ReactNode } from "react";
import { useOverview } from "../client/overview.ts";
import { addressPath } from "../view/address.ts";
import { unreadAccounts } from "../view/unread-accounts.ts";
import { Age, Link, State } from "./basics.tsx";

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
