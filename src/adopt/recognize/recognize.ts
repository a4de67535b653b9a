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
import { ENTRIES, type GrantCandidate, type GrantOf, type CandidateCompiler } from "./candidate-compiler.ts";
import { LiveFacts } from "./live-facts.ts";
import {
  readRoleStatements,
  type Inexpressible,
  type RoleStatement,
  type PolicyText,
} from "./role-statements.ts";
import type { CanonicalPermission } from "../../iam/compare/canonical-permissions.ts";

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
  readonly live: ReadonlySet<CanonicalPermission>;
  /** How many statements the grants replace. */
  readonly replaced: number;
  /** What no request can use of the replaced statements: no grant has it. Sorted by statement, action and resource. */
  readonly leftOut: readonly LeftOut[];
  /** If there are some, all policies together cannot be declared. */
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
  compiler: CandidateCompiler,
  ofFunction: FunctionFacts | null,
): Recognition {
  const { statements, inexpressible } = readRoleStatements(policies, compiler.context);
  const chosen = chosenFor(statements, compiler, ofFunction);
  const granted = new Set(chosen.flatMap((candidate) => candidate.permissions));
  const isReplaced = ({ usable }: RoleStatement): boolean =>
    usable.length > 0 && usable.every((permission) => granted.has(permission));
  const rest = statements.filter((statement) => !isReplaced(statement));
  const proof = proofOf(
    statements,
    [...chosen.flatMap((one) => one.statements), ...statementsOf(rest)],
    compiler,
  );
  const kept = proof.kind === "proved" ? { found: chosen, rest } : { found: [], rest: statements };
  return {
    grants: kept.found.filter(({ grant }) => ENTRIES.has(grant)).map(entryOf),
    own: kept.found.filter(({ grant }) => !ENTRIES.has(grant)).map(entryOf),
    rest: kept.rest,
    live: permissionsOfAll(statements),
    replaced: statements.length - kept.rest.length,
    leftOut: leftOutOf(statements.filter((statement) => !kept.rest.includes(statement))),
    inexpressible,
    proof: proof.kind === "proved" ? proof : proofOf(statements, statementsOf(statements), compiler),
  };
}

function leftOutOf(replaced: readonly RoleStatement[]): readonly LeftOut[] {
  return replaced
    .filter(({ unusable }) => unusable.length > 0)
    .map(({ from, normal: { sid }, unusable }) => ({ from, sid, permissions: unusable }));
}

function chosenFor(
  statements: readonly RoleStatement[],
  compiler: CandidateCompiler,
  ofFunction: FunctionFacts | null,
): readonly GrantCandidate[] {
  const live = permissionsOfAll(statements);
  const isLive = (candidate: GrantCandidate): boolean =>
    candidate.permissions.every((permission) => live.has(permission));
  const short = statements.filter(isShort);
  const facts = new LiveFacts(short, compiler.place);
  const ofCatalogue = candidatesFor(facts, compiler, "all").filter(
    (candidate) => candidate.grant !== "dlq" || isServiceTarget(candidate, ofFunction),
  );
  const own = ofFunction === null ? [] : ownCandidates({ ...ofFunction, facts }, compiler, isLive);
  const accepted = [...own, ...ofCatalogue.filter(isLive)];
  const granted = new Set(accepted.flatMap((candidate) => candidate.permissions));
  const wanted = short
    .filter(({ usable }) => usable.every((permission) => granted.has(permission)))
    .flatMap(({ usable }) => usable);
  return mergedEntries(chooseCandidates(accepted, new Set(wanted)), compiler);
}

/** A grant is for one resource: many of them in place of a list would be neither shorter nor clearer. */
const MAX_RESOURCES = 20;

function isShort({ normal: { resources } }: RoleStatement): boolean {
  return resources === null || resources.values.length <= MAX_RESOURCES;
}

/** The permission for logs of the first group or prefix that has one, for tracing and for the network. */
function ownCandidates(
  { functionArn, functionName, logGroups, facts }: FunctionFacts & { readonly facts: LiveFacts },
  compiler: CandidateCompiler,
  isLive: (candidate: GrantCandidate) => boolean,
): readonly GrantCandidate[] {
  const groups = logGroups.flatMap((group) =>
    [true, false].map((create) => compiler.logs({ group, create })),
  );
  const prefixes = facts
    .logGroupPrefixes()
    .filter((groupPrefix) => beginsLogGroup(groupPrefix, functionName))
    .flatMap((groupPrefix) => CREATIONS.map((creation) => compiler.prefixLogs({ groupPrefix, ...creation })));
  const logs = [...groups, ...prefixes].find(isLive);
  const others = [compiler.tracing(), compiler.vpc(functionArn)].filter(isLive);
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
  { context }: CandidateCompiler,
): Proof {
  const all = (statements: readonly Statement[]): RolePermissions =>
    onlyDocument({ from: { kind: "other", name: "policies" }, text: documentText(statements) }, context);
  const [before, after] = [all(statementsOf(live)), all(declared)];
  const comparer = new Comparer();
  const narrower = provedWithin(after, before, comparer);
  return narrower.kind === "proved" ? provedWithin(before, after, comparer) : narrower;
}

function permissionsOfAll(statements: readonly RoleStatement[]): ReadonlySet<CanonicalPermission> {
  return new Set(statements.flatMap(({ permissions }) => permissions));
}

function statementsOf(live: readonly RoleStatement[]): readonly Statement[] {
  return live.map(({ statement }) => statement);
}
