import type { DriftChange } from "../../model/drift.ts";
import { onQualifier, policyName } from "./words.ts";

/** What a revert did in AWS, by name: `- policy "AdministratorAccess"` was removed, `+` added again, `~` set back. */
export function revertText(change: DriftChange): string {
  return revertOf(change).join(" ");
}

/** `policy "hotfix"`: what a change is about, without the sign of the revert. */
export function changedName(change: DriftChange): string {
  return revertOf(change)[1];
}

function revertOf(change: DriftChange): RevertParts {
  const revert = REVERTS[change.kind] as (change: DriftChange) => RevertParts;
  return revert(change);
}

/** The sign of the revert, and what it is about. */
type RevertParts = readonly [sign: "+" | "-" | "~", name: string];
type RevertText<K> = (change: Extract<DriftChange, { readonly kind: K }>) => RevertParts;

const REVERTS: { readonly [K in DriftChange["kind"]]: RevertText<K> } = {
  "role-missing": () => ["+", "role"],
  "role-path": () => ["~", "path of the role"],
  "role-recreated": () => ["~", "role"],
  "ownership-tag": ({ tag }) => ["~", `tag "${tag}"`],
  "not-released": () => ["-", "ownership tags of the role"],
  trust: () => ["~", "trust policy"],
  boundary: () => ["~", "permissions boundary"],
  inline: () => ["~", 'policy "grantkeeper"'],
  "inline-extra": (change) => ["-", `policy "${change.policyName}"`],
  "attachment-missing": ({ arn }) => ["+", `policy "${policyName(arn)}"`],
  "attachment-extra": ({ arn }) => ["-", `policy "${policyName(arn)}"`],
  description: () => ["~", "description of the role"],
  "max-session-duration": () => ["~", "session length of the role"],
  "tag-missing": ({ tag }) => ["+", `tag "${tag}"`],
  "tag-different": ({ tag }) => ["~", `tag "${tag}"`],
  "tag-extra": ({ tag }) => ["-", `tag "${tag}"`],
  "statement-missing": (change) => ["+", `statement "${change.sid}"${onQualifier(change)}`],
  "statement-extra": (change) => [
    "-",
    `${change.sid === null ? "statement without Sid" : `statement "${change.sid}"`}${onQualifier(change)}`,
  ],
  "former-statement": (change) => [
    "-",
    `statement "${change.sid}"${onQualifier(change)} of the former function`,
  ],
  "function-role": () => ["~", "role of the function"],
  "role-not-published": () => ["~", "role of published versions"],
  "policy-missing": () => ["+", "policy"],
  "policy-document": () => ["~", "policy document"],
  "policy-tag": ({ tag }) => ["~", `tag "${tag}" of the policy`],
  "policy-description": () => ["~", "description of the policy"],
  "upstream-changed": ({ arn }) => ["~", `AWS-managed policy "${policyName(arn)}"`],
  "actions-grown": ({ pattern }) => ["~", `actions "${pattern}"`],
};
