import { decodeDocument } from "../../iam/read/decode.ts";
import { sortedSet, stableText } from "../../iam/text.ts";
import type { Desired, DesiredBinding } from "../../model/desired.ts";
import { canonicalText } from "../../model/digest.ts";
import type { LiveAccount, LivePolicy } from "../../model/live.ts";
import { INSTANCE_TAG, OWNER_TAG, type Tag } from "../../model/tag.ts";
import type { GuardContext } from "../context.ts";
import { compiledText } from "../effective-role.ts";
import type { Breach } from "./rule.ts";

/** TAG-001: a role's tags are permissions where a policy reads them. */
export function tagsThatPermit(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  return binding.role.tags
    .filter((tag) => tag.key !== INSTANCE_TAG && tag.key !== OWNER_TAG)
    .flatMap((tag) => {
      const said = tooMuch(tag, context);
      if (said === null) return [];
      const evidence = canonicalText({ Key: tag.key, Value: tag.value });
      const { origin: ofRole, tagOrigins } = binding.role;
      const origin = new Map(Object.entries(tagOrigins)).get(tag.key) ?? ofRole;
      return [{ rule: "TAG-001", severity: "full" as const, origin, evidence, ...said }];
    });
}

function tooMuch(
  { key }: Tag,
  { account, desired, live }: GuardContext,
): Pick<Breach, "why" | "mend"> | null {
  if (!account.tagKeys.some((allowed) => allowed.toLowerCase() === key.toLowerCase())) {
    const why = `account ${account.name} does not list the tag key "${key}", and a role's tags are permissions`;
    return { why, mend: `remove the tag, or have it listed under tagKeys of AwsAccount ${account.name}` };
  }
  if (!isRead(key.toLowerCase(), desired, live)) return null;
  const why = `a policy of the account reads aws:PrincipalTag/${key}, so that the tag decides what the role may do`;
  return { why, mend: "remove the tag, or have the platform team waive the rule for this binding" };
}

const readIn = new WeakMap<Desired | LiveAccount, ReadonlySet<string>>();

/** True when some known document reads the tag (lower-case) of its caller. */
function isRead(key: string, desired: Desired, live: LiveAccount | null): boolean {
  if (remembered(desired, () => desiredTexts(desired)).has(key)) return true;
  return live !== null && remembered(live, () => liveTexts(live)).has(key);
}

function remembered(of: Desired | LiveAccount, texts: () => readonly string[]): ReadonlySet<string> {
  const keys = readIn.get(of) ?? new Set(texts().flatMap(keysIn));
  readIn.set(of, keys);
  return keys;
}

/** `aws:PrincipalTag/KEY` as a condition key, and as a variable inside of a value. */
function keysIn(text: string): readonly string[] {
  // Nearly no document does, and escapes can hide it: a revision has thousands of documents.
  if (!/principaltag|[\\%]/i.test(text)) return [];
  const decoded = decodeDocument(text);
  const plain = decoded.kind === "unreadable" ? text : stableText(decoded.value);
  return sortedSet(
    [...plain.matchAll(/aws:principaltag\/([^"}]+)/gi)].map(([, key = ""]) =>
      (key.split(",")[0] ?? "").toLowerCase(),
    ),
  );
}

function desiredTexts({ bindings, policies }: Desired): readonly string[] {
  return [
    ...[...bindings.values()].map((binding) => compiledText(binding.role.inline)),
    ...[...policies.values()].map((policy) => compiledText(policy.document)),
  ];
}

function liveTexts({ roles, policies, awsManaged }: LiveAccount): readonly string[] {
  return [
    ...present(roles).flatMap((role) => [role.trust, ...role.inline.map(({ text }) => text)]),
    ...present(policies).flatMap(defaultText),
    ...present(awsManaged).map(({ text }) => text),
  ];
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
