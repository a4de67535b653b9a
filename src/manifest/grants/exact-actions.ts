import { z } from "zod";
import { fixOf, listOf, pushIssue } from "../fields/field.ts";
import type { GrantPlace } from "../fields/resource.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import { nameOfAction, onlyExpansions, verbsFor, type KnownNames } from "./assigned-verbs.ts";
import type { ExactActionFacts, GrantEntry } from "./entry.ts";

/**
 * The grant with exact actions in `allow`, next to or instead of its verbs: each compiles to the rows that its verb has for
 * it. A grant whose verb is implied stays as it is.
 */
export function withExactActions<Fields>(entry: GrantEntry<Fields>): GrantEntry<Fields> {
  const verbs = Object.keys(entry.verbs);
  const actions = actionsOf(entry);
  if (actions.size === 0) return entry;
  const known = { verbs, actions, serviceVerbs: entry.serviceVerbs ?? [] };
  return {
    ...entry,
    actions,
    fields: exactFields(entry, known),
    examples: [...entry.examples, ...((entry.exact?.examples ?? []) as readonly Fields[])],
    expand: (fields, place) => {
      const { allow } = fields as { readonly allow: readonly string[] };
      if (allow.every((name) => !actions.has(name))) return entry.expand(fields, place);
      const { fullVerbs, parts } = verbsFor(allow, known);
      const expanded = entry.expand({ ...fields, allow: [...fullVerbs, ...parts.keys()] }, place);
      return onlyExpansions(expanded, parts, (verb) => entry.expand({ ...fields, allow: [verb] }, place));
    },
  };
}

/** In the order of the verbs. A name that begins in lower case, such as `connect` of `rds-db`, is the verb's own. */
function actionsOf<Fields>(entry: GrantEntry<Fields>): ReadonlyMap<string, ExactActionFacts> {
  const found = new Map<string, ExactActionFacts>();
  if (entry.examples.some((example) => !("allow" in (example as object)))) return found;
  const expansions = entry.examples.flatMap((example) => entry.expand(example, EXAMPLE_PLACE));
  const { needs = {}, notes = {}, notOf = {} } = entry.exact ?? {};
  for (const verb of Object.keys(entry.verbs))
    for (const action of expansions.filter((one) => one.verb === verb).flatMap(({ actions }) => actions)) {
      const name = nameOfAction(action);
      if (!/^[A-Z]/.test(name) || notOf[verb]?.includes(name) === true) continue;
      const before = found.get(name)?.verbs ?? [];
      const verbs = before.includes(verb) ? before : [...before, verb];
      found.set(name, { name, action, verbs, needs: needs[name] ?? null, note: notes[name] ?? null });
    }
  return found;
}

const EXAMPLE_PLACE: GrantPlace = { partition: "aws", accountId: "111122223333", region: "eu-west-1" };

/** The schema of the verbs also judges exact actions: each as the verb that it is a part of. */
function exactFields<Fields>(entry: GrantEntry<Fields>, known: KnownNames): z.ZodType<Fields> {
  const { shape, def } = entry.fields as unknown as z.ZodObject;
  const hasRules = (def.checks ?? []).length > 0;
  const names = [...known.verbs, ...known.actions.keys()] as [string, ...string[]];
  return z.strictObject({ ...shape, allow: listOf(z.enum(names)) }).check((context) => {
    const { value } = context;
    const { allow } = value as unknown as { readonly allow: readonly string[] };
    for (const [index, name] of allow.entries()) {
      const mistake = mistakeOf(known.actions.get(name), allow, value);
      if (mistake !== null) pushIssue(context, ["allow", index], mistake);
    }
    if (!hasRules) return;
    const { fullVerbs, parts } = verbsFor(allow, known);
    const verbs = [...new Set([...fullVerbs, ...parts.keys()])];
    const { error } = entry.fields.safeParse({ ...value, allow: verbs });
    for (const issue of error?.issues ?? []) {
      const [field, at] = issue.path as ValuePath;
      const verb = verbs[Number(at)] ?? "";
      const index = allow.indexOf(parts.get(verb)?.[0]?.name ?? verb);
      const place = field === "allow" ? ["allow", index] : (issue.path as ValuePath);
      pushIssue(context, place, { message: issue.message, fix: fixOf(issue) });
    }
  }) as unknown as z.ZodType<Fields>;
}

function mistakeOf(
  action: ExactActionFacts | undefined,
  allow: readonly string[],
  fields: Readonly<Record<string, unknown>>,
): { readonly message: string; readonly fix: string } | null {
  if (action === undefined) return null;
  const { name, verbs, needs } = action;
  const listed = verbs.find((verb) => allow.includes(verb));
  if (listed !== undefined)
    return {
      message: `${name} is part of ${listed}`,
      fix: `remove ${name}, or list actions instead of ${listed}`,
    };
  if (needs === null || fields[needs] !== undefined) return null;
  return { message: `${name} needs ${needs}`, fix: `add ${needs}, or remove ${name}` };
}
