import { matchesPattern } from "../../iam/match/wildcard.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";
import { mayDeny } from "../inputs/denial.ts";
import { isExposure } from "../inputs/exposure.ts";

/** A policy on the role that git does not name. */
export interface Extra {
  readonly drift: Drift;
  readonly object:
    | { readonly kind: "inline"; readonly name: string }
    | { readonly kind: "attachment"; readonly arn: string };
  /** null where it was not read. */
  readonly text: string | null;
  readonly fate: Fate;
}

type Fate =
  | { readonly kind: "remove" }
  | { readonly kind: "remove-at-once" }
  /** A restriction: a person may lift it. */
  | { readonly kind: "ask"; readonly reason: string }
  /** Nobody lifts it here. */
  | { readonly kind: "keep"; readonly withheld: Withheld };

/** What AWS and incident responders put on a role to stop it; never taken off by a loop. */
const REVOKED_SESSIONS = "AWSRevokeOlderSessions";
const QUARANTINE = "AWSCompromisedKeyQuarantine*";

export function extrasOf(
  binding: DesiredBinding,
  drifts: readonly Drift[],
  context: PlanContext,
): readonly Extra[] {
  return drifts.flatMap((drift): readonly Extra[] => {
    const object = objectOf(drift.change);
    if (object === null) return [];
    const text = object.kind === "inline" ? drift.live : (managedText(object.arn, context.live) ?? null);
    return [{ drift, object, text, fate: fateOf({ drift, object, text }, binding, context) }];
  });
}

function objectOf(change: DriftChange): Extra["object"] | null {
  if (change.kind === "inline-extra") return { kind: "inline", name: change.policyName };
  return change.kind === "attachment-extra" ? { kind: "attachment", arn: change.arn } : null;
}

function fateOf(extra: Omit<Extra, "fate">, binding: DesiredBinding, context: PlanContext): Fate {
  const { drift, text } = extra;
  const name = nameOf(extra.object);
  if (isProtected(extra.object, context.account.protectedPolicies)) {
    const reason = `${name} restricts the role on purpose: never removed by Grantkeeper`;
    return keep(
      "restriction-added",
      drift.subject,
      reason,
      `take ${name} off by hand once the incident is over`,
    );
  }
  if (text === null) {
    const reason = `${name} was not read: it may restrict the role`;
    return keep("unreadable", drift.subject, reason, "let the observer read it");
  }
  if (drift.cause === "revision") return { kind: "remove" };
  if (mayDeny(text, documentContext(binding, "identity"))) {
    return { kind: "ask", reason: `${name} carries a Deny: a restriction that somebody added` };
  }
  return { kind: isExposure(drift, context) ? "remove-at-once" : "remove" };
}

function keep(kind: Withheld["kind"], subject: string, reason: string, fix: string): Fate {
  return { kind: "keep", withheld: { kind, subject, reason, fix } };
}

function nameOf(object: Extra["object"]): string {
  return object.kind === "inline" ? `inline policy "${object.name}"` : object.arn;
}

/** By the name that ends the ARN, or by the whole ARN. */
export function isProtected(object: Extra["object"], patterns: readonly string[]): boolean {
  if (object.kind === "inline" && object.name === REVOKED_SESSIONS) return true;
  const whole = object.kind === "inline" ? object.name : object.arn;
  const name = nameInArn(whole);
  return [...patterns, QUARANTINE].some(
    (pattern) => matchesPattern(pattern, name) || matchesPattern(pattern, whole),
  );
}
