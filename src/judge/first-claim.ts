import { principalOf } from "../model/aws/principal.ts";
import { documentContext } from "../diff/documents/document-context.ts";
import { readStatements } from "../diff/callers/statements.ts";
import { ownerOf, roleOwnership } from "../diff/drift/ownership.ts";
import type { Member } from "../iam/document.ts";
import { isBinding, type DesiredBinding } from "../model/desired.ts";
import { claimedFunctionOf, type KeyRecord } from "../model/keys/key-record.ts";
import { liveFunction, liveRole, type LiveFunction } from "../model/live.ts";
import { byText } from "../text/order.ts";
import type { JudgeContext } from "./inputs.ts";
import { comparableOf, type Subject } from "./subject.ts";

type ClaimContext = Pick<JudgeContext, "live" | "writes" | "instance" | "history">;

/**
 * A sentence about a live function that the binding declares for the first time, if others use it already: it has
 * callers, or runs on a role that is not the binding's own. null: there is no such claim, or it is not known without a
 * history. The role's owner tag counts as a claim, the inventory does not: it is also kept for a plan that is held.
 */
export function firstClaimOf(subject: Subject, context: ClaimContext): string | null {
  const state = comparableOf(subject);
  if (context.history === null || state === null || !isBinding(state)) return null;
  const { record } = subject;
  if (claimedFunctionOf(record) === state.functionName) return null;
  const found = liveFunction(context.live, state.region, state.functionName);
  if (found.kind !== "present") return null;
  const role = roleUseOf(state, { found: found.value, record, context });
  if (role.kind === "own") return null;
  const callers = callersText(callerNames(state, found.value));
  const uses = [role.kind === "other" ? role.text : null, callers].filter((use) => use !== null);
  return uses.length === 0
    ? null
    : `first claim of function ${state.functionName}, which ${uses.join(" and ")}`;
}

interface Claimed {
  readonly found: LiveFunction;
  readonly record: KeyRecord;
  readonly context: ClaimContext;
}

type LatestRole =
  | { readonly kind: "own" }
  | { readonly kind: "other"; readonly text: string }
  /** The function names the declared role, which does not exist: it is not the role of another owner. */
  | { readonly kind: "missing" };

function roleUseOf(binding: DesiredBinding, { found: { roleArn }, record, context }: Claimed): LatestRole {
  const text = `runs on ${roleArn}`;
  if (roleArn !== binding.role.arn) return { kind: "other", text };
  const role = liveRole(context.live, binding.role.name);
  if (role.kind !== "present") return { kind: "missing" };
  const ownership = roleOwnership(role.value, ownerOf(binding), { ...context, record });
  if (ownership.kind === "ours" || ownership.kind === "tags-lost") return { kind: "own" };
  const why = ownership.kind === "recreated" ? "the role was recreated" : ownership.reason;
  return { kind: "other", text: `${text} (${why})` };
}

/** The principals of every statement that was read, each once. */
function callerNames(binding: DesiredBinding, { policies }: LiveFunction): readonly string[] {
  const dialect = documentContext(binding, "resource");
  const names = [...policies.values()].flatMap((policy) => {
    const read = readStatements(policy, dialect);
    return read.kind === "read" ? read.members.flatMap(principalNames) : [];
  });
  return [...new Set(names)].sort(byText);
}

function principalNames(member: Member): readonly string[] {
  if (member.kind === "opaque" || member.principals === null) return ["a statement that cannot be read"];
  const { values, negated } = member.principals;
  const names = values.map((value) => principalOf(value).value);
  if (negated) return [`anyone but ${names.join(", ")}`];
  return names.map((name) => (name === "*" ? "anyone" : name));
}

const NAMED = 3;

function callersText(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `has callers (${names.slice(0, NAMED).join(", ")}${more})`;
}
