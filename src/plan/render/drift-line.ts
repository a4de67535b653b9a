import { actionReaches } from "../../iam/match/reach.ts";
import { functionInArn } from "../../model/aws/arn.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { statementChanges, type NameSet } from "../../model/delta.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import { rowsText } from "./permission-changes.ts";
import { homeOf, onQualifier, policyName, principalText, shortArn, shortGrownText } from "./words.ts";

/**
 * `+ AdministratorAccess attached to its role`: one difference in one line, as status, alerts and the demo show it.
 * `+`: live allows more than Git, `-`: less, `!`: neither is known.
 */
export function driftLine(drift: Drift): string {
  const words = LINES[drift.change.kind] as (change: DriftChange, drift: Drift) => string;
  return words(drift.change, drift);
}

function allowedText({ delta, key }: Drift): string {
  return rowsText(delta.allowed, homeOf(key));
}

/** The permissions of the other role that Git does not declare, and a Deny that it lacks; empty if there are none. */
function riskText({ delta, key }: Drift): string {
  const { added, removed } = statementChanges({ allowed: delta.allowed, noLongerAllowed: [] });
  const denied = removed.map((row) => ({ ...row, effect: "Allow" as const }));
  const allows = added.length === 0 ? [] : [`allows ${rowsText(added, homeOf(key))}`];
  const lacks = denied.length === 0 ? [] : [`does not deny ${rowsText(denied, homeOf(key))}`];
  const texts = [...allows, ...lacks];
  return texts.length === 0 ? "" : `; the other role ${texts.join(" and ")}`;
}

type Line<K> = (change: Extract<DriftChange, { readonly kind: K }>, drift: Drift) => string;

const LINES: { readonly [K in DriftChange["kind"]]: Line<K> } = {
  "role-missing": () => "- its role does not exist",
  "role-path": (_, drift) => `! its role has the path ${drift.live}, Git declares ${drift.desired}`,
  "role-recreated": () => "! its role was deleted and created again",
  "ownership-tag": ({ tag }) => `! ownership tag ${tag} is gone or changed`,
  "not-released": () => "! its role has the ownership tags, Git releases it",
  trust: (_, drift) =>
    drift.delta.allowed.length > 0
      ? `+ ${allowedText(drift)}, its role's trust policy changed`
      : "- its role's trust policy differs from Git",
  boundary: (_, drift) =>
    drift.live === null
      ? "+ its role has no boundary"
      : `! its role's boundary is ${policyName(drift.live)}, Git declares ${drift.desired === null ? "none" : policyName(drift.desired)}`,
  inline: (_, drift) =>
    drift.live === null ? "- its inline policy is gone" : changed(drift, "inline policy"),
  "inline-extra": ({ policyName: name }, drift) =>
    drift.delta.allowed.length === 0
      ? `+ policy "${name}", not declared`
      : `+ ${allowedText(drift)} by policy "${name}", not declared`,
  "attachment-missing": ({ arn }) => `- ${policyName(arn)} not attached to its role`,
  "attachment-extra": ({ arn }) => `+ ${policyName(arn)} attached to its role`,
  description: () => "! its role's description differs from Git",
  "max-session-duration": () => "! its role's session length differs from Git",
  "tag-missing": ({ tag }, drift) => `! tag ${tag} is missing on its role${readText(drift)}`,
  "tag-different": ({ tag }, drift) => `! tag ${tag} on its role has another value${readText(drift)}`,
  "tag-extra": ({ tag }, drift) => `! tag ${tag} on its role is not declared${readText(drift)}`,
  "statement-missing": (change, { delta, tier }) =>
    tier === "metadata"
      ? `! statement "${change.sid}" is missing${onQualifier(change)}: the statement of another manifest allows the same`
      : `- ${callersText(delta.noLongerAllowed.map((row) => row.principal))} cannot invoke it${onQualifier(change)}`,
  "statement-extra": (change, drift) => extraStatement(change, drift),
  "former-statement": (change, { subject, delta }) =>
    `+ ${callersText(delta.allowed.map((row) => row.principal))} can invoke ${functionInArn(subject)?.name ?? subject}${onQualifier(change)}, which Git no longer declares (statement "${change.sid}")`,
  "function-role": (_, drift) =>
    `! the function runs on ${shortArn(drift.live ?? "no role")}, Git declares ${shortArn(drift.desired ?? "")}${riskText(drift)}`,
  "role-not-published": ({ versions }, drift) =>
    `! ${versions.length === 1 ? "version" : "versions"} ${versions.join(", ")} behind an alias ${versions.length === 1 ? "runs" : "run"} on another role${riskText(drift)}`,
  "policy-missing": () => "- the policy does not exist",
  "policy-document": (_, drift) => changed(drift, "the policy"),
  "policy-tag": ({ tag }) => `! tag ${tag} of the policy differs from Git`,
  "policy-description": () => "! the policy's description differs from Git, and cannot be changed",
  "actions-grown": (grown) => `! ${shortGrownText(grown)}`,
  "upstream-changed": ({ arn, versionId }) =>
    `! AWS changed its policy ${policyName(arn)} (now ${versionId})`,
};

function changed({ delta, tier, key }: Drift, what: string): string {
  if (tier === "metadata") return `! ${what} has other Sids than in Git`;
  if (tier === "no-effect") return `! ${what} differs from Git, with the same effect on every request`;
  const { added, removed } = statementChanges(delta);
  const more = added.length > 0 ? [`+ ${rowsText(added, homeOf(key))}`] : [];
  const less = removed.length > 0 ? [`- ${rowsText(removed, homeOf(key))}`] : [];
  const changes = [...more, ...less].join(" ");
  return changes === "" ? `! ${what} differs in wording from Git` : `${changes}, ${what} changed`;
}

/** The role's own permissions that depend on a tag. */
function readText({ delta, key }: Drift): string {
  const rows = delta.unknownEffect.flatMap((effect) => (effect.kind === "role-tag" ? [effect.row] : []));
  return rows.length === 0 ? "" : `, which decides on ${rowsText(rows, homeOf(key))}`;
}

const DANGER = {
  public: "anyone can invoke it",
  takeover: "another principal can do more than invoke it",
  "no-source": "a service can invoke it for any of its customers",
  "foreign-account": "another account can invoke it",
  none: "an undeclared caller can invoke it",
} as const;

function dangerText(danger: keyof typeof DANGER, { delta }: Drift): string {
  const changesCode = delta.allowed.some(({ action }) => actionReaches(action, "lambda:UpdateFunctionCode"));
  if (!changesCode || (danger !== "public" && danger !== "takeover")) return DANGER[danger];
  return `${danger === "public" ? "anyone" : "another account"} can change the function's code`;
}

function extraStatement(
  change: Extract<DriftChange, { readonly kind: "statement-extra" }>,
  drift: Drift,
): string {
  const name = change.sid === null ? "a statement without Sid" : `statement "${change.sid}"`;
  const live = drift.live === null ? null : parsedJson(drift.live);
  if (isObject(live) && live["Effect"] === "Deny")
    return `- calls are denied${onQualifier(change)} (${name})`;
  return `+ ${dangerText(change.danger, drift)}${onQualifier(change)} (${name})`;
}

function callersText(principals: readonly (NameSet | null)[]): string {
  const names = principals.map((principal) => (principal === null ? "a caller" : principalText(principal)));
  return [...new Set(names)].join(", ") || "a declared caller";
}

/**
 * A difference of which only the kind is known or may be shown, such as one of a hidden role, or one that ended: in the
 * words and with the sign of `driftLine`.
 *
 * @param kind as recorded; one of a later version is shown as it is
 */
export function driftKindLine(kind: string): string {
  return KIND_LINES.get(kind) ?? kind;
}

const KIND_LINES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "role-missing": "- its role does not exist",
    "role-path": "! its role has another path than in Git",
    "role-recreated": "! its role was deleted and created again",
    "ownership-tag": "! an ownership tag is gone or changed",
    "not-released": "! its role has the ownership tags, Git releases it",
    trust: "! its role's trust policy differs from Git",
    boundary: "! its role's boundary differs from Git",
    inline: "! its inline policy differs from Git",
    "inline-extra": "+ a policy that is not declared",
    "attachment-missing": "- a declared policy is not attached to its role",
    "attachment-extra": "+ a policy that is not declared is attached to its role",
    description: "! its role's description differs from Git",
    "max-session-duration": "! its role's session length differs from Git",
    "tag-missing": "! a tag is missing on its role",
    "tag-different": "! a tag on its role has another value",
    "tag-extra": "! a tag on its role is not declared",
    "statement-missing": "- a declared caller cannot invoke it",
    "statement-extra": "! a statement of its policy is not declared",
    "former-statement": "+ a caller that Git no longer declares can invoke it",
    "function-role": "! the function runs on another role",
    "role-not-published": "! published versions run on another role",
    "policy-missing": "- the policy does not exist",
    "policy-document": "! the policy differs from Git",
    "policy-tag": "! a tag of the policy differs from Git",
    "policy-description": "! the policy's description differs from Git, and cannot be changed",
    "actions-grown": "! AWS added actions that a declared pattern matches",
    "upstream-changed": "! AWS changed a policy of its own",
  } satisfies Record<DriftChange["kind"], string>),
);
