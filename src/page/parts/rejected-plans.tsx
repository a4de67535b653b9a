import type { ReactNode } from "react";
import type { OverviewObject } from "../../api/overview.ts";
import { actorName } from "../../model/people/actor.ts";
import { counted } from "../../text/phrases.ts";
import { addressPath } from "../view/address.ts";
import { rejectedPlans } from "../view/approvals/rejected.ts";
import { Age, Link, State } from "./basics.tsx";

/** It is not an action that is required, but what was rejected is not in effect: someone may wonder why. */
export function RejectedPlans({ overview }: { readonly overview: OverviewObject }): ReactNode {
  const plans = rejectedPlans(overview.status.holds.map(({ status }) => status));
  if (plans.length === 0) return null;
  return (
    <section className="action" aria-label="Rejected plans">
      <h2 className="action-line">
        <State tone="plain">Rejected, and not written: {counted(plans.length, "plan")}</State>
      </h2>
      <ul className="items">
        {plans.map(({ name, text, by, reason, at, next }) => (
          <li key={name}>
            <span className="kind">rejected</span>{" "}
            <span className="text">
              <Link to={addressPath("approvals", name)}>{text}</Link>
              <span className="detail">
                by {actorName(by)}, <Age at={at} /> ago: "{reason}"
              </span>
              <span className="detail hint">{next}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
