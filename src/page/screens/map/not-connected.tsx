import type { ReactNode } from "react";
import { keysText } from "../../../wording/words.ts";
import type { Key } from "../../../model/keys/key.ts";
import { TargetLink } from "../../parts/target-link.tsx";
import type { NotDrawn } from "../../view/map/connections.ts";

interface NotConnectedProps {
  readonly withoutAny: readonly Key[];
  readonly notDrawn: readonly NotDrawn[];
  /** The names of accounts by their id. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** Everything of the functions that the table does not have: no function is left out without a word. */
export function NotConnected({ withoutAny, notDrawn, accounts }: NotConnectedProps): ReactNode {
  return (
    <>
      {withoutAny.length > 0 && (
        <details>
          <summary>
            {keysText(withoutAny)} {withoutAny.length === 1 ? "has" : "have"} no permission and no caller in
            effect, and {withoutAny.length === 1 ? "is" : "are"} not in the table
          </summary>
          <Targets keys={withoutAny} accounts={accounts} />
        </details>
      )}
      {notDrawn.map(({ reason, keys }) => (
        <details key={reason}>
          <summary>
            Not in the table, of {keysText(keys)}: {reason}
          </summary>
          <Targets keys={keys} accounts={accounts} />
        </details>
      ))}
    </>
  );
}

const SHOWN = 200;

function Targets({
  keys,
  accounts,
}: {
  readonly keys: readonly Key[];
  readonly accounts: NotConnectedProps["accounts"];
}): ReactNode {
  return (
    <>
      <ul className="targets">
        {keys.slice(0, SHOWN).map((key) => (
          <li key={key}>
            <TargetLink bindingKey={key} accounts={accounts} />
          </li>
        ))}
      </ul>
      {keys.length > SHOWN && <p className="quiet-text">and {keys.length - SHOWN} more</p>}
    </>
  );
}
