import type { FormerRole, RoleFingerprint } from "../../model/keys/former-role.ts";
import type { LiveAccount, LiveRole } from "../../model/live.ts";
import { digestOf, digestOfText, type Digest } from "../../model/values/digest.ts";
import { managedText } from "../documents/permissions.ts";
import { ownershipTags } from "../drift/ownership.ts";

export type FingerprintReading =
  | { readonly kind: "read"; readonly fingerprint: RoleFingerprint }
  /** The first document that was not read. */
  | { readonly kind: "unread"; readonly document: string };

/** What the role is now, by the digests of its parts. */
export function fingerprintOf(role: LiveRole, live: LiveAccount): FingerprintReading {
  const { attachments, boundary } = role;
  const documents: Record<string, Digest> = {};
  for (const { name, text } of role.inline) documents[`inline policy ${name}`] = digestOfText(text);
  for (const arn of boundary === null ? attachments : [...attachments, boundary]) {
    const text = managedText(arn, live);
    if (text === undefined) return { kind: "unread", document: arn };
    documents[arn] = digestOfText(text);
  }
  const tags = digestOf(role.tags.map(({ key, value }) => [key, value]));
  return { kind: "read", fingerprint: { trust: digestOfText(role.trust), tags, boundary, documents } };
}

/** What changed from one fingerprint to the other, one line each; empty: nothing. */
export function fingerprintChanges(before: RoleFingerprint, now: RoleFingerprint): readonly string[] {
  const places = [...new Set([...Object.keys(before.documents), ...Object.keys(now.documents)])].sort();
  return [
    ...(before.trust === now.trust ? [] : ["its trust policy changed"]),
    ...(before.boundary === now.boundary ? [] : [boundaryText(before.boundary, now.boundary)]),
    ...places.flatMap((place) => documentChange(place, before.documents[place], now.documents[place])),
    ...(before.tags === now.tags ? [] : ["its tags changed"]),
  ];
}

function boundaryText(before: string | null, now: string | null): string {
  return `its boundary is ${now ?? "none"}, and was ${before ?? "none"}`;
}

function documentChange(
  place: string,
  before: Digest | undefined,
  now: Digest | undefined,
): readonly string[] {
  if (before === now) return [];
  if (before === undefined) return [`${place} was added`];
  return [now === undefined ? `${place} was removed` : `${place} changed`];
}

export interface SeenRole {
  /** The function's role; null: it was not read, or is in another account. */
  readonly role: LiveRole | null;
  readonly isDeclared: boolean;
  /** The switch from this role was proved or adopted: it takes the place of an earlier one. */
  readonly isProven: boolean;
  readonly seenMs: number;
}

/**
 * The former role after one more read. It is read again as long as the function runs on it. After the switch another role
 * takes its place only if the declared one is proved to equal that one: a role that someone set in AWS is not the way back.
 * A role with ownership tags never is: it has what Git declared once, which Git and the Teams may refuse now.
 */
export function formerRoleAfter(
  before: FormerRole | undefined,
  { role, isDeclared, isProven, seenMs }: SeenRole,
  live: LiveAccount,
): FormerRole | undefined {
  if (isDeclared)
    return before === undefined || before.switchedMs !== null ? before : { ...before, switchedMs: seenMs };
  if (role === null || ownershipTags(role.tags).length > 0) return before;
  const isOther = before !== undefined && before.arn !== role.arn;
  if (isOther && before.switchedMs !== null && !isProven) return before;
  const reading = fingerprintOf(role, live);
  if (reading.kind === "unread") return isOther ? undefined : before;
  const { arn, roleId } = role;
  const { fingerprint } = reading;
  return { arn, roleId, fingerprint, readMs: seenMs, switchedMs: null };
}
