import type { CompiledStatement, DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { JsonObject } from "../../model/values/json.ts";
import type { Statement, StringOrList } from "../../model/aws/policy-document.ts";
import { toList } from "../../text/json-values.ts";
import type { Finding } from "../../model/finding.ts";
import type { GuardRule } from "../../model/rules/guard-rules.ts";
import type { GuardContext, RoleView } from "../context/context.ts";
import type { Remedy } from "./remedy.ts";

export function listed(element: StringOrList | undefined): readonly string[] {
  return element === undefined ? [] : toList(element);
}

/**
 * A rule with one answer for each statement, null for nearly every one. Lists of statements and callers without a list for
 * each member, as `flatMap` makes, are a fifteenth of judging.
 */
export function eachStatement(
  statements: readonly CompiledStatement[],
  judge: (compiled: CompiledStatement) => Breach | null,
): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const compiled of statements) {
    const breach = judge(compiled);
    if (breach !== null) breaches.push(breach);
  }
  return breaches;
}

function statementText(statement: Statement): string {
  return canonicalText(statement as unknown as JsonObject);
}

export function breachOf(
  rule: string,
  { statement, origin }: Pick<CompiledStatement, "statement" | "origin">,
  text: Pick<Finding, "why" | "fix" | "part">,
): Breach {
  return { rule, severity: "full", origin, evidence: statementText(statement), ...text };
}

/** `Resource[1]`: the second resource of the statement. */
export function resourcePart(at: number): string {
  return `Resource[${at}]`;
}

/** The statement with one of its resources: what differs in another one is no part of the breach. null: with all of them. */
export function withResource<Compiled extends Pick<CompiledStatement, "statement">>(
  compiled: Compiled,
  at: number | null,
): Compiled {
  const resource = at === null ? undefined : listed(compiled.statement.Resource)[at];
  return resource === undefined
    ? compiled
    : { ...compiled, statement: { ...compiled.statement, Resource: resource } };
}

/** One place that breaks a rule. */
export interface Breach extends Pick<Finding, "rule" | "origin" | "evidence" | "part" | "why" | "fix"> {
  /** `full`: as severe as the rule; `warn` if something else limits the breach. */
  readonly severity: "full" | "warn";
  /** Only if exactly one change of the manifest ends it. */
  readonly remedy?: Remedy;
}

export interface Rule {
  /** The members of the family have ids of their own: `ESC-PassRole`. */
  readonly id: GuardRule | "ESC-*";
  readonly severity: Finding["severity"];
  /** Skipped offline. */
  readonly needsLive: boolean;
  /** Which breaches it finds depends on profiles or on the authors of a change. */
  readonly readsProfiles: boolean;
  readonly judgeBinding: ((binding: DesiredBinding, context: GuardContext) => readonly Breach[]) | null;
  readonly judgePolicy: ((policy: DesiredPolicy, context: GuardContext) => readonly Breach[]) | null;
  /** For all documents of a role together: of a binding, and of each role that attaches a ManagedPolicy. */
  readonly judgeRole: ((view: RoleView, context: GuardContext) => readonly RoleBreach[]) | null;
}

/** A breach of the entire role, with the documents that cause it. */
export interface RoleBreach {
  readonly breach: Breach;
  /** `inline grantkeeper` and ARNs of attached policies. */
  readonly from: readonly string[];
}
