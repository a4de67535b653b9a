import { verbOfCompanion, type ExactAction } from "../../model/rules/team.ts";
import type { ExactActionFacts, Expansion } from "./entry.ts";

/** What `allow` of a grant takes. */
export interface KnownNames {
  readonly verbs: readonly string[];
  readonly actions: ReadonlyMap<string, ExactActionFacts>;
  readonly serviceVerbs: readonly string[];
}

/** The verbs of an `allow`: those that it lists, and those of which it lists only actions. */
interface AssignedVerbs {
  readonly fullVerbs: readonly string[];
  readonly parts: ReadonlyMap<string, readonly ExactAction[]>;
}

/**
 * An action of several verbs, such as `GetQueueAttributes`, is a part of the one whose other actions are listed too: with
 * `ReceiveMessage` one of `consume`. If that leaves several, it is a part of a verb that a service uses, which
 * `isolation: pinned` must not break, and else of the first.
 */
export function verbsFor(
  allow: readonly string[],
  { verbs, actions, serviceVerbs }: KnownNames,
): AssignedVerbs {
  const listed = allow.flatMap((name) => actions.get(name) ?? []);
  if (listed.length === 0) return { fullVerbs: allow, parts: NO_PARTS };
  const certain = new Set(listed.flatMap((action) => (action.verbs.length === 1 ? action.verbs : [])));
  const parts = new Map<string, ExactAction[]>();
  for (const verb of verbs) {
    const own = listed.filter((action) => verbOf(action) === verb);
    if (own.length > 0) parts.set(verb, own);
  }
  return { fullVerbs: allow.filter((name) => !actions.has(name)), parts };

  function verbOf(action: ExactAction): string | undefined {
    const near = action.verbs.filter((verb) => certain.has(verb));
    const possible = near.length > 0 ? near : action.verbs;
    return possible.find((verb) => serviceVerbs.includes(verb)) ?? possible[0];
  }
}

const NO_PARTS: AssignedVerbs["parts"] = new Map();

/** `GetItem` of `dynamodb:GetItem`. */
export function nameOfAction(action: string): string {
  return action.slice(action.indexOf(":") + 1);
}

/**
 * Of the verbs of which only actions are listed, the rows of these actions; what else the verb needs stays.
 * @param expandVerb the statements of one complete verb
 */
export function onlyExpansions(
  expansions: readonly Expansion[],
  parts: AssignedVerbs["parts"],
  expandVerb: (verb: string) => readonly Expansion[],
): readonly Expansion[] {
  return expansions.flatMap((expansion) => {
    const { verb, actions } = expansion;
    const only = parts.get(verb);
    if (only !== undefined) {
      const left = only.filter(({ name }) => actions.some((action) => nameOfAction(action) === name));
      const kept = actions.filter((action) => left.some(({ name }) => nameOfAction(action) === name));
      return left.length === 0 ? [] : [{ ...expansion, actions: kept, only: exact(left) }];
    }
    const needing = parts.get(verbOfCompanion(verb) ?? "");
    if (needing === undefined) return [expansion];
    return [{ ...expansion, only: needing.map((action) => needingAs(action, expansion, expandVerb)) }];
  });
}

/**
 * The action with the verbs that allow all of this companion too. A stream can be described by `put` and by `read`, and only
 * `read` decrypts: a Team that lists `put` alone does not admit the decryption.
 */
function needingAs(
  { name, verbs }: ExactAction,
  { actions }: Expansion,
  expandVerb: (verb: string) => readonly Expansion[],
): ExactAction {
  if (verbs.length === 1) return { name, verbs };
  const isWithin = (verb: string): boolean => {
    const ofVerb = expandVerb(verb).filter((one) => verbOfCompanion(one.verb) === verb);
    const allowed = new Set(ofVerb.flatMap((one) => one.actions));
    return actions.every((action) => allowed.has(action));
  };
  return { name, verbs: verbs.filter(isWithin) };
}

function exact(actions: readonly ExactAction[]): readonly ExactAction[] {
  return actions.map(({ name, verbs }) => ({ name, verbs }));
}
