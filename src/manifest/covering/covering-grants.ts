import { resourceCovers } from "../../iam/match/wildcard.ts";
import { GRANT_ENTRIES, type GRANTS } from "../grants/catalogue.ts";
import type { Expansion, GrantEntry } from "../grants/entry.ts";
import type { GrantPlace } from "../fields/resource.ts";
import { coveringTargets, type MissingAccess } from "./targets.ts";

/** A grant that covers the missing access, as one entry of `grants`. */
export interface CoveringGrant {
  readonly grant: string;
  /** null for a grant without verbs. */
  readonly verb: string | null;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Its additional permissions: the smallest grant is listed first. */
  readonly allowed: number;
}

/**
 * Every grant of the catalogue that allows the action on the resource, regardless of its conditions, the smallest first:
 * one verb each, the resource in the shortest form. An action without a resource is found only if the context has the
 * values that the grant needs; otherwise `verbsWith` returns the verbs of a grant that have it.
 */
export function grantsCovering(missing: MissingAccess, place: GrantPlace): readonly CoveringGrant[] {
  const found = GRANT_ENTRIES.flatMap((entry) => coveringOf(entry, missing, place));
  // A grant for what Lambda itself does is rarely what denied code needs, although it is the smallest.
  return found.toSorted((a, b) => Number(isOfService(a)) - Number(isOfService(b)) || a.allowed - b.allowed);
}

function isOfService({ grant, verb }: CoveringGrant): boolean {
  return (
    verb === null && GRANT_ENTRIES.some((entry) => entry.grant === grant && entry.serviceVerbs !== undefined)
  );
}

function coveringOf(entry: GrantEntry, missing: MissingAccess, place: GrantPlace): readonly CoveringGrant[] {
  const verbs = hasVerbs(entry) ? Object.keys(entry.verbs) : [null];
  return coveringTargets(entry.grant as keyof typeof GRANTS, missing, place).flatMap((target) =>
    verbs.flatMap((verb) => {
      const fields = verb === null ? target : { ...target, allow: [verb] };
      const checked = entry.fields.safeParse(fields);
      if (!checked.success) return [];
      const expansions = entry.expand(checked.data, place);
      if (!expansions.some((expansion) => covers(expansion, missing))) return [];
      return [{ grant: entry.grant, verb, fields, allowed: rowsOf(expansions) }];
    }),
  );
}

function covers({ effect, actions, resources }: Expansion, { action, resource }: MissingAccess): boolean {
  return (
    effect === "Allow" &&
    actions.some((one) => one.toLowerCase() === action.toLowerCase()) &&
    resources.some((pattern) => resourceCovers(pattern, resource))
  );
}

function rowsOf(expansions: readonly Expansion[]): number {
  return expansions.reduce((sum, { actions, resources }) => sum + actions.length * resources.length, 0);
}

/** The verbs of a grant that have the action, on any resource. */
export function verbsWith(action: string, grant: string): readonly string[] {
  return grantsWith(action).find((one) => one.grant === grant)?.verbs ?? [];
}

/** The action as `allow` of the grant takes it; null if it does not. */
export function exactActionOf(action: string, grant: string): string | null {
  const actions = GRANT_ENTRIES.find((entry) => entry.grant === grant)?.actions?.values() ?? [];
  const found = [...actions].find((one) => one.action.toLowerCase() === action.toLowerCase());
  return found?.name ?? null;
}

/** True for an exact action that the verb contains. */
export function isActionOf(name: string, verb: string, grant: string): boolean {
  const entry = GRANT_ENTRIES.find((one) => one.grant === grant);
  return entry?.actions?.get(name)?.verbs.includes(verb) === true;
}

/** The actions of a verb of a grant, with every option of the grant; none for an exact action. */
export function actionsOfVerb(grant: string, verb: string): readonly string[] {
  const entry = GRANT_ENTRIES.find((one) => one.grant === grant);
  const expansions = entry?.examples.flatMap((example) => entry.expand(example, EXAMPLE_PLACE)) ?? [];
  return expansions.filter((one) => one.verb === verb).flatMap(({ actions }) => actions);
}

interface GrantVerbs {
  readonly grant: string;
  /** The list is empty for a grant without verbs. */
  readonly verbs: readonly string[];
}

/** Grants that have the action on any resource, with the verbs that have it. */
export function grantsWith(action: string): readonly GrantVerbs[] {
  const wanted = action.toLowerCase();
  return GRANT_ENTRIES.flatMap((entry) => {
    const having = entry.examples
      .flatMap((example) => entry.expand(example, EXAMPLE_PLACE))
      .filter(({ actions }) => actions.some((each) => each.toLowerCase() === wanted))
      .map(({ verb }) => verb)
      .filter((verb) => Object.hasOwn(entry.verbs, verb));
    if (having.length === 0) return [];
    const verbs = hasVerbs(entry) ? Object.keys(entry.verbs).filter((verb) => having.includes(verb)) : [];
    return hasVerbs(entry) && verbs.length === 0 ? [] : [{ grant: entry.grant, verbs }];
  });
}

const EXAMPLE_PLACE: GrantPlace = { partition: "aws", accountId: "111122223333", region: "eu-west-1" };

function hasVerbs(entry: GrantEntry): boolean {
  return entry.examples.every((example: Readonly<Record<string, unknown>>) => "allow" in example);
}
