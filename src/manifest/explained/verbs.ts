import type { GrantPlace } from "../fields/resource.ts";
import { GRANT_ENTRIES } from "../grants/catalogue.ts";

/** A verb of a grant with its exact meaning. */
export interface ExplainedVerb {
  readonly verb: string;
  readonly allows: string;
  /** What people may expect of it in vain, or must know; null if there is nothing. */
  readonly leavesOut: string | null;
  /** `service:Name`, sorted: all that it allows with any other fields. */
  readonly actions: readonly string[];
  /** What `allow` takes in its place. */
  readonly single: readonly string[];
}

const PLACE: GrantPlace = { partition: "aws", accountId: "111122223333", region: "eu-west-1" };

/** The verbs of the grant whose field or list of verbs is at a path; empty for other places. */
export function verbFactsAt(path: string): readonly ExplainedVerb[] {
  const name = /^spec\.grants\[\]\.(\w+)(?:\.allow(?:\[\])?)?$/.exec(path)?.[1] ?? verbsByGrant(path);
  return name === undefined ? [] : verbsOf(name);
}

/** In Teams, shares and profiles. */
function verbsByGrant(path: string): string | undefined {
  return /\.(?:grants|preapproved)\.(\w+)(?:\[\])?$/.exec(path)?.[1];
}

function verbsOf(name: string): readonly ExplainedVerb[] {
  const entry = GRANT_ENTRIES.find(({ grant }) => grant === name);
  if (entry === undefined) return [];
  const expansions = entry.examples.flatMap((example) => entry.expand(example, PLACE));
  return Object.entries(entry.verbs).map(([verb, { allows, leavesOut }]) => ({
    verb,
    allows,
    leavesOut,
    actions: [
      ...new Set(
        expansions.filter((one) => one.verb === verb && one.effect === "Allow").flatMap((one) => one.actions),
      ),
    ].sort(),
    single: [...(entry.actions?.values() ?? [])]
      .filter(({ verbs }) => verbs.includes(verb))
      .map(({ name: action }) => action),
  }));
}
