import { documentContext } from "../../diff/documents/document-context.ts";
import { managedText, type RoleDocuments } from "../../diff/documents/permissions.ts";
import { provedNarrower } from "../../iam/compare/containment.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { PlanContext } from "../inputs/context.ts";

/** The role whose documents change, and where their texts are. */
export interface OrderedRole {
  readonly binding: DesiredBinding;
  readonly context: PlanContext;
}

/** The statements of one moment, by what they mean; a document that is not understood counts as both. */
interface StatementMeanings {
  readonly allows: ReadonlySet<string>;
  readonly denies: ReadonlySet<string>;
  readonly boundary: string | null;
}

/**
 * True if it is proved that no moment allows what neither the first nor the last one allows. A moment is safe if it has
 * no Allow that one of them lacks and every Deny of that one; or every Deny of both. Its boundary must allow nothing that
 * theirs does not.
 */
export function isSafeOrder(moments: readonly RoleDocuments[], at: OrderedRole): boolean {
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined) return true;
  const [from, to] = [statementsOf(first, at), statementsOf(last, at)];
  const denies = new Set([...from.denies, ...to.denies]);
  return moments.slice(1, -1).every((documents) => {
    const moment = statementsOf(documents, at);
    const isWithin = (end: StatementMeanings): boolean =>
      hasAll(end.allows, moment.allows) && hasAll(moment.denies, end.denies) && isInside(moment, end, at);
    if (isWithin(from) || isWithin(to)) return true;
    return hasAll(moment.denies, denies) && isInside(moment, from, at) && isInside(moment, to, at);
  });
}

function hasAll(set: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  return [...wanted].every((one) => set.has(one));
}

function isInside(moment: StatementMeanings, end: StatementMeanings, at: OrderedRole): boolean {
  return isNarrowerBoundary(moment.boundary, end.boundary, at);
}

/** True if it is proved that a role with the boundary `inner` may do nothing that `outer` does not allow. */
export function isNarrowerBoundary(inner: string | null, outer: string | null, at: OrderedRole): boolean {
  if (inner === outer || outer === null) return true;
  if (inner === null) return false;
  const [innerText, outerText] = [inner, outer].map((arn) => managedText(arn, at.context.live));
  if (innerText === undefined || outerText === undefined) return false;
  // A Deny of a boundary also limits what resource policies allow.
  const denies = new Set(tokensOf(innerText, at).denies);
  if (!hasAll(denies, new Set(tokensOf(outerText, at).denies))) return false;
  return provedNarrower(innerText, outerText, documentContext(at.binding, "identity")).kind === "proved";
}

/** True also if the text was not read or is not understood. */
export function mayContainDeny(text: string | undefined, at: OrderedRole): boolean {
  return text === undefined || tokensOf(text, at).denies.length > 0;
}

/** The managed policies of the documents whose text was not read. */
export function unreadPolicies(
  { attachments, boundary }: RoleDocuments,
  { live }: PlanContext,
): readonly string[] {
  const arns = boundary === null ? attachments : [...attachments, boundary];
  return arns.filter((arn) => managedText(arn, live) === undefined);
}

function statementsOf({ inline, attachments, boundary }: RoleDocuments, at: OrderedRole): StatementMeanings {
  const tokens = [
    ...[...inline.values()].map((text) => tokensOf(text, at)),
    ...attachments.map((arn) => {
      const text = managedText(arn, at.context.live);
      return text === undefined ? unknownTokens(arn) : tokensOf(text, at);
    }),
  ];
  return {
    allows: new Set(tokens.flatMap((one) => one.allows)),
    denies: new Set(tokens.flatMap((one) => one.denies)),
    boundary,
  };
}

interface Tokens {
  readonly allows: readonly string[];
  readonly denies: readonly string[];
}

function tokensOf(text: string, { binding, context }: OrderedRole): Tokens {
  const parsed = context.comparer.parse(text, documentContext(binding, "identity"));
  if (parsed.kind === "unreadable" || parsed.document.opaque) return unknownTokens(text);
  const { version, members } = parsed.document;
  const statements = members.filter((member) => member.kind === "statement");
  const ofEffect = (effect: "Allow" | "Deny"): readonly string[] =>
    statements.flatMap((one) => (one.effect === effect ? [`${version} ${one.structure}`] : []));
  return { allows: ofEffect("Allow"), denies: ofEffect("Deny") };
}

function unknownTokens(of: string): Tokens {
  return { allows: [`unknown ${of}`], denies: [`unknown ${of}`] };
}
