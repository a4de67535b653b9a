import { Comparer } from "../../iam/compare/comparer.ts";
import { provedWithin, type Proof } from "../../iam/compare/containment.ts";
import { onlyDocument, type RolePermissions } from "../../iam/compare/delta.ts";
import { documentText } from "../../iam/read/print.ts";
import type { UnusablePermission } from "../../iam/match/unusable/unusable-permissions.ts";
import { beginsLogGroup } from "../../model/aws/log-group.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import { candidatesFor } from "./candidates.ts";
import { chooseCandidates, mergedEntries } from "./choose.ts";
import { entryOf } from "./entry-of.ts";
import { ENTRIES, type GrantCandidate, type GrantOf, type GrantUnits } from "./grant-units.ts";
import { LiveFacts } from "./live-facts.ts";
import {
  readRoleStatements,
  type Inexpressible,
  type RoleStatement,
  type PolicyText,
} from "./role-statements.ts";
import type { Unit } from "../../iam/compare/units.ts";

/** What is known of the function that has the policies. */
export interface FunctionFacts {
  readonly functionArn: string;
  readonly functionName: string;
  /** Log groups that the implicit permission for logs may be about, the likeliest first. */
  readonly logGroups: readonly string[];
  /** ARNs of its dead-letter queue or topic and of its destinations: only for these is `dlq` a grant. */
  readonly serviceTargets: readonly string[];
}

export interface Recognition {
  /** Entries of `grants`, sorted by name and content. */
  readonly grants: readonly GrantOf[];
  /** `logs`, `tracing` and `vpc` of the manifest. */
  readonly own: readonly GrantOf[];
  /** Statements that stay as they are, sorted by content. */
  readonly rest: readonly RoleStatement[];
  /** Everything that the policies allow. */
  readonly live: ReadonlySet<Unit>;
  /** How many statements the grants replace. */
  readonly replaced: number;
  /** What no request can use of the replaced statements: no grant has it. Sorted by statement, action and resource. */
  readonly leftOut: readonly LeftOut[];
  /** If there are some, the policies as a whole cannot be declared. */
  readonly inexpressible: readonly Inexpressible[];
  /** Grants and statements together allow exactly what the policies allow. */
  readonly proof: Proof;
}

/** Permissions of one statement of a policy. */
export interface LeftOut extends Pick<RoleStatement, "from"> {
  readonly sid: string | null;
  readonly permissions: readonly UnusablePermission[];
}

/**
 * Finds the grants that policies already contain. A grant is recognised only if each permission that it compiles to is one of
 * the policies, and a statement is replaced only if grants have all of its permissions that a request can use. So nothing is
 * added and nothing lost. A statement without any such permission is kept.
 */
export function recognizeGrants(
  policies: readonly PolicyText[],
  units: GrantUnits,
  ofFunction: FunctionFacts | null,
): Recognition {
  const { statements, inexpressible } = readRoleStatements(policies, units.context);
  const found = chosenFor(statements, units, ofFunction);
  const known = new Set(found.flatMap((candidate) => candidate.units));
  const isReplaced = ({ usable }: RoleStatement): boolean =>
    usable.length > 0 && usable.every((unit) => known.has(unit));
  const rest = statements.filter((statement) => !isReplaced(statement));
  const proof = proofOf(
    statements,
    [...found.flatMap((one) => one.statements), ...statementsOf(rest)],
    units,
  );
  const kept = proof.kind === "proved" ? { found, rest } : { found: [], rest: statements };
  return {
    grants: kept.found.filter(({ grant }) => ENTRIES.has(grant)).map(entryOf),
    own: kept.found.filter(({ grant }) => !ENTRIES.has(grant)).map(entryOf),
    rest: kept.rest,
    live: unitsOfAll(statements),
    replaced: statements.length - kept.rest.length,
    leftOut: leftOutOf(statements.filter((statement) => !kept.rest.includes(statement))),
    inexpressible,
    proof: proof.kind === "proved" ? proof : proofOf(statements, statementsOf(statements), units),
  };
}

function leftOutOf(replaced: readonly RoleStatement[]): readonly LeftOut[] {
  return replaced
    .filter(({ unusable }) => unusable.length > 0)
    .map(({ from, normal: { sid }, unusable }) => ({ from, sid, permissions: unusable }));
}

function chosenFor(
  statements: readonly RoleStatement[],
  units: GrantUnits,
  ofFunction: FunctionFacts | null,
): readonly GrantCandidate[] {
  const live = unitsOfAll(statements);
  const isLive = (candidate: GrantCandidate): boolean => candidate.units.every((unit) => live.has(unit));
  const short = statements.filter(isShort);
  const facts = new LiveFacts(short, units.place);
  const ofCatalogue = candidatesFor(facts, units, "all").filter(
    (candidate) => candidate.grant !== "dlq" || isServiceTarget(candidate, ofFunction),
  );
  const own = ofFunction === null ? [] : ownCandidates({ ...ofFunction, facts }, units, isLive);
  const accepted = [...own, ...ofCatalogue.filter(isLive)];
  const known = new Set(accepted.flatMap((candidate) => candidate.units));
  const wanted = short
    .filter(({ usable }) => usable.every((unit) => known.has(unit)))
    .flatMap(({ usable }) => usable);
  return mergedEntries(chooseCandidates(accepted, new Set(wanted)), units);
}

/** A grant is for one resource: many of them in place of a list would be neither shorter nor clearer. */
const MAX_RESOURCES = 20;

function isShort({ normal: { resources } }: RoleStatement): boolean {
  return resources === null || resources.values.length <= MAX_RESOURCES;
}

/** The permission for logs of the first group or prefix that has one, for tracing and for the network. */
function ownCandidates(
  { functionArn, functionName, logGroups, facts }: FunctionFacts & { readonly facts: LiveFacts },
  units: GrantUnits,
  isLive: (candidate: GrantCandidate) => boolean,
): readonly GrantCandidate[] {
  const groups = logGroups.flatMap((group) => [true, false].map((create) => units.logs({ group, create })));
  const prefixes = facts
    .logGroupPrefixes()
    .filter((groupPrefix) => beginsLogGroup(groupPrefix, functionName))
    .flatMap((groupPrefix) => CREATIONS.map((creation) => units.prefixLogs({ groupPrefix, ...creation })));
  const logs = [...groups, ...prefixes].find(isLive);
  const others = [units.tracing(), units.vpc(functionArn)].filter(isLive);
  return logs === undefined ? others : [logs, ...others];
}

/** What else the versions of the Serverless Framework let a function do with its log groups; the most first. */
const CREATIONS = [
  { create: true, tag: true },
  { create: true, tag: false },
  { create: false, tag: false },
] as const;

function isServiceTarget({ statements }: GrantCandidate, ofFunction: FunctionFacts | null): boolean {
  const targets = ofFunction?.serviceTargets ?? [];
  const [own] = statements;
  return [own?.Resource ?? []].flat().every((resource) => targets.includes(resource));
}

function proofOf(
  live: readonly RoleStatement[],
  declared: readonly Statement[],
  { context }: GrantUnits,
): Proof {
  const all = (statements: readonly Statement[]): RolePermissions =>
    onlyDocument({ from: { kind: "other", name: "policies" }, text: documentText(statements) }, context);
  const [before, after] = [all(statementsOf(live)), all(declared)];
  const comparer = new Comparer();
  const narrower = provedWithin(after, before, comparer);
  return narrower.kind === "proved" ? provedWithin(before, after, comparer) : narrower;
}

function unitsOfAll(statements: readonly RoleStatement[]): ReadonlySet<Unit> {
  return new Set(statements.flatMap(({ units }) => units));
}

function statementsOf(live: readonly RoleStatement[]): readonly Statement[] {
  return live.map(({ statement }) => statement);
}
