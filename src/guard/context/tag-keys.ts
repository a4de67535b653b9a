import { decodeDocument } from "../../iam/read/decode.ts";
import { sortedSet } from "../../text/order.ts";
import { stableText } from "../../text/json-values.ts";
import type { CompiledDocument, Desired, DesiredBinding } from "../../model/desired.ts";
import type { LiveAccount, LivePolicy } from "../../model/live.ts";
import type { Steps } from "../../model/values/steps.ts";
import type { RoleChecks } from "./role-checks.ts";
import { INSTANCE_TAG, OWNER_TAG, type Tag } from "../../model/aws/tag.ts";

/** The tags that a manifest declares, without those that Grantkeeper adds itself. */
export function teamTags({ role }: DesiredBinding): readonly Tag[] {
  return role.tags.filter(({ key }) => key !== INSTANCE_TAG && key !== OWNER_TAG);
}

type TaggedObjects = Pick<Desired, "bindings" | "policies">;

/** The keys (lower-case) of the tags that a known document reads from its caller, with a pause after each document. */
export function* tagsRead(
  declared: TaggedObjects,
  live: LiveAccount | null,
  roleChecks: RoleChecks,
): Steps<ReadonlySet<string>> {
  const keys = new Set(yield* declaredTagKeys(declared, roleChecks));
  for (const text of live === null ? [] : liveTexts(live)) {
    for (const key of tagKeysIn(text)) keys.add(key);
    yield;
  }
  return keys;
}

/** Remembered for the revision, since the rules of each account ask it of the documents of all accounts. */
function* declaredTagKeys(
  { bindings, policies }: TaggedObjects,
  { texts, declaredTagKeys: known }: RoleChecks,
): Steps<ReadonlySet<string>> {
  const found = known.get(bindings);
  if (found?.policies === policies) return found.keys;
  const keys = new Set<string>();
  for (const document of documentsOf({ bindings, policies })) {
    for (const key of tagKeysIn(texts.of(document))) keys.add(key);
    yield;
  }
  known.set(bindings, { policies, keys });
  return keys;
}

/** `aws:PrincipalTag/KEY` as a condition key, and as a variable in a value. */
function tagKeysIn(text: string): readonly string[] {
  // Very few documents have one, and escapes can hide it. The check must be fast: a revision has thousands of documents.
  if (!/principaltag|[\\%]/i.test(text)) return [];
  const decoded = decodeDocument(text);
  const plain = decoded.kind === "unreadable" ? text : stableText(decoded.value);
  return sortedSet(
    [...plain.matchAll(/aws:principaltag\/[^"},]+/gi)].map(([variable]) =>
      variable.slice("aws:principaltag/".length).toLowerCase(),
    ),
  );
}

function* documentsOf({ bindings, policies }: TaggedObjects): Generator<CompiledDocument> {
  for (const { role } of bindings.values()) yield role.inline;
  for (const { document } of policies.values()) yield document;
}

function* liveTexts({ roles, policies, awsManaged }: LiveAccount): Generator<string> {
  for (const role of present(roles)) yield* [role.trust, ...role.inline.map(({ text }) => text)];
  for (const policy of present(policies)) yield* defaultText(policy);
  for (const { text } of present(awsManaged)) yield text;
}

function present<T>(
  readings: ReadonlyMap<
    string,
    { readonly kind: "present"; readonly value: T } | { readonly kind: "absent" | "unknown" }
  >,
): readonly T[] {
  return [...readings.values()].flatMap((reading) => (reading.kind === "present" ? [reading.value] : []));
}

function defaultText({ versions, defaultVersionId }: LivePolicy): readonly string[] {
  return versions.filter(({ id }) => id === defaultVersionId).map(({ text }) => text);
}
