import { useState, type ReactNode } from "react";
import type { ActionItem } from "../../api/action-required.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { headText, itemLabel } from "../../wording/action-labels.ts";
import { healthText, isQuiet } from "../../wording/overall-answer.ts";
import { addressPath } from "../view/address.ts";
import { bindingName } from "../../api/names.ts";
import { holdNameOf } from "../view/object-names.ts";
import { keyParts } from "../../model/keys/key.ts";
import { useNow } from "../client/clock.ts";
import { Link, State } from "./basics.tsx";

const SHOWN = 3;

/** The first line of the page: what an operator or a team must fix, the most urgent first. */
export function ActionRequired({ overview }: { readonly overview: OverviewObject }): ReactNode {
  const [isOpen, open] = useState(false);
  const items = overview.status.actionRequired;
  if (items.length === 0)
    return (
      <p className="action-line">
        <State tone={isQuiet(overview.status) ? "good" : "quiet"}>{healthText(overview.status)}</State>
      </p>
    );
  const isGrave = items.some((item) => item.security);
  const shown = isOpen ? items : items.slice(0, SHOWN);
  return (
    <section className="action" aria-label="Action required">
      <h2 className="action-line">
        <State tone={isGrave ? "bad" : "warn"}>{healthText(overview.status)}</State>
      </h2>
      <ul className="items">
        {shown.map((item, at) => (
          <Item key={`${item.kind} ${item.target} ${at}`} item={item} />
        ))}
      </ul>
      {items.length > SHOWN && (
        <button type="button" className="plain" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          {isOpen ? "Show fewer" : `Show ${items.length - SHOWN} more`}
        </button>
      )}
    </section>
  );
}

function Item({ item }: { readonly item: ActionItem }): ReactNode {
  const nowMs = useNow();
  const to = addressOfItem(item);
  const text = headText(item, nowMs);
  return (
    <li className={item.security ? "security" : undefined}>
      <span className="kind">{itemLabel(item.kind)}</span>{" "}
      <span className="text">
        {to === null ? text : <Link to={to}>{text}</Link>}
        {item.isOutdated === true && <span className="detail">found before Git changed</span>}
        {item.details.map((detail, at) => (
          <span key={at} className="detail">
            {detail}
          </span>
        ))}
        {item.hint !== null && <span className="detail hint">hint: {item.hint}</span>}
      </span>
    </li>
  );
}

/** Where the page shows more of it; null: nowhere. */
function addressOfItem(item: ActionItem): string | null {
  if (item.kind === "approval") return addressPath("approvals", holdNameOf(item.subject));
  if (!("key" in item)) return null;
  return addressPath("functions", keyParts(item.key).namespace, bindingName(item.key));
}
