import { nameInArn } from "../aws/arn.ts";
import type { AttributedChange, Attribution } from "./attribution.ts";
import type { Actor, ChangedAspect } from "./change-event.ts";

/**
 * The author of a difference, one line for each call that may explain it.
 * @param timeText the time of a call; default: `10:32:07Z`, for a reader who knows the day
 */
export function authorLines(attribution: Attribution, timeText: TimeText = secondOf): readonly string[] {
  if (attribution.kind === "unknown") return [`not known: ${attribution.reason}`];
  // A later call whose event was lost may have set the same again: the text claims no more than what was seen.
  if (attribution.kind === "named")
    return [`last call seen that set this: ${changeText(attribution.change, timeText)}`];
  const texts = attribution.changes.map((change) => changeText(change, timeText));
  const doubt = attribution.clock === undefined ? "not certain" : `not certain (${attribution.clock})`;
  return texts.length === 1
    ? texts.map((text) => `${doubt}: ${text}`)
    : [`${doubt}, one of these calls:`, ...texts];
}

/** @param instant ISO 8601 */
type TimeText = (instant: string) => string;

function secondOf(instant: string): string {
  return `${instant.slice(11, 19)}Z`;
}

/** `alice@example.com via AWSReservedSSO_Admin from 203.0.113.7 attached AdministratorAccess at 10:32:07Z (event e1)` */
function changeText({ eventId, at, aspect, call, actor }: AttributedChange, timeText: TimeText): string {
  return `${actorText(actor)} ${aspectText(aspect, call)} at ${timeText(at)} (event ${eventId})`;
}

/** `alice@example.com via AWSReservedSSO_Admin from 203.0.113.7` */
export function actorText(actor: Actor): string {
  const { service, accountId, sourceAddress } = actor;
  const person = [
    callerText(actor),
    ...(accountId === null ? [] : [`of account ${accountId}`]),
    ...(sourceAddress === null ? [] : [`from ${sourceAddress}`]),
  ].join(" ");
  return service === null ? person : `${service} for ${person}`;
}

/** The callers choose these names: without its kind, a user, a session and a federated user of one name look the same. */
function callerText({ kind, name, role, issuer }: Actor): string {
  if (role !== null) return role === name ? `a session of role ${role}` : `${name} via ${role}`;
  if (kind === "user") return `user ${name}`;
  if (kind !== "federated-user") return name;
  return issuer === undefined ? `federated user ${name}` : `federated user ${name} of ${issuer}`;
}

const ASPECTS: {
  readonly [K in ChangedAspect["kind"]]: (
    aspect: Extract<ChangedAspect, { readonly kind: K }>,
    call: string,
  ) => string;
} = {
  created: () => "created it",
  deleted: () => "deleted it",
  trust: () => "changed the trust policy",
  "inline-set": ({ policyName }) => `put the inline policy ${policyName}`,
  "inline-deleted": ({ policyName }) => `deleted the inline policy ${policyName}`,
  attached: ({ arn }) => `attached ${nameInArn(arn)}`,
  detached: ({ arn }) => `detached ${nameInArn(arn)}`,
  "boundary-set": ({ arn }) => `set the boundary ${nameInArn(arn)}`,
  "boundary-deleted": () => "removed the boundary",
  "tags-set": ({ tags }) => `set the tags ${Object.keys(tags).sort().join(", ")}`,
  "tags-deleted": ({ keys }) => `removed the tags ${keys.toSorted().join(", ")}`,
  settings: () => "changed the settings",
  "version-created": () => "created a version",
  "default-version": ({ versionId }) => `made ${versionId} the default version`,
  "statement-added": ({ sid }) => `added the statement ${sid}`,
  "statement-removed": ({ sid }) => `removed the statement ${sid}`,
  "function-role": ({ roleArn }) => `set the role ${nameInArn(roleArn)}`,
  "alias-deleted": ({ alias }) => `deleted the alias ${alias}`,
  unread: (_, call) => `called ${call} (its record does not show what it changed)`,
  other: (_, call) => `called ${call}`,
};

/** The record of a newer version may have further kinds. */
function aspectText(aspect: ChangedAspect, call: string): string {
  const kind = Object.hasOwn(ASPECTS, aspect.kind) ? aspect.kind : "other";
  return ASPECTS[kind](aspect as never, call);
}
