import { documentContext } from "../../diff/documents/document-context.ts";
import { provedNarrower } from "../../iam/compare/containment.ts";
import type { DesiredBinding } from "../../model/desired.ts";

/** Two trust policies of a role: what AWS has, and what it is to have again. */
interface TrustChange {
  readonly binding: DesiredBinding;
  readonly now: string;
  readonly former: string;
}

/**
 * When the former trust policy may be set, so that no principal gets permissions of a state that does not trust it: a
 * narrower one before all policies, a wider one after them. `unproved`: neither is proved to contain the other, so that
 * neither moment is safe while policies change.
 */
export type TrustOrder = "same" | "first" | "last" | "unproved";

export function trustOrder({ binding, now, former }: TrustChange): TrustOrder {
  if (now === former) return "same";
  const context = documentContext(binding, "trust");
  if (provedNarrower(former, now, context).kind === "proved") return "first";
  return provedNarrower(now, former, context).kind === "proved" ? "last" : "unproved";
}
