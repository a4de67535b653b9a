import { documentContext } from "../../diff/documents/document-context.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import { isProtected, type PolicyOfRole } from "../../diff/role/protected-policies.ts";
import { adoptedRoleOf, isTakingOver } from "../../diff/role/take-over.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";
import { mayDeny } from "../inputs/denial.ts";
import { isExposure } from "../inputs/exposure.ts";

/** A policy on the role that is not declared in Git. */
export interface ExtraPolicy {
  readonly drift: Drift;
  readonly object: PolicyOfRole;
  /** null if it was not read. */
  readonly text: string | null;
  readonly fate: Fate;
}

type Fate =
  | { readonly kind: "remove" }
  | { readonly kind: "remove-immediately" }
  /** A restriction: an operator may approve its removal. */
  | { readonly kind: "ask"; readonly reason: string }
  /** It is removed only outside Grantkeeper. */
  | { readonly kind: "keep"; readonly withheld: Withheld };

export function extrasOf(
  binding: DesiredBinding,
  drifts: readonly Drift[],
  context: PlanContext,
): readonly ExtraPolicy[] {
  return drifts.flatMap((drift): readonly ExtraPolicy[] => {
    const object = objectOf(drift.change);
    if (object === null) return [];
    const text = object.kind === "inline" ? drift.live : (managedText(object.arn, context.live) ?? null);
    return [{ drift, object, text, fate: fateOf({ drift, object, text }, binding, context) }];
  });
}

function objectOf(change: DriftChange): PolicyOfRole | null {
  if (change.kind === "inline-extra") return { kind: "inline", name: change.policyName };
  return change.kind === "attachment-extra" ? { kind: "attachment", arn: change.arn } : null;
}

function fateOf(extra: Omit<ExtraPolicy, "fate">, binding: DesiredBinding, context: PlanContext): Fate {
  const { drift, text } = extra;
  const name = nameOf(extra.object);
  if (isProtected(extra.object, context.account.protectedPolicies)) {
    const reason = `${name} restricts the role on purpose: never removed by Grantkeeper`;
    const fix = `remove ${name} by hand once the incident is over`;
    return { kind: "keep", withheld: { kind: "restriction-added", subject: drift.subject, reason, fix } };
  }
  if (text === null) {
    const reason = `${name} was not read: it may restrict the role`;
    const fix = "allow the observer to read it";
    return { kind: "keep", withheld: { kind: "unreadable", subject: drift.subject, reason, fix } };
  }
  if (drift.cause === "revision" || isFormer(extra, binding, context)) return { kind: "remove" };
  if (mayDeny(text, documentContext(binding, "identity"))) {
    return { kind: "ask", reason: `${name} has a Deny: a restriction added outside Git` };
  }
  return { kind: isExposure(drift, context) ? "remove-immediately" : "remove" };
}

/** A policy that the role had when it was taken over: Git declares its permissions in other policies. */
function isFormer(
  { object, text }: Omit<ExtraPolicy, "fate">,
  binding: DesiredBinding,
  { record }: PlanContext,
): boolean {
  if (!isTakingOver(binding, record)) return false;
  const adopted = adoptedRoleOf(binding.role.arn, record);
  if (adopted === null || adopted.changedAtMs === null) return true;
  const { inline, attachments } = adopted.former;
  if (object.kind === "inline") return inline.some((one) => one.name === object.name && one.text === text);
  return attachments.some((arn) => arn === object.arn);
}

function nameOf(object: PolicyOfRole): string {
  return object.kind === "inline" ? `inline policy "${object.name}"` : object.arn;
}
