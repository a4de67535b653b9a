import { actionNameOf } from "../../model/aws/action-name.ts";
import { servicesOf } from "../../iam/read/services.ts";
import type { Desired, DesiredBinding } from "../../model/desired.ts";
import { sortedSet } from "../../text/order.ts";

/** The services whose data the answer needs: those of the role's declared policies, and the service of the action. */
export function servicesFor(
  { role: { inline, attachments } }: DesiredBinding,
  action: string,
  { policies }: Desired,
): readonly string[] {
  const attached = attachments.flatMap(({ policy }) =>
    policy === null ? [] : (policies.get(policy)?.document.statements ?? []),
  );
  const statements = [...inline.statements, ...attached].map(({ statement }) => statement);
  const prefix = actionNameOf(action.toLowerCase()).service;
  return sortedSet([...statements.flatMap(servicesOf), prefix]);
}
