import { type Key, targetText } from "../../model/keys/key.ts";
import { RoleChecks } from "../../guard/context/role-checks.ts";
import { Comparer } from "../../iam/compare/comparer.ts";
import type { GuardContext } from "../../guard/context/context.ts";
import { guardIndex } from "../../guard/context/guard-index.ts";
import { judgeDesired } from "../../guard/judge-desired.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { AccessRequest } from "../../iam/evaluate/request.ts";
import type { ShippedPolicies } from "../../iam/shipped-policies.ts";
import { hasContent } from "../../text/yaml/chunks.ts";
import { compileSteps, type CompileContext } from "../../manifest/compile/compile.ts";
import { grantsWith } from "../../manifest/covering/covering-grants.ts";
import { leavesOut } from "../../manifest/grants/catalogue.ts";
import { originOfKey, placeOfDocument } from "../../text/located/located.ts";
import { filesWithOnly, withSpec } from "../../manifest/parse/changed-spec.ts";
import type { AwsAccount, FunctionPermission, ParsedFile } from "../../manifest/parse/parsed.ts";
import type { Desired, DesiredBinding } from "../../model/desired.ts";
import { isBlocking, type Finding } from "../../model/finding.ts";
import type { Steps } from "../../model/values/steps.ts";
import type { AccessAnswer, ProposedLines } from "../../model/answers/why.ts";
import type { Origin } from "../../model/values/origin.ts";
import { answerOf, ownDecision } from "./answer.ts";
import {
  grantCandidates,
  renewed,
  statementCandidate,
  type Candidate,
  type CandidateInputs,
} from "./candidates.ts";
import { newAccess } from "./new-access.ts";
import { declaredPolicies, type GitReading, type RolePolicies } from "./role-policies.ts";
import { flowText } from "../../text/yaml/flow-text.ts";

/** The inputs of the search for a fix: a revision, and the context to compile and judge it. */
export interface FixInputs extends GitReading {
  readonly files: readonly ParsedFile[];
  readonly desired: Desired;
  readonly compile: CompileContext;
  readonly actionData: ActionData;
  /** null if no AWS-managed policy is judged. */
  readonly shipped: ShippedPolicies | null;
  readonly nowMs: number;
}

interface LackingAccess {
  readonly binding: DesiredBinding;
  readonly request: AccessRequest;
  /** The grant or statement that would allow the request if it had not ended. */
  readonly expiredPath: string | null;
}

/** null if no change of the function's own manifest was found that helps. */
export function* findFix(
  { binding, request, expiredPath }: LackingAccess,
  context: FixInputs,
): Steps<ProposedLines | null> {
  const inputs = candidateInputs(binding, request, context);
  if (inputs === null) return null;
  const renewal = expiredPath === null ? null : renewed(inputs, expiredPath);
  const targets = othersOf(binding, context).length + 1;
  const candidates = [
    ...(renewal === null ? [] : [renewal]),
    ...grantCandidates(inputs),
    // An action that is not in AWS's data is a typing error, or too new for the guard.
    ...(context.actionData.find(request.action) === undefined ? [] : [statementCandidate(inputs, targets)]),
  ];
  for (const candidate of candidates) {
    const tried = yield* tryOut(candidate, inputs, context);
    if (tried !== null && isProved(tried, request, context))
      return fixOf(candidate, tried, { request, inputs, context });
  }
  return null;
}

/** Grants that have the action on a resource that the request does not name: `states: allow: [callback]`. */
export function grantHints(action: string): readonly string[] {
  return grantsWith(action).map(({ grant, verbs }) =>
    verbs.length === 0 ? grant : `${grant} with allow: [${verbs.join("] or [")}]`,
  );
}

function candidateInputs(
  binding: DesiredBinding,
  { action, resource, context: requestContext }: AccessRequest,
  context: FixInputs,
): CandidateInputs | null {
  const manifest = manifestOf(binding, context.files);
  if (manifest === undefined) return null;
  const isOne = othersOf(binding, context).length === 0;
  return {
    manifest,
    binding,
    missing: { action, resource, context: requestContext },
    variables: isOne ? {} : variablesOf(binding, context.files),
  };
}

function manifestOf(
  { origin, name }: DesiredBinding,
  files: readonly ParsedFile[],
): FunctionPermission | undefined {
  return files
    .filter(({ path }) => path === origin.file)
    .flatMap(({ documents }) => documents)
    .find(
      (document): document is FunctionPermission =>
        document.kind === "FunctionPermission" &&
        document.name === name &&
        placeOfDocument(document.located).line === origin.line,
    );
}

function variablesOf(
  { account }: DesiredBinding,
  files: readonly ParsedFile[],
): Readonly<Record<string, string>> {
  const declared = files
    .flatMap(({ documents }) => documents)
    .find((document): document is AwsAccount => document.kind === "AwsAccount" && document.name === account);
  return declared?.spec.vars ?? {};
}

function othersOf(
  binding: DesiredBinding,
  { desired }: Pick<FixInputs, "desired">,
): readonly DesiredBinding[] {
  return [...desired.bindings.values()].filter(
    ({ namespace, name, key }) =>
      namespace === binding.namespace && name === binding.name && key !== binding.key,
  );
}

interface Search {
  readonly request: AccessRequest;
  readonly inputs: CandidateInputs;
  readonly context: FixInputs;
}

interface TrialInputs {
  readonly binding: DesiredBinding;
  readonly desired: Desired;
}

/** The fixed manifest, compiled; null if it is refused, in this or another of its accounts. */
function* tryOut(
  candidate: Candidate,
  { manifest, binding }: CandidateInputs,
  context: FixInputs,
): Steps<TrialInputs | null> {
  const fixed = withSpec(manifest, candidate.members);
  if (fixed === null) return null;
  const files = filesWithOnly(context.files, manifest, fixed);
  const { desired } = yield* compileSteps(files, context.compile);
  const before = [binding, ...othersOf(binding, context)];
  const after = desired.bindings.get(binding.key);
  if (after === undefined || before.some(({ key }) => !desired.bindings.has(key))) return null;
  return { binding: after, desired };
}

/** By the function's own policies. Its boundary is the platform's responsibility and is reported separately. */
function isProved({ binding, desired }: TrialInputs, request: AccessRequest, reading: FixInputs): boolean {
  const policies: RolePolicies = { ...declaredPolicies(binding, desired, reading), boundary: null };
  return ownDecision(policies, request).kind === "allowed";
}

function fixOf(
  candidate: Candidate,
  { binding, desired }: TrialInputs,
  { request, inputs, context }: Search,
): ProposedLines {
  const { kind, grant, verb, path } = candidate;
  const { manifest } = inputs;
  const origin = originOfKey(manifest, path);
  const left = grant === null || verb === null ? null : leavesOut(grant, verb);
  const others = othersOf(binding, context);
  const keys = [binding, ...others].map(({ key }) => key);
  const refused = refusedIn(keys, desired, context);
  const known = new Set(refusedIn(keys, context.desired, context).map(breachText));
  const before = refused.filter((finding) => known.has(breachText(finding)));
  return {
    kind,
    ...wording(candidate, lineOf(origin, manifest)),
    edit: candidate.edit,
    grant,
    verb,
    file: context.fileName(origin.file),
    line: origin.line,
    column: origin.column,
    path: origin.path,
    answer: answerWith(binding, desired, { request, context }),
    guard: { verdict: refused.length === 0 ? "passes" : "refused", findings: refused, before },
    access: newAccess(inputs.binding, binding),
    also: others.map(targetText),
    notes: left === null ? [] : [left],
  };
}

function answerWith(
  binding: DesiredBinding,
  desired: Desired,
  { request, context }: { readonly request: AccessRequest; readonly context: FixInputs },
): AccessAnswer {
  return answerOf(declaredPolicies(binding, desired, context), request, context.actionData);
}

/** In a flow list (in brackets) an entry has no dash. */
function wording(
  { what, lines, entry, path }: Candidate,
  line: string,
): Pick<ProposedLines, "what" | "lines"> {
  if (entry === null || /^\s*-\s/.test(line)) return { what, lines };
  return { what: `write in this list of ${String(path[1])}, as a further entry`, lines: [flowText(entry)] };
}

/** The line in the file: a document begins with its first content. */
function lineOf({ line }: Origin, { sourceText, located }: FunctionPermission): string {
  const lines = sourceText.split("\n");
  const begin = lines.findIndex(hasContent);
  return lines[begin + line - placeOfDocument(located).line] ?? "";
}

function breachText({ rule, evidence }: Finding): string {
  return `${rule} ${evidence}`;
}

/** The author of the lines is not known. */
const NO_AUTHORS: GuardContext["authors"] = new Map();

/** Over every target of the document, since the lines apply to each: what is correct in one account may be refused in another. */
function refusedIn(keys: readonly Key[], desired: Desired, context: FixInputs): readonly Finding[] {
  const found = keys
    .flatMap((key) => desired.bindings.get(key) ?? [])
    .flatMap((binding) => refusedBy(binding, desired, context));
  return [...new Map(found.map((finding) => [breachText(finding), finding])).values()];
}

function refusedBy(
  binding: DesiredBinding,
  desired: Desired,
  { actionData, shipped, nowMs }: FixInputs,
): readonly Finding[] {
  const account = desired.accounts.get(binding.accountId);
  if (account === undefined) throw new Error(`${binding.key} was compiled without its account`);
  const comparer = new Comparer();
  const roleChecks = new RoleChecks();
  const index = guardIndex({ desired, live: null, judged: [binding], roleChecks });
  const facts = { desired, live: null, account, actionData, shipped, index, nowMs, comparer, roleChecks };
  const context = { ...facts, authors: NO_AUTHORS, defaults: null };
  const findings = judgeDesired(binding, context);
  return findings.filter(isBlocking);
}
