import { INLINE_NAME } from "../../diff/documents/document-context.ts";
import { sameTagKey } from "../../model/aws/tag.ts";
import { documentDigest } from "../../iam/trail/changes.ts";
import type { Digest } from "../../model/values/digest.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import type { ChangedAspect, ChangeEvent } from "../../model/changes/change-event.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";

/**
 * What a call did to the field that differs. `made`: it set what AWS shows; `other`: it set another value, so that what AWS
 * shows was set by another call; `maybe`: the event does not show it. null: it did not touch the field.
 */
export type FieldEffect = "made" | "other" | "maybe" | null;

/** The effect of a call on the field that differs, of the object that the call changed. */
export function effectsOn({
  change,
  live,
}: EffectDrift): (event: Pick<ChangeEvent, "object" | "aspect" | "call">) => FieldEffect {
  // Written for one kind of change each.
  const effect = EFFECTS[change.kind] as (change: DriftChange, seen: SeenChange) => FieldEffect;
  const liveDigest = digestOnce(live);
  return ({ object, aspect, call }) => {
    if (aspect.kind === "unread") return effect === NO_CALL ? null : "maybe";
    return effect(change, { object, aspect, call, live, liveDigest });
  };
}

/** Made for the first event that has a document: a policy of the usual size takes 0.3 ms. */
function digestOnce(live: string | null): () => Digest | null {
  let found: { readonly digest: Digest | null } | null = null;
  return () => (found ??= { digest: live === null ? null : documentDigest(live) }).digest;
}

type EffectDrift = Pick<Drift, "change" | "live">;

interface SeenChange extends Pick<ChangeEvent, "object" | "aspect" | "call"> {
  readonly live: string | null;
  /** Of `live` as a document; null: it is none. */
  readonly liveDigest: () => Digest | null;
}

type Effects = {
  readonly [K in DriftChange["kind"]]: (
    change: Extract<DriftChange, { readonly kind: K }>,
    seen: SeenChange,
  ) => FieldEffect;
};

/** Of a field that AWS or Git changed, or that no call can change. */
const NO_CALL = (): FieldEffect => null;

const EFFECTS: Effects = {
  "role-missing": (_, { aspect }) => oneOf(aspect, { made: "deleted", other: "created" }),
  // The event of the call has no path here.
  "role-path": (_, { aspect }) => (aspect.kind === "created" ? "maybe" : null),
  "role-recreated": ({ liveRoleId }, { aspect }) =>
    aspect.kind === "created" ? (aspect.id === null ? "maybe" : madeIf(aspect.id === liveRoleId)) : null,
  "ownership-tag": tagEffect,
  "not-released": NO_CALL,
  trust: (_, { aspect, liveDigest }) => {
    if (aspect.kind === "trust") return documentEffect(aspect.document, liveDigest);
    return setAtCreation(aspect);
  },
  boundary: (_, { aspect, live }) => {
    if (aspect.kind === "boundary-set") return madeIf(aspect.arn === live);
    return aspect.kind === "boundary-deleted" ? madeIf(live === null) : setAtCreation(aspect);
  },
  inline: (_, seen) => inlineEffect(INLINE_NAME, seen),
  "inline-extra": ({ policyName }, seen) => inlineEffect(policyName, seen),
  "attachment-missing": ({ arn }, { aspect }) => {
    if (aspect.kind === "created") return "maybe";
    return "arn" in aspect && aspect.arn === arn
      ? oneOf(aspect, { made: "detached", other: "attached" })
      : null;
  },
  "attachment-extra": ({ arn }, { aspect }) => {
    if (aspect.kind === "created") return "other";
    return "arn" in aspect && aspect.arn === arn
      ? oneOf(aspect, { made: "attached", other: "detached" })
      : null;
  },
  description: (_, seen) => settingEffect("description", seen),
  "max-session-duration": (_, seen) => settingEffect("maxSessionSeconds", seen),
  "tag-missing": tagEffect,
  "tag-different": tagEffect,
  "tag-extra": tagEffect,
  "statement-missing": ({ sid, qualifier }, seen) =>
    statementEffect({ sid, qualifier }, seen, { made: "statement-removed", other: "statement-added" }),
  "statement-extra": ({ sid, qualifier }, seen) =>
    unproven(
      statementEffect({ sid, qualifier }, seen, { made: "statement-added", other: "statement-removed" }),
    ),
  "function-role": (_, { aspect, live }) =>
    aspect.kind === "function-role" ? madeIf(aspect.roleArn === live) : null,
  "former-statement": NO_CALL,
  "role-not-published": NO_CALL,
  "policy-missing": (_, { aspect }) => oneOf(aspect, { made: "deleted", other: "created" }),
  "policy-document": (_, { aspect, liveDigest }) => {
    if (aspect.kind === "default-version") return "maybe";
    return aspect.kind === "version-created" && aspect.isDefault
      ? documentEffect(aspect.document, liveDigest)
      : setAtCreation(aspect);
  },
  "policy-tag": ({ tag }, { aspect }) => (touchesTag(aspect, tag) ? "maybe" : setAtCreation(aspect)),
  "policy-description": NO_CALL,
  "upstream-changed": NO_CALL,
  "actions-grown": NO_CALL,
};

/** The call that creates an object may set every field of it, and the event is read for its name and id only. */
function setAtCreation({ kind }: ChangedAspect): FieldEffect {
  return kind === "created" ? "maybe" : null;
}

function madeIf(isSame: boolean): FieldEffect {
  return isSame ? "made" : "other";
}

/** The event names a statement by its sid only: another call may have added it with other content. */
function unproven(effect: FieldEffect): FieldEffect {
  return effect === "made" ? "maybe" : effect;
}

function oneOf(
  { kind }: ChangedAspect,
  kinds: { readonly made: ChangedAspect["kind"]; readonly other: ChangedAspect["kind"] },
): FieldEffect {
  if (kind === kinds.made) return "made";
  return kind === kinds.other ? "other" : null;
}

function documentEffect(document: Digest | null, liveDigest: SeenChange["liveDigest"]): FieldEffect {
  return document === null ? "maybe" : madeIf(liveDigest() === document);
}

/** A new role has no inline policies. */
function inlineEffect(policyName: string, { aspect, live, liveDigest }: SeenChange): FieldEffect {
  if (aspect.kind === "created") return live === null ? "maybe" : "other";
  if (aspect.kind === "inline-set" && aspect.policyName === policyName)
    return documentEffect(aspect.document, liveDigest);
  return aspect.kind === "inline-deleted" && aspect.policyName === policyName ? madeIf(live === null) : null;
}

/** The live value of settings is JSON (`settingsText`). */
function settingEffect(
  field: "description" | "maxSessionSeconds",
  { aspect, call, live }: SeenChange,
): FieldEffect {
  if (aspect.kind !== "settings") return setAtCreation(aspect);
  // UpdateRole sets a field that it does not name to its default: of the session duration, one hour.
  if (aspect[field] === null) return call === "iam:UpdateRole" ? "maybe" : null;
  return madeIf(memberOf(live, field) === aspect[field]);
}

/** Of a role, whose tag keys have no case. The live value of tags is JSON (`tagsText`). */
function tagEffect({ tag }: { readonly tag: string }, { aspect, live }: SeenChange): FieldEffect {
  const isOfTag = (key: string): boolean => sameTagKey(key, tag);
  const value = (): unknown => membersOf(live).find(([key]) => isOfTag(key))?.[1];
  if (aspect.kind === "tags-deleted" && aspect.keys.some(isOfTag)) return madeIf(value() === undefined);
  const set =
    aspect.kind === "tags-set" ? Object.entries(aspect.tags).find(([key]) => isOfTag(key)) : undefined;
  return set === undefined ? setAtCreation(aspect) : madeIf(value() === set[1]);
}

/** Of a policy, whose tag keys differ by case. */
function touchesTag(aspect: ChangedAspect, tag: string): boolean {
  if (aspect.kind === "tags-set") return Object.hasOwn(aspect.tags, tag);
  return aspect.kind === "tags-deleted" && aspect.keys.includes(tag);
}

function memberOf(json: string | null, name: string): unknown {
  return membersOf(json).find(([key]) => key === name)?.[1];
}

function membersOf(json: string | null): readonly (readonly [string, unknown])[] {
  const members = json === null ? null : parsedJson(json);
  return isObject(members) ? Object.entries(members) : [];
}

/**
 * A call that replaces an entire policy may have added or removed any of its statements. A function that is deleted, and created
 * again by a call that is not seen, has none.
 */
function statementEffect(
  statement: { readonly sid: string | null; readonly qualifier: string | null },
  { object, aspect, call }: SeenChange,
  kinds: { readonly made: ChangedAspect["kind"]; readonly other: ChangedAspect["kind"] },
): FieldEffect {
  const qualifier = object.kind === "function" ? object.qualifier : null;
  if (isDeletedWith(aspect, qualifier, statement.qualifier))
    return kinds.made === "statement-removed" ? "maybe" : "other";
  if (qualifier !== statement.qualifier) return null;
  if (call === "lambda:PutResourcePolicy" || call === "lambda:DeleteResourcePolicy") return "maybe";
  return "sid" in aspect && aspect.sid === statement.sid ? oneOf(aspect, kinds) : null;
}

/** With a function all its statements are deleted, with an alias or a version those of it. */
function isDeletedWith(aspect: ChangedAspect, called: string | null, ofStatement: string | null): boolean {
  if (aspect.kind === "alias-deleted") return aspect.alias === ofStatement;
  return aspect.kind === "deleted" && (called === null || called === ofStatement);
}
