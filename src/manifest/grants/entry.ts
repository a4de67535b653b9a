import type { z } from "zod";
import type { ConditionBlock } from "../../model/aws/policy-document.ts";
import type { ExactAction } from "../../model/rules/team.ts";
import type { GrantPlace } from "../fields/resource.ts";

/** One statement of a verb. */
export interface Expansion {
  readonly verb: string;
  /** The exact actions of `allow` that it is for; missing: the entire verb. */
  readonly only?: readonly ExactAction[];
  readonly effect: "Allow" | "Deny";
  /** `service:Name`. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: ConditionBlock | null;
  /** Why `*` is correct here; null if the resources are exact. */
  readonly wildcardReason: string | null;
}

/** The permissions of one verb, and the permissions that people may expect in vain. */
export interface VerbFacts {
  readonly allows: string;
  readonly leavesOut: string | null;
}

/** An action that `allow` takes by its name. */
export interface ExactActionFacts extends ExactAction {
  /** `service:Name`. */
  readonly action: string;
  /** A field without which it has no resource; null if there is none. */
  readonly needs: string | null;
  /** What people must know of it; null if there is nothing. */
  readonly note: string | null;
}

/** What the statements of the verbs do not show of their actions. Each name is one without its service. */
interface ActionSettings<Fields> {
  /** By action, the optional field without which it has no resource. */
  readonly needs?: Readonly<Record<string, string>>;
  /** By action, what people must know of it. */
  readonly notes?: Readonly<Record<string, string>>;
  /** By verb, actions that it has only under a condition of its own: their names mean those of another verb. */
  readonly notOf?: Readonly<Record<string, readonly string[]>>;
  readonly examples?: readonly NoInfer<Fields>[];
}

/** One service of the catalogue: its fields, its verbs and their exact meaning. */
export interface GrantEntry<Fields = never> {
  /** The key in `grants`. */
  readonly grant: string;
  readonly fields: z.ZodType<Fields>;
  readonly verbs: Readonly<Record<string, VerbFacts>>;
  /**
   * Verbs of its statements that Lambda or another service uses in the function's name, outside of its code. Such requests
   * carry no source function, so `isolation: pinned` leaves them as they are.
   */
  readonly serviceVerbs?: readonly string[];
  readonly exact?: ActionSettings<ExactFields<Fields>>;
  /** What `allow` takes as well as the verbs, by name, in the order of the verbs; missing if the verbs are implied. */
  readonly actions?: ReadonlyMap<string, ExactActionFacts>;
  /** Fields that name a regional resource: full ARNs in a ManagedPolicy. */
  readonly regionalFields: readonly string[];
  /** The ARN is composed and no field can contain a full one: not possible in a ManagedPolicy. */
  readonly needsRegion?: true;
  /** The examples together use every field, verb and form: for the reference, the tests and the catalogue's digest. */
  readonly examples: readonly NoInfer<Fields>[];
  readonly expand: (fields: Fields, place: GrantPlace) => readonly Expansion[];
}

/** The fields with exact actions in `allow`. */
type ExactFields<Fields> = Omit<Fields, "allow"> & { readonly allow?: readonly string[] };

/** Takes the type of the fields from their schema. */
export function grantEntry<Fields>(entry: GrantEntry<Fields>): GrantEntry<Fields> {
  return entry;
}

/** An allowing statement on exact resources. */
export function allow(verb: string, actions: readonly string[], resources: readonly string[]): Expansion {
  return { verb, effect: "Allow", actions, resources, condition: null, wildcardReason: null };
}

/** The same statement under a condition. Not a spread, which costs more than the rest of a statement. */
export function under(
  condition: ConditionBlock | null,
  { verb, effect, actions, resources, wildcardReason }: Expansion,
): Expansion {
  return { verb, effect, actions, resources, condition, wildcardReason };
}

/** An allowing statement on `*`, because the actions support no narrower resource. */
export function allowAnywhere(verb: string, actions: readonly string[], reason: string): Expansion {
  return { ...allow(verb, actions, ["*"]), wildcardReason: reason };
}

/**
 * Every value of the request must be in the list, and there must be at least one: `ForAllValues` alone is true if the
 * key is missing, plain `StringEquals` if one of several values matches.
 */
export function everyValueIn(key: string, values: readonly string[]): ConditionBlock {
  return { "ForAllValues:StringEquals": { [key]: [...values].sort() }, Null: { [key]: "false" } };
}

export function bothConditions(a: ConditionBlock | null, b: ConditionBlock | null): ConditionBlock | null {
  if (a === null || b === null) return a ?? b;
  const operators = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(operators.map((operator) => [operator, { ...a[operator], ...b[operator] }]));
}
