import { withheldOf } from "../inputs/withheld.ts";
import { removalInput } from "./delete.ts";
import { isOpen } from "../../iam/risk/access.ts";
import { statementFingerprint } from "../../iam/compare/equivalence.ts";
import { callerSidPrefix } from "../../iam/compare/sid.ts";
import { readStatement } from "../../iam/read/statement.ts";
import { RESOURCE_POLICY_SIZE } from "../../iam/read/quotas.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { isVersion } from "../../diff/drift/first-read.ts";
import { danglingStatement, type DanglingStatement } from "../../diff/callers/dangling.ts";
import { appliedBinding } from "../../diff/drift/drift.ts";
import { ownerOf } from "../../diff/drift/ownership.ts";
import { callerText } from "../../diff/callers/statements.ts";
import { functionArn, functionInArn } from "../../model/aws/arn.ts";
import { turnedDelta } from "../../model/delta.ts";
import type { Drift } from "../../model/drift.ts";
import type { LiveFunction } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import {
  draftOf,
  EMPTY_PART,
  joinParts,
  withheldPart,
  type Draft,
  type Part,
  approvalPart,
} from "../order/draft.ts";
import { graceEndMs, isExposure, seenAtFirst } from "../inputs/exposure.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";
import { readPermission } from "../../iam/read/add-permission.ts";
import { isObject } from "../../text/json-values.ts";

type MissingDrift = ReturnType<typeof driftsOf<"statement-missing">>[number];

/** The function's callers: each qualifier has its own policy, changed statement by statement. */
export function planCallers(scope: BindingScope, found: LiveFunction): Part {
  const missing = driftsOf(scope.drifts, "statement-missing");
  const all = driftsOf(scope.drifts, "statement-extra");
  const refused = undeclarable(all, scope);
  const extra = refused.length === 0 ? all : all.filter((drift) => !isKept(drift, scope));
  const qualifiers = [...new Set([...missing, ...extra].map((drift) => drift.change.qualifier ?? ""))].sort();
  const parts = qualifiers.map((qualifier) => {
    const here = (drift: MissingDrift | ExtraDrift): boolean => (drift.change.qualifier ?? "") === qualifier;
    return planQualifier(
      { scope, found, qualifier },
      { missing: missing.filter(here), extra: extra.filter(here) },
    );
  });
  return joinParts([...parts, withheldPart(...refused)]);
}

/** A function and one of its qualifiers; "" for the unqualified function. */
interface QualifierScope {
  readonly scope: BindingScope;
  readonly found: LiveFunction;
  readonly qualifier: string;
}

interface Differences {
  readonly missing: readonly MissingDrift[];
  readonly extra: readonly ExtraDrift[];
}

function planQualifier(at: QualifierScope, { missing, extra }: Differences): Part {
  const removals = joinParts(extra.map((drift) => planExtra(drift, at.scope, missing.length > 0)));
  const isFirst = ({ endsExposure, step }: Draft): boolean => endsExposure || step === FIRST;
  const first = removals.drafts.filter(isFirst);
  const obstacle = missing.length === 0 ? null : obstacleTo(at, missing);
  if (obstacle !== null) return joinParts([{ ...removals, drafts: first }, withheldPart(obstacle)]);
  const additions = missing.map((drift) => addStatement(drift, at.scope));
  const later = removals.drafts.filter((draft) => !isFirst(draft));
  return { ...removals, drafts: [...first, ...additions, ...later] };
}

/** The step of removals that come before additions. */
const FIRST = "restore";

/** The reason why nothing can be added; then nothing is removed either. */
function obstacleTo(
  { scope: { binding }, found, qualifier }: QualifierScope,
  missing: readonly MissingDrift[],
): Withheld | null {
  const held = withheldOf(functionArn(binding, binding.functionName, qualifier === "" ? null : qualifier));
  if (!qualifierExists(found, qualifier))
    return held("dependency", `${found.name} has no alias or version "${qualifier}" yet`);
  const policy = found.policies.get(qualifier);
  const now = policy?.kind === "present" ? policy.value.text.length : 0;
  const size = missing.reduce((sum, drift) => sum + (drift.desired ?? "").length + 1, now);
  if (size <= RESOURCE_POLICY_SIZE) return null;
  const reason = `the resource policy would have about ${size} of ${RESOURCE_POLICY_SIZE} characters`;
  return held("quota", reason, "declare fewer callers, or one caller with a wider source");
}

function qualifierExists(found: LiveFunction, qualifier: string): boolean {
  if (qualifier === "" || found.aliases.kind !== "present") return true;
  if (found.aliases.value.some((alias) => alias.name === qualifier)) return true;
  if (found.versions.kind !== "present") return /^\d+$/.test(qualifier);
  return found.versions.value.some((version) => version.version === qualifier);
}

function addStatement(drift: MissingDrift, scope: BindingScope): Draft {
  const { sid, qualifier } = drift.change;
  const caller = scope.binding.callers.find((one) => one.sid === sid && one.qualifier === qualifier);
  if (caller === undefined) throw new Error(`no caller has the Sid "${sid}"`);
  const text = callerText(caller);
  return draftOf({
    step: "add",
    call: "lambda:AddPermission",
    input: { ...caller.input },
    target: drift.subject,
    before: null,
    after: text,
    cause: drift.cause,
    origin: caller.origin,
    delta: turnedDelta(drift.delta),
  });
}

function planExtra(drift: ExtraDrift, scope: BindingScope, addsCallers: boolean): Part {
  const { sid, ours, danger } = drift.change;
  const { undeclaredCallers } = scope.binding;
  if (!ours && undeclaredCallers === "report" && !isOpen(danger)) return EMPTY_PART;
  if (sid === null) return withheldPart(withoutSid(drift));
  const named: NamedExtra = { drift, sid };
  if (ours) return planOurs(named, scope);
  if (isExposure(drift, scope.context))
    return drafted(removal(named, scope, { step: "restore", endsExposure: true }));
  const dangling = danglingOf(drift, scope);
  // AWS adds no statement to a policy that names a deleted principal, so that statement is removed first.
  const step = dangling !== null && addsCallers ? FIRST : "remove";
  if (dangling?.isDead === true) return drafted(removal(named, scope, { step }));
  const removed = removal(named, scope, { step, notBeforeMs: graceEndMs(drift, scope.context) });
  const reason = reasonToAsk(named, scope);
  if (reason === null) return drafted(removed);
  const kind = isRestriction(drift) ? "restriction-added" : "approval-needed";
  const fix = "approve its removal, or add it to Git";
  return approvalPart({ kind, subject: drift.subject, reason, fix }, [removed]);
}

function danglingOf(drift: ExtraDrift, { binding }: BindingScope): DanglingStatement | null {
  return danglingStatement(readStatement(statementOf(drift), documentContext(binding, "resource")));
}

/** The statement as AWS has it. */
function statementOf({ live }: ExtraDrift): unknown {
  return JSON.parse(live ?? "null");
}

function drafted(draft: Draft): Part {
  return { ...EMPTY_PART, drafts: [draft] };
}

/** A statement that can be removed by its Sid. */
interface NamedExtra {
  readonly drift: ExtraDrift;
  readonly sid: string;
}

/** A statement of ours that Git no longer declares, or that was changed under our Sid. */
function planOurs({ drift, sid }: NamedExtra, scope: BindingScope): Part {
  const prefix = callerSidPrefix(scope.context.instance, ownerOf(scope.binding));
  const context = documentContext(scope.binding, "resource");
  const fingerprint = statementFingerprint(statementOf(drift), context);
  const tampered = !fingerprint.startsWith(sid.slice(prefix.length));
  return drafted(
    removal({ drift, sid }, scope, tampered ? { step: "restore", endsExposure: true } : { step: "remove" }),
  );
}

/** The reason why the removal needs an approval; null: it needs none. */
function reasonToAsk({ drift, sid }: NamedExtra, scope: BindingScope): string | null {
  if (isRestriction(drift)) return `statement "${sid}" has a Deny: a restriction added outside Git`;
  if (drift.ofFirstRead === true) return firstReadText({ drift, sid });
  const wasReported = appliedBinding(scope.context)?.undeclaredCallers === "report";
  if (!wasReported && !seenAtFirst(drift, scope.context)) return null;
  if (drift.change.danger === "public")
    return `removes public statement "${sid}", older than the first applied revision`;
  if (drift.change.danger === "takeover")
    return `statement "${sid}" lets others do more than call the function, and is older than the first applied revision`;
  return `statement "${sid}" is not in Git and is older than the setting that removes undeclared callers`;
}

/** Its age is not known. */
function firstReadText({ drift: { change }, sid }: NamedExtra): string {
  const statement = change.danger === "public" ? "public statement" : "statement";
  const on = isVersion(change.qualifier ?? "") ? "version" : "alias";
  return `${statement} "${sid}" on ${on} ${change.qualifier ?? ""} is not in Git, and it was there when the policy of the ${on} was first read`;
}

/** A Deny, or what may be one. */
function isRestriction(drift: ExtraDrift): boolean {
  const statement = statementOf(drift);
  return !isObject(statement) || statement["Effect"] !== "Allow";
}

function withoutSid({ subject, live }: Drift): Withheld {
  const at = functionInArn(subject);
  return {
    kind: "not-in-this-version",
    subject,
    reason: `a statement without a Sid is not in Git, and RemovePermission can't remove it: ${live ?? ""}`,
    fix: `aws lambda get-policy --region ${at?.region ?? ""} --function-name ${at?.name ?? ""}   then restore the policy without it`,
  };
}

function removal(
  { drift, sid }: NamedExtra,
  scope: BindingScope,
  options: Pick<Draft, "step"> & Partial<Draft>,
): Draft {
  return draftOf({
    ...options,
    call: "lambda:RemovePermission",
    input: removalInput(scope.binding, sid, drift.change.qualifier),
    target: drift.subject,
    before: drift.live,
    after: null,
    cause: drift.cause,
    destructive: true,
    delta: turnedDelta(drift.delta),
  });
}

export type ExtraDrift = ReturnType<typeof driftsOf<"statement-extra">>[number];

/**
 * The statements because of which `undeclaredCallers: remove` is not carried out: live, not in Git, and in a form that no
 * manifest can declare. Removing them would revoke access that no manifest could keep. They keep the function's
 * other undeclared callers too, until an operator has decided; what opens the function is removed all the same.
 */
export function undeclarable(extra: readonly ExtraDrift[], scope: BindingScope): readonly Withheld[] {
  if (scope.binding.undeclaredCallers !== "remove") return [];
  return extra.filter((drift) => isKept(drift, scope)).flatMap((drift) => withheldFor(drift) ?? []);
}

/** Removed only because it is not in Git. */
function isKept(drift: ExtraDrift, scope: BindingScope): boolean {
  const { ours, danger } = drift.change;
  return !ours && !isOpen(danger) && danglingOf(drift, scope) === null;
}

function withheldFor(drift: ExtraDrift): Withheld | null {
  const { subject, change } = drift;
  const statement = statementOf(drift);
  const reading = readPermission(isObject(statement) ? statement : {}, subject);
  if (reading.kind === "permission") return null;
  const why = reading.faults[0]?.message ?? "it has no principal and action";
  const name = change.sid === null ? "a statement without a Sid" : `statement "${change.sid}"`;
  return {
    kind: "not-in-this-version",
    subject,
    reason: `undeclaredCallers: remove is not carried out: no manifest can declare ${name} (${why})`,
    fix: `set undeclaredCallers: report, or remove the statement: ${removalOf(subject, change)}`,
  };
}

function removalOf(subject: string, { sid, qualifier }: ExtraDrift["change"]): string {
  const { region = "", name = "" } = functionInArn(subject) ?? {};
  const at = `--region ${region} --function-name ${name}`;
  if (sid === null) return `aws lambda get-policy ${at}   then restore the policy without it`;
  const alias = qualifier === null ? "" : ` --qualifier ${qualifier}`;
  return `aws lambda remove-permission ${at} --statement-id ${sid}${alias}`;
}
