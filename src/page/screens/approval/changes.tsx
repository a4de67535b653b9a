import { useState, type ReactNode } from "react";
import type { HoldChange } from "../../../api/overview.ts";
import { readDelta } from "../../../iam/row-text.ts";
import { changedReferenceText } from "../../../model/aws/reference.ts";
import type { Key } from "../../../model/keys/key.ts";
import { whyText } from "../../../model/rules/refusal.ts";
import { counted } from "../../../text/phrases.ts";
import { permissionChanges } from "../../../plan/render/permission-changes.ts";
import { homeOf, grownText, shortArn } from "../../../plan/render/words.ts";
import type { ChangeGroup } from "../../view/approval.ts";
import { State } from "../../parts/basics.tsx";
import { PermissionChanges, Sign } from "../../parts/permission-lines.tsx";
import { Risk } from "../../parts/risk.tsx";
import { TargetLink } from "../../parts/target-link.tsx";

interface ChangeProps {
  readonly group: ChangeGroup;
  /** The names of accounts by their id. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** What one approval changes in AWS for the keys of a group. */
export function Change({ group: { change, keys }, accounts }: ChangeProps): ReactNode {
  const [areCallsShown, showCalls] = useState(false);
  const changes = permissionChanges(readDelta(change.delta), homeOf(change.key));
  const isEmpty = changes.length === 0 && change.calls.length > 0 && change.refusedBy === undefined;
  return (
    <li>
      <p className="because">
        <Targets keys={keys} accounts={accounts} />
        {change.refusedBy === undefined && (
          <>
            {" risk "}
            <Risk risk={change.risk} />
          </>
        )}
        {change.canBreak && (
          <>
            {", "}
            <State tone="bad">can break running code</State>
          </>
        )}
      </p>
      <PermissionChanges changes={changes} />
      {isEmpty && <p className="quiet-text">= no permission changes</p>}
      <Other change={change} />
      {change.calls.length > 0 && (
        <button
          type="button"
          className="plain"
          aria-expanded={areCallsShown}
          onClick={() => showCalls(!areCallsShown)}
        >
          {areCallsShown ? "Hide the calls" : `Show ${counted(change.calls.length, "call")}`}
          {keys.length > 1 && " of the first"}
        </button>
      )}
      {areCallsShown && <Calls change={change} />}
    </li>
  );
}

const SHOWN = 5;

function Targets({
  keys,
  accounts,
}: {
  readonly keys: readonly Key[];
  readonly accounts: ReadonlyMap<string, string>;
}): ReactNode {
  const [isOpen, open] = useState(false);
  const shown = isOpen ? keys : keys.slice(0, SHOWN);
  return (
    <>
      {shown.map((key) => (
        <span key={key} className="target">
          <TargetLink bindingKey={key} accounts={accounts} />
        </span>
      ))}
      {keys.length > shown.length && (
        <button type="button" className="plain" onClick={() => open(true)}>
          and {keys.length - shown.length} more with the same change
        </button>
      )}
    </>
  );
}

/** What is not a permission: grown patterns, references, roles, rules. */
function Other({
  change: { grown = [], changedReferences = [], roles, refusedBy = [] },
}: {
  readonly change: HoldChange;
}): ReactNode {
  return (
    <ul className="permissions">
      {grown.map((pattern, at) => (
        <li key={at} className="permission">
          <Sign sign="+" />
          {grownText(pattern)}
        </li>
      ))}
      {changedReferences.map((reference, at) => (
        <li key={at} className="permission">
          <Sign sign="~" />
          {changedReferenceText(reference)}
        </li>
      ))}
      {roles !== undefined && (
        <li className="permission">
          <Sign sign="~" />
          role: {roles.from === null ? "no role" : shortArn(roles.from)} →{" "}
          {roles.to === null ? "no role" : shortArn(roles.to)}
        </li>
      )}
      {refusedBy.map((rule, at) => (
        <li key={at} className="permission">
          {rule.rule}: {whyText(rule)}
          <span className="detail hint">hint: {rule.hint}</span>
        </li>
      ))}
    </ul>
  );
}

function Calls({ change: { calls } }: { readonly change: HoldChange }): ReactNode {
  return (
    <ol className="calls">
      {calls.map(({ call, target, risk }, at) => (
        <li key={at}>
          <code>
            {call} {shortArn(target)}
          </code>
          {risk === "high" && <span className="tag danger">high risk</span>}
        </li>
      ))}
    </ol>
  );
}
