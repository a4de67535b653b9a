import { actionNameOf } from "../../model/aws/action-name.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { AccessRequest } from "../../iam/evaluate/request.ts";
import { didYouMean } from "../../text/nearest-name.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { StatementOrigin } from "../../iam/attached-document.ts";
import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import type { Steps } from "../../model/values/steps.ts";
import type { Tag } from "../../model/aws/tag.ts";
import type { LiveAccount, LiveFunction, LiveRole, Reading } from "../../model/live.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import type { AccessAnswer, LiveAccess, WhyAnswer } from "../../model/answers/why.ts";
import { byKey } from "../../text/order.ts";
import { answerOf, ownDecision } from "./answer.ts";
import { isAbout } from "./find-function.ts";
import { findFix, grantHints, type FixInputs } from "./fix.ts";
import { requestOf, type AskingFunction, type Question } from "./question.ts";
import { declaredPolicies, livePolicies, type RolePolicies } from "./role-policies.ts";
import { targetText } from "../../model/keys/key.ts";

/** The role that the function has in AWS, and its policies, as they were read. */
export interface LiveInputs {
  readonly policies: RolePolicies;
  readonly role: { readonly arn: string; readonly tags: readonly Tag[] };
  readonly readAtMs: number;
  /** Newer reads fail. */
  readonly failing: LiveAccess["failing"];
  readonly awsText: (arn: string) => string | undefined;
}

interface LiveReading {
  readonly binding: AskingFunction;
  /** The place in Git of the declared statements; null: no manifest declares the function. */
  readonly ofGit: StatementOrigin | null;
  readonly found: Reading<LiveFunction>;
  /** The role that the function runs on. */
  readonly roleOf: (arn: string) => Reading<LiveRole>;
  readonly account: LiveAccount;
}

/** The role and its policies as AWS has them; a sentence if they were not read. */
export function liveInputs({ binding, ofGit, found, roleOf, account }: LiveReading): LiveInputs | string {
  if (found.kind === "unknown") return found.reason;
  if (found.kind === "absent")
    return `there is no function ${binding.functionName} in ${binding.account}/${binding.region}`;
  const { roleArn } = found.value;
  const role = roleOf(roleArn);
  if (role.kind === "unknown") return role.reason;
  if (role.kind === "absent") return `the function's role ${roleArn} does not exist`;
  return {
    policies: livePolicies({ role: role.value, account, at: binding }, ofGit),
    role: { arn: roleArn, tags: role.value.tags },
    readAtMs: account.observedAtMs,
    failing: null,
    awsText: (arn) => managedText(arn, account),
  };
}

export interface WhyCase {
  readonly question: Question;
  /** AWS's message, if the question was taken from one. */
  readonly reported: ReportedDenial | null;
  /** A sentence if there is no conclusion; null if the question is not about AWS. */
  readonly live: LiveInputs | string | null;
  /** Why no valid manifest declares the function; null: one does. */
  readonly notDeclared: string | null;
}

/** The answer by Git, by AWS, and the lines that would allow it. */
export function* whyAnswer(
  { question: ownQuestion, reported, live: inputs, notDeclared }: WhyCase,
  context: FixInputs,
): Steps<WhyAnswer> {
  const { actionData, nowMs } = context;
  const { binding } = ownQuestion;
  // Callers may write the action in any case: use AWS's spelling.
  const question = {
    ...ownQuestion,
    action: actionData.find(ownQuestion.action)?.action ?? ownQuestion.action,
  };
  const request = requestOf(question, binding.role, nowMs);
  const live = inputs === null ? null : liveAccess(question, inputs, context);
  const reading: FixInputs =
    inputs === null || typeof inputs === "string" ? context : { ...context, awsText: inputs.awsText };
  const policies = declaredPolicies(binding, context.desired, reading);
  const git = gitAnswer({ policies, request, reported, notDeclared }, actionData);
  const lacking =
    notDeclared === null ? lackOf(git, ownDecision({ ...policies, boundary: null }, request)) : null;
  const fix = lacking === null ? null : yield* findFix({ binding, request, ...lacking }, reading);
  const about = { binding, request, reported, git, live, fix };
  return {
    answer: verdictOf(about),
    target: targetText(binding),
    key: binding.key,
    function: binding.functionName,
    role: binding.role.arn,
    boundary: binding.role.boundary?.arn ?? null,
    action: request.action,
    resource: request.resource,
    context: Object.fromEntries([...request.context].sort(byKey)),
    askedAt: new Date(nowMs).toISOString(),
    reported,
    git,
    live,
    fix,
    notes: notesOn(about, lacking !== null, actionData),
  };
}

interface GitQuestion extends Pick<WhyCase, "reported" | "notDeclared"> {
  readonly policies: RolePolicies;
  readonly request: AccessRequest;
}

function gitAnswer(
  { policies, request, reported, notDeclared }: GitQuestion,
  actionData: ActionData,
): AccessAnswer {
  if (notDeclared !== null) return unknownAnswer(notDeclared);
  return isNoAction(reported, request, actionData)
    ? noAction(request, actionData)
    : answerOf(policies, request, actionData);
}

function unknownAnswer(reason: string): Extract<AccessAnswer, { readonly kind: "unknown" }> {
  return { kind: "unknown", reason, nearest: null, grantHelps: false };
}

/** The answer by the state in AWS. */
export function liveAccess(
  question: Question<AskingFunction>,
  inputs: LiveInputs | string,
  { nowMs, actionData }: Pick<FixInputs, "nowMs" | "actionData">,
): LiveAccess {
  if (typeof inputs === "string")
    return { ...unknownAnswer(inputs), role: null, readAt: null, failing: null };
  const { policies, role, readAtMs, failing } = inputs;
  const request = requestOf(question, role, nowMs);
  const readAt = new Date(readAtMs).toISOString();
  return { ...answerOf(policies, request, actionData), role: role.arn, readAt, failing };
}

/** The event's name is not an action, and no message names the missing one. */
function isNoAction(
  reported: ReportedDenial | null,
  { action }: AccessRequest,
  actionData: ActionData,
): boolean {
  return reported?.deniedBy === "unknown" && actionData.find(action) === undefined;
}

function noAction({ action }: AccessRequest, { snapshotDate }: ActionData): AccessAnswer {
  const reason = `AWS's data of ${snapshotDate} has no action ${action}: use the action that the call needs`;
  return { kind: "unknown", reason, nearest: null, grantHelps: false };
}

/** What a grant would have to allow, apart from the boundary; null if none is missing or none would help. */
function lackOf(
  git: AccessAnswer,
  own: ReturnType<typeof ownDecision>,
): { readonly expiredPath: string | null } | null {
  if (own.kind !== "denied" || own.cause === "explicit") return null;
  if (git.kind === "unknown" && !git.grantHelps) return null;
  const { nearest } = own;
  const hasEnded =
    nearest?.failed.every((part) => part.kind === "condition" && part.key === "aws:currenttime") === true;
  return { expiredPath: hasEnded ? (nearest.statement.origin?.path ?? null) : null };
}

/** Policies outside Git: no grant fixes their denials. */
const OUTSIDE: ReadonlySet<ReportedDenial["deniedBy"]> = new Set([
  "service control policy",
  "resource control policy",
  "session policy",
  "resource policy",
  "trust policy",
  "VPC endpoint policy",
]);

export function isDeniedOutside({ reported }: Pick<WhyAnswer, "reported">): boolean {
  return reported !== null && OUTSIDE.has(reported.deniedBy);
}

/** The grant exists or can be added, and the boundary limits it. */
export function isDeniedByBoundary(answer: AccessAnswer): boolean {
  if (answer.kind !== "denied") return false;
  return answer.cause === "explicit" ? answer.by.layer === "boundary" : answer.layer === "boundary";
}

/** The overall answer: AWS's state if it was read, else Git's. A denial that AWS reported from elsewhere remains a denial. */
function verdictOf({ git, live, ...rest }: Pick<About, "git" | "live" | "reported">): AccessAnswer["kind"] {
  const answer = (live ?? git).kind;
  return answer === "allowed" && isDeniedOutside(rest) ? "denied" : answer;
}

interface About extends Pick<WhyAnswer, "reported" | "git" | "live" | "fix"> {
  readonly binding: DesiredBinding;
  readonly request: AccessRequest;
}

function notesOn(about: About, isLacking: boolean, actionData: ActionData): readonly string[] {
  return [
    ...nameNotes(about.request, actionData),
    ...placeNotes(about),
    ...(isLacking ? lackNotes(about) : []),
  ];
}

function nameNotes({ action, resource }: AccessRequest, actionData: ActionData): readonly string[] {
  const { service: prefix } = actionNameOf(action.toLowerCase());
  const facts = actionData.find(action);
  const data = `AWS's data of ${actionData.snapshotDate}`;
  if (facts === undefined) {
    if (!actionData.knowsService(prefix)) return [`${data} has no service ${prefix}`];
    const names = actionData.actionNames(prefix).map((name) => `${prefix}:${name}`);
    return [`${data} has no action ${action}${didYouMean(action, names)}`];
  }
  return facts.wildcardOnly && resource !== "*" ? [`${facts.action} takes no resource: ask with *`] : [];
}

function placeNotes({ git, reported, binding, live }: About): readonly string[] {
  const target = targetText(binding);
  const notes: string[] = [];
  if (reported !== null && !isAbout(reported, binding))
    notes.push(`AWS's message is about ${reported.caller ?? "another principal"}, not about this function`);
  if (git.kind === "denied" && git.cause === "explicit" && git.by.layer === "identity")
    notes.push("a Deny overrides every grant: change that statement, or meet its condition");
  if (reported !== null && isDeniedOutside({ reported })) {
    notes.push(`the ${reported.deniedBy} that denied it is not in Git: ask its owner`);
  } else if (reported !== null && git.kind === "allowed" && live === null) {
    notes.push(
      `Git allows what AWS refused: --live shows the state in AWS, grantkeeper describe ${target} shows the reason`,
    );
  }
  return live === null ? notes : [...notes, ...liveNotes(live, git, binding)];
}

function liveNotes(
  { kind, role }: LiveAccess,
  git: AccessAnswer,
  binding: DesiredBinding,
): readonly string[] {
  const target = targetText(binding);
  const notes: string[] = [];
  if (kind === "denied" && git.kind === "allowed")
    notes.push(
      `the declared permission is not in effect in AWS: grantkeeper describe ${target} shows the reason`,
    );
  if (kind === "allowed" && git.kind === "denied")
    notes.push("AWS allows what Git does not declare: this is drift, and ends when it is reverted");
  if (role !== null && role !== binding.role.arn)
    notes.push(`in AWS the function has the role ${role}, Git declares ${binding.role.arn}`);
  return notes;
}

/** Grants that need a resource which the request does not name are only suggested. */
function lackNotes({ request, fix }: About): readonly string[] {
  const hints = grantHints(request.action);
  if (fix !== null && fix.kind !== "add-statement") return [];
  if (fix !== null) return hints.map((hint) => `prefer a grant, if it can name the resource: ${hint}`);
  return hints.length === 0
    ? ["no change of the function's manifest was found that allows it"]
    : [`no change was found that allows this request; ${request.action} is in: ${hints.join("; ")}`];
}
