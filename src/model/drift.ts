import { sameTagKey } from "./aws/tag.ts";
import type { Delta } from "./delta.ts";
import type { Key } from "./keys/key.ts";
import type { Origin } from "./values/origin.ts";
import type { Tier } from "./rules/tier.ts";

/** The difference; `live` and `desired` of the drift have the values. */
export type DriftChange =
  | { readonly kind: "role-missing" }
  | { readonly kind: "role-path" }
  | { readonly kind: "role-recreated"; readonly knownRoleId: string; readonly liveRoleId: string }
  | { readonly kind: "ownership-tag"; readonly tag: string }
  /** Git releases the role, and it still has our ownership tags. */
  | { readonly kind: "not-released" }
  | { readonly kind: "trust" }
  | { readonly kind: "boundary" }
  | { readonly kind: "inline" }
  | { readonly kind: "inline-extra"; readonly policyName: string }
  | { readonly kind: "attachment-missing"; readonly arn: string }
  | { readonly kind: "attachment-extra"; readonly arn: string }
  | { readonly kind: "description" }
  | { readonly kind: "max-session-duration" }
  | { readonly kind: "tag-missing"; readonly tag: string }
  | { readonly kind: "tag-different"; readonly tag: string }
  | { readonly kind: "tag-extra"; readonly tag: string }
  | { readonly kind: "statement-missing"; readonly qualifier: string | null; readonly sid: string }
  | {
      readonly kind: "statement-extra";
      readonly qualifier: string | null;
      /** null: a statement without Sid, which RemovePermission can't reach. */
      readonly sid: string | null;
      /** Ours by the first two parts of its Sid. */
      readonly ours: boolean;
      readonly danger: "public" | "takeover" | "no-source" | "foreign-account" | "none";
    }
  /** Ours, on a function that the manifest named before, under `deletionPolicy: delete`. */
  | { readonly kind: "former-statement"; readonly qualifier: string | null; readonly sid: string }
  | { readonly kind: "function-role" }
  | { readonly kind: "role-not-published"; readonly versions: readonly string[] }
  | { readonly kind: "policy-missing" }
  | { readonly kind: "policy-document" }
  | { readonly kind: "policy-tag"; readonly tag: string }
  | { readonly kind: "policy-description" }
  | { readonly kind: "upstream-changed"; readonly arn: string; readonly versionId: string }
  /** A pattern of the declared permissions matches further actions, which AWS added. */
  | { readonly kind: "actions-grown"; readonly pattern: string; readonly actions: readonly string[] };

/** The origin of a change: Git (a new revision), a principal in AWS, none yet (first comparison), or AWS itself. */
export type DriftCause = "revision" | "out-of-band" | "initial" | "upstream";

/** One difference between desired and live that counts (the tiers `equal` and `meaning` do not). */
export interface Drift<Rows = Delta> {
  readonly key: Key;
  /** ARN of the object; a function's with its qualifier. */
  readonly subject: string;
  readonly change: DriftChange;
  readonly tier: Tier;
  readonly cause: DriftCause;
  /** It is on a qualifier that was read for the first time: whether it is a change is not known. Missing: no. */
  readonly ofFirstRead?: true;
  /** Of a change of the revision: whether AWS still has what was applied last. Missing: not known, or another cause. */
  readonly sinceApplied?: "unchanged" | "changed";
  /** If it was changed: the danger of what AWS has, compared with what was applied last. */
  readonly risksSinceApplied?: readonly DriftRisk[];
  /**
   * `applied`: of an object of the last applied state that Git no longer declares. No plan for the declared state changes it.
   * Missing: it was compared with the declared state.
   */
  readonly comparedWith?: "applied";
  /** `pending` means unconfirmed: live has the value from before our own write of the last 60 s. */
  readonly certainty: "confirmed" | "pending";
  readonly live: string | null;
  readonly desired: string | null;
  /** The permissions that live allows in addition to desired, and those that it lacks. */
  readonly delta: Rows;
  readonly origin: Origin | null;
}

/** A statement of a function's policy that Git does not declare and that is no drift, since `undeclaredCallers` is `report`. */
export interface LeftAloneStatement {
  readonly qualifier: string | null;
  /** Canonical JSON of the statement. */
  readonly text: string;
}

/**
 * True for a change from Git that is not applied yet, if the record proves that AWS has what was applied last. This is the
 * one rule for what is out of sync and no drift: without the proof, a difference is drift.
 */
export function isPendingChange({ cause, sinceApplied }: Pick<Drift, "cause" | "sinceApplied">): boolean {
  return cause === "revision" && sinceApplied === "unchanged";
}

/** The differences that count as drift: of those that a read shows for certain, all but changes from Git that wait. */
export function confirmedDrifts(differences: readonly Drift[]): readonly Drift[] {
  return differences.filter((drift) => drift.certainty === "confirmed" && !isPendingChange(drift));
}

/** Someone changed AWS after a state was applied, and what is there now is not only what a revision waits to replace. */
export function isChangedInAws({ cause, sinceApplied }: Pick<Drift, "cause" | "sinceApplied">): boolean {
  return cause === "out-of-band" || sinceApplied === "changed";
}

/** As screens show it: a change from Git, and one in AWS of the same field or object while it waits. */
export function driftCauseText({ cause, sinceApplied }: Pick<Drift, "cause" | "sinceApplied">): string {
  return sinceApplied === "changed" ? `${cause}, out-of-band` : cause;
}

/** AWS made the change: nothing reverts it, and Git is matched. */
export function isUpstream({ change }: Pick<Drift, "change">): boolean {
  return change.kind === "upstream-changed" || change.kind === "actions-grown";
}

/** Git declares something for the first time, and AWS has nothing in its place. */
export function isDeclaredOnly({
  cause,
  live,
  ofFirstRead,
}: Pick<Drift, "cause" | "live" | "ofFirstRead">): boolean {
  return cause === "initial" && live === null && ofFirstRead !== true;
}

/** Changes from Git and of AWS have no author in AWS. */
export function hasAuthor(drift: Pick<Drift, "cause" | "change" | "sinceApplied">): boolean {
  return (isChangedInAws(drift) || drift.cause === "initial") && !isUpstream(drift);
}

/**
 * Stable across passes: same difference, same text, also if another field that AWS sets with the same call changes. Of a tag or
 * a setting only its own value counts, in a list, so that it is not taken for a value of `live`.
 */
export function driftFingerprint({
  subject,
  change,
  live,
}: Pick<Drift, "subject" | "change" | "live">): string {
  const field = fieldOf(change);
  const isExact = change.kind === "policy-tag";
  const part = field === undefined ? live : [field === null ? null : memberOf(live, field, isExact)];
  return JSON.stringify([subject, change, part]);
}

/** What a fingerprint is of. Of a tag or a setting, `live` has only the one value. */
export function driftOfFingerprint(fingerprint: string): Pick<Drift, "subject" | "change" | "live"> {
  const [subject, change, part] = fingerprintParts(fingerprint);
  if (part === null || typeof part === "string") return { subject, change, live: part };
  const field = fieldOf(change) ?? null;
  const [value] = part;
  return {
    subject,
    change,
    live: JSON.stringify(field === null || value === null ? {} : { [field]: value }),
  };
}

type FingerprintPart = string | null | readonly [value: unknown];

function fingerprintParts(fingerprint: string): readonly [string, DriftChange, FingerprintPart] {
  return JSON.parse(fingerprint) as readonly [string, DriftChange, FingerprintPart];
}

/** The member of `live` that differs; null: all of it is about the one difference; undefined: `live` is its value. */
function fieldOf(change: DriftChange): string | null | undefined {
  if (change.kind === "description") return "description";
  if (change.kind === "max-session-duration") return "maxSessionSeconds";
  if (change.kind === "not-released") return null;
  return "tag" in change ? change.tag : undefined;
}

/**
 * The live value of tags and settings is a JSON object (`diff/drift/setting-texts.ts`). A tag of a role may have its key in
 * another case than in Git.
 */
function memberOf(live: string | null, field: string, isExact: boolean): unknown {
  if (live?.startsWith("{") !== true) return live;
  const members: unknown = JSON.parse(live);
  if (typeof members !== "object" || members === null) return null;
  const values = Object.entries(members);
  const found = values.find(([name]) => name === field);
  return (found ?? (isExact ? undefined : values.find(([name]) => sameTagKey(name, field))))?.[1] ?? null;
}

/** Only these differ from those of earlier versions, so that the others, with complete documents, are not parsed at each read. */
const OF_A_FIELD =
  /^\["[^"]+",\{"kind":"(?:description|max-session-duration|not-released|(?:policy|ownership)-tag|tag-[a-z]+)"/;

/** A fingerprint of an earlier version, which had all of `live`, as this version makes it. */
export function currentFingerprint(fingerprint: string): string {
  if (!OF_A_FIELD.test(fingerprint)) return fingerprint;
  const [subject, change, live] = fingerprintParts(fingerprint);
  return live === null || typeof live === "string"
    ? driftFingerprint({ subject, change, live })
    : fingerprint;
}

/** The danger of a difference in AWS: more permissions than the owner could grant, or callers that are not declared. */
export const DRIFT_RISKS = ["escalation", "exposure"] as const;
export type DriftRisk = (typeof DRIFT_RISKS)[number];

/**
 * `released`: it may still exist, and is no longer compared. `gone`: a later read showed no difference, and we wrote nothing:
 * AWS was changed, or Git.
 */
export const DRIFT_ENDS = ["reverted", "applied", "gone", "released"] as const;
export type DriftEnd = (typeof DRIFT_ENDS)[number];
/** `account-removed`: its account is no longer declared, so that it may still exist. No pass finds this. */
export type RecordedDriftEnd = DriftEnd | "account-removed";

/** Differences of one key that ended together. */
export interface RevertedDrift {
  /** `- policy "AdministratorAccess"`: removed (`-`), added again (`+`) or set back (`~`) in AWS. */
  readonly changes: readonly string[];
  /** One risk for each difference that has one. */
  readonly risks: readonly DriftRisk[];
  /** ISO 8601: when the first of them was seen. */
  readonly since: string;
  /** ISO 8601: the last read without them; null: the first read already showed them. */
  readonly lastCleanAt: string | null;
}

/** Only for permissions that live allows and Git does not; permissions that a new revision revokes have no risk. */
export function driftRisks({ change, delta, cause, risksSinceApplied = [] }: Drift): readonly DriftRisk[] {
  if (cause === "revision") return risksSinceApplied;
  const risks = new Set(delta.allowed.map(({ risk }) => risk));
  const isOpen = change.kind === "statement-extra" && change.danger !== "none";
  return [
    ...(risks.has("escalation") ? (["escalation"] as const) : []),
    ...(risks.has("exposure") || isOpen ? (["exposure"] as const) : []),
  ];
}
