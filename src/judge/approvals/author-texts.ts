import { assistantText, unlistedAuthors, unnamedReason, type Authors } from "../../model/authors.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyPlan } from "../../model/plan.ts";
import { sortedSet } from "../../text/order.ts";
import { firstOf, someOf } from "../../text/phrases.ts";

export interface PlanAuthors {
  /** Who made what a plan changes: they may not give the approval that a profile wants. */
  readonly authors: ReadonlyMap<Key, Authors>;
  /** The plans that profiles for assistants apply to. */
  readonly assisted: ReadonlySet<Key>;
}

/** Which assistants made the change, and why its authors are not all known: each reason once. */
export function authorTexts(
  plans: readonly KeyPlan[],
  { assisted, authors }: PlanAuthors,
): readonly string[] {
  const made = plans.flatMap(({ key }) => {
    const by = authors.get(key);
    return by === undefined ? [] : [{ by, assistant: assisted.has(key) ? assistantText(by) : null }];
  });
  const assistants = sortedSet(made.flatMap(({ assistant }) => assistant ?? []));
  const shown = new Set(firstOf(assistants));
  const stated = new Set(
    made.flatMap(({ by, assistant }) =>
      assistant !== null && shown.has(assistant) ? (unnamedReason(by) ?? []) : [],
    ),
  );
  const unlisted = sortedSet(made.flatMap(({ by }) => unlistedAuthors(by) ?? []));
  return [
    ...(assistants.length === 0 ? [] : [`made by ${someOf(assistants)}`]),
    ...unlisted
      .filter((reason) => !stated.has(reason))
      .map((reason) => `its authors are not all known (${reason})`),
  ];
}
