import { arnParts } from "../../model/aws/arn.ts";
import { isBinding } from "../../model/desired.ts";
import type { Condition } from "../../model/status.ts";
import type { BindingObject } from "../bindings.ts";
import type { ObjectMeta } from "../object.ts";

/** The state of a binding in fields, for long lists: the object itself has documents and plans too. */
export interface BindingSummary {
  readonly account: string;
  readonly sync: BindingObject["status"]["sync"];
  readonly drift: DriftSummary;
  /** null: it has no such condition yet. */
  readonly ready: Pick<Condition, "status" | "reason" | "message"> | null;
  readonly isSuspended: boolean;
  readonly mode: BindingObject["status"]["mode"];
  /** Whether a person must act before it is as Git declares; null: not known. */
  readonly isBlocked: boolean | null;
  /** The declared role without its account: `role/grantkeeper/orders-api-eu-west-1`. Missing: it is a policy, or nothing is declared. */
  readonly role?: string;
}

/** Since when AWS differs from Git. @param since ISO 8601 */
export type DriftSummary =
  | { readonly kind: "none" }
  /** It was not compared with the declaration in force. */
  | { readonly kind: "unknown" }
  | { readonly kind: "drifted"; readonly since: string };

/** The object in the row of a table with `includeObject=Summary`. */
export interface BindingSummaryObject {
  readonly apiVersion: string;
  readonly kind: "BindingSummary";
  readonly metadata: ObjectMeta;
  readonly summary: BindingSummary;
  /** By the clock of the controller: when the summary was made. ISO 8601. */
  readonly asOf: string;
}

export function bindingSummary({ spec, status }: Pick<BindingObject, "spec" | "status">): BindingSummary {
  const ready = status.conditions.find(({ type }) => type === "Ready");
  const suspended = status.conditions.find(({ type }) => type === "Suspended");
  return {
    account: status.account,
    sync: status.sync,
    drift: driftSummary(status),
    ready:
      ready === undefined ? null : { status: ready.status, reason: ready.reason, message: ready.message },
    isSuspended: suspended?.status === "True",
    mode: status.mode,
    isBlocked: blockedOf(status),
    ...(spec.desired !== null &&
      isBinding(spec.desired) && { role: arnParts(spec.desired.role.arn).resource }),
  };
}

function driftSummary({ drift, sync }: Pick<BindingObject["status"], "drift" | "sync">): DriftSummary {
  if (drift === null) return { kind: sync === "Unknown" ? "unknown" : "none" };
  return drift.isOutdated === true ? { kind: "unknown" } : { kind: "drifted", since: drift.since };
}

/** Of a binding that was not compared, only that it is blocked is known. */
export function blockedOf({
  isBlocked,
  sync,
}: Pick<BindingObject["status"], "isBlocked" | "sync">): boolean | null {
  if (isBlocked === true) return true;
  return sync === "Unknown" ? null : false;
}
