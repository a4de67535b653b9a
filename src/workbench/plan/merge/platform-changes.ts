import type { Compilation } from "../../../manifest/compile/compile.ts";
import type { Desired } from "../../../model/desired.ts";
import { BUILT_IN_PROFILES } from "../../../model/rules/built-in-profiles.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { Json } from "../../../model/values/json.ts";
import { withoutPlaces } from "../../../text/json-values.ts";
import { byText } from "../../../text/order.ts";
import { changedFields } from "./changed-fields.ts";

/** A document that differs, or whether there are Teams at all. */
export interface PlatformChange {
  readonly kind:
    "AwsAccount" | "GuardrailProfile" | "Team" | "Waiver" | "Exclusion" | "ChangeWindow" | "tenancy";
  readonly text: string;
}

/** The documents of the platform that differ between two revisions: they decide what every other change may do. */
export function platformChanges(from: RevisionDocuments, to: RevisionDocuments): readonly PlatformChange[] {
  const [before, after] = [from.desired, to.desired];
  const changes = (
    kind: PlatformChange["kind"],
    earlier: readonly PlatformDocument[],
    later: readonly PlatformDocument[],
  ): readonly PlatformChange[] =>
    changesOf(kind, {
      earlier,
      later,
      existing: namesOf(to, kind),
      fieldsOf: (name) => changedFields(documentOf(from, kind, name), documentOf(to, kind, name)),
    });
  return [
    ...changes("AwsAccount", [...before.accounts.values()], [...after.accounts.values()]),
    ...changes("GuardrailProfile", profilesOf(before), profilesOf(after)),
    ...changes("Team", teamsOf(before), teamsOf(after)),
    ...changes("Waiver", before.waivers, after.waivers),
    ...changes("Exclusion", before.exclusions, after.exclusions),
    ...changes("ChangeWindow", windowsOf(before), windowsOf(after)),
    ...tenancyChange(before, after),
  ];
}

type RevisionDocuments = Pick<Compilation, "desired" | "objects">;

/** Also of documents with an error, which are not compiled. */
function namesOf({ objects }: RevisionDocuments, kind: PlatformChange["kind"]): ReadonlySet<string> {
  return new Set(objects.filter((object) => object.kind === kind).map(({ name }) => name));
}

/** undefined: several documents or an AccountSet declare it, or it is broken. */
function documentOf(
  { objects }: RevisionDocuments,
  kind: PlatformChange["kind"],
  name: string,
): Json | undefined {
  const [found, ...others] = objects.filter((object) => object.kind === kind && object.name === name);
  return others.length === 0 ? found?.document : undefined;
}

/** As declared: which Teams name a profile is a change of these Teams, and a built-in one has no document. */
function profilesOf({ profiles }: Desired): readonly PlatformDocument[] {
  const declared = profiles.filter(({ name }) => !Object.hasOwn(BUILT_IN_PROFILES, name));
  return declared.map(({ selector, ...profile }) => ({ ...profile, selector: { ...selector, teams: [] } }));
}

function teamsOf({ teams }: Desired): readonly PlatformDocument[] {
  return [...teams.values()].map((team) => ({ ...team, name: team.namespace }));
}

/** Without those that have an error: they are named as broken. */
function windowsOf({ windows = [] }: Desired): readonly PlatformDocument[] {
  return windows.flatMap((window) =>
    window.schedule === null || window.name === null ? [] : [{ ...window, name: window.name }],
  );
}

/** With the last Team, the fence of every namespace goes. */
function tenancyChange({ tenancy: before }: Desired, { tenancy: after }: Desired): readonly PlatformChange[] {
  return before.kind === after.kind ? [] : [{ kind: "tenancy", text: `tenancy becomes ${after.kind}` }];
}

interface PlatformDocument {
  readonly name: string;
}

function changesOf(
  kind: PlatformChange["kind"],
  documents: {
    readonly earlier: readonly PlatformDocument[];
    readonly later: readonly PlatformDocument[];
    readonly existing: ReadonlySet<string>;
    /** What changes in a document of this name. */
    readonly fieldsOf: (name: string) => string;
  },
): readonly PlatformChange[] {
  const [then, now] = [textsOf(documents.earlier), textsOf(documents.later)];
  const end = (name: string): string => (documents.existing.has(name) ? "is broken" : "is removed");
  const names = [...new Set([...then.keys(), ...now.keys()])].sort(byText);
  return names.flatMap((name) => {
    if (then.get(name) === now.get(name)) return [];
    const fields = then.has(name) && now.has(name) ? documents.fieldsOf(name) : "";
    const changes = fields === "" ? "changes" : `changes: ${fields}`;
    const what = !then.has(name) ? "is added" : now.has(name) ? changes : end(name);
    return [{ kind, text: `${kind} ${name} ${what}` }];
  });
}

/** Without the places, which a comment in the file moves. */
function textsOf(items: readonly PlatformDocument[]): ReadonlyMap<string, string> {
  return new Map(items.map((item) => [item.name, canonicalText(withoutPlaces(item as unknown as Json))]));
}
