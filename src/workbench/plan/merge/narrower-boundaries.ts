import { isBlocking } from "../../../model/finding.ts";
import type { Desired, DesiredBinding } from "../../../model/desired.ts";
import type { DeltaRow } from "../../../model/delta.ts";
import { type Key, ownerText } from "../../../model/keys/key.ts";
import { getOrAdd } from "../../../model/values/lists.ts";
import { isRefused, type PlanView } from "../../../plan/render/plan-view.ts";
import { homeOf } from "../../../plan/render/words.ts";
import { subjectOf, subjectText } from "../../../plan/render/subject.ts";
import { stableText } from "../../../text/json-values.ts";
import { byText } from "../../../text/order.ts";
import { counted } from "../../../text/phrases.ts";

/** Names, actions and groups of functions in one sentence or list. */
const SHOWN = 10;

/** The rule that finds what takes no effect because of the boundary: the boundary's notes contain it. */
const NO_EFFECT = "BND-002";

interface BoundaryViews {
  readonly views: readonly PlanView[];
  /** Functions that change only because of a boundary, whose notes have the lost permissions. */
  readonly limited: ReadonlySet<Key>;
}

interface Revisions {
  readonly earlier: Desired;
  readonly later: Desired;
}

/**
 * Shows what a boundary no longer allows once, with the policy: its notes list which functions lose what. The functions do
 * not repeat what none of their grants has.
 */
export function withNarrowerBoundaries(views: readonly PlanView[], revisions: Revisions): BoundaryViews {
  const users = usersOfNarrower(views, revisions);
  if (users.size === 0) return { views, limited: new Set() };
  const limited = new Set([...users.values()].flat().map(({ key }) => key));
  const own = views.map((view) => (limited.has(view.key) ? withoutBoundaryRows(view) : view));
  const byKey = new Map(own.map((view) => [view.key, view]));
  const lost = (key: Key): readonly DeltaRow[] =>
    byKey.get(key)?.delta.noLongerAllowed.filter(isOutside) ?? [];
  return {
    views: own.map((view) => {
      const bindings = users.get(view.key);
      if (bindings === undefined) return view;
      // A boundary is no role: its versions are those of the functions.
      return { ...view, notes: [...view.notes, ...effects(bindings, lost)], published: [] };
    }),
    limited: new Set(
      own.filter((view) => limited.has(view.key) && isOnlyLimited(view)).map(({ key }) => key),
    ),
  };
}

/** By the key of a boundary that allows less than before: the functions that had and have it. */
function usersOfNarrower(
  views: readonly PlanView[],
  { earlier, later }: Revisions,
): ReadonlyMap<Key, readonly DesiredBinding[]> {
  const found = new Map<Key, DesiredBinding[]>();
  const byArn = new Map<string, Key>();
  for (const { key, delta } of views) {
    const policy = later.policies.get(key);
    if (policy?.use !== "boundary" || delta.noLongerAllowed.length === 0) continue;
    byArn.set(policy.arn, key);
    found.set(key, []);
  }
  for (const binding of later.bindings.values()) {
    const arn = binding.role.boundary?.arn;
    const key = arn === undefined ? undefined : byArn.get(arn);
    if (key === undefined || earlier.bindings.get(binding.key)?.role.boundary?.arn !== arn) continue;
    getOrAdd(found, key, () => []).push(binding);
  }
  return found;
}

/** The policy has these rows itself. */
function withoutBoundaryRows(view: PlanView): PlanView {
  const { noLongerAllowed } = view.delta;
  const own = noLongerAllowed.filter((row) => row.from.kind !== "boundary");
  return own.length === noLongerAllowed.length
    ? view
    : { ...view, delta: { ...view.delta, noLongerAllowed: own } };
}

function isOutside({ limit }: DeltaRow): boolean {
  return limit?.kind === "boundary";
}

/** Nothing else about it is to be shown. */
function isOnlyLimited(view: PlanView): boolean {
  const { delta, findings, notes, broken, brokenBase, approvers } = view;
  const others = [broken, brokenBase].some((error) => error !== null) || notes.length + approvers.length > 0;
  if (others || isRefused(view)) return false;
  if (findings.some((finding) => isBlocking(finding) || finding.rule !== NO_EFFECT)) return false;
  const { allowed, noLongerAllowed, unknownEffect } = delta;
  return allowed.length + unknownEffect.length === 0 && noLongerAllowed.every(isOutside);
}

/** `orders/a, orders/b lose dynamodb:PutItem table/orders, …`; at the end how many lose nothing. */
function effects(
  bindings: readonly DesiredBinding[],
  lostBy: (key: Key) => readonly DeltaRow[],
): readonly string[] {
  const lost = bindings.map(({ key }) => ({ name: ownerText(key), text: lostText(lostBy(key), key) }));
  const losing = Map.groupBy(
    lost.filter(({ text }) => text !== ""),
    ({ text }) => text,
  );
  const lines = [...losing].map(([text, group]) => {
    const names = namesOf(group);
    const verb = names.length === 1 ? "loses" : "lose";
    return `${firstOf(names)} ${verb} ${text}, which the boundary no longer allows; published versions with the same role too`;
  });
  const losers = new Set([...losing.values()].flatMap(namesOf));
  const rest = namesOf(lost).filter((name) => !losers.has(name));
  const verb = rest.length === 1 ? "loses none of its grants" : "lose none of their grants";
  const more = lines.length - SHOWN;
  return [
    ...lines.toSorted(byText).slice(0, SHOWN),
    ...(more > 0 ? [`and ${counted(more, "more group")} of functions with other lost permissions`] : []),
    ...(rest.length === 0
      ? []
      : [`${counted(rest.length, "function")} with this boundary ${verb}: ${firstOf(rest)}`]),
  ];
}

function namesOf(group: readonly { readonly name: string }[]): readonly string[] {
  return [...new Set(group.map(({ name }) => name))].sort(byText);
}

function firstOf(texts: readonly string[]): string {
  const more = texts.length - SHOWN;
  return more > 0 ? `${texts.slice(0, SHOWN).join(", ")} and ${more} more` : texts.join(", ");
}

/** With exact actions: a part of a grant's verb may stay. */
function lostText(rows: readonly DeltaRow[], key: Key): string {
  const groups = Map.groupBy(rows, ({ resource, condition }) => stableText([resource, condition]));
  const texts = [...groups.values()].map((group) => {
    const { what, on, actions, conditions } = subjectOf(group, homeOf(key));
    const named = actions.length === 0 ? what : firstOf(actions);
    return [subjectText({ what: named, on, actions: [], conditions: [] }), ...conditions].join(", ");
  });
  return firstOf([...new Set(texts)].sort(byText)).trim();
}
