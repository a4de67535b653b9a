import type { ActionData } from "../../iam/action-data.ts";
import type { AccessRequest } from "../../iam/evaluate/request.ts";
import { didYouMean } from "../../text/nearest-name.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { ReportedDenial } from "../../model/reported-denial.ts";
import type { Steps } from "../../model/steps.ts";
import type { Tag } from "../../model/tag.ts";
import type { AccessAnswer, LiveAccess, ProposedLines, WhyAnswer } from "../../model/why.ts";
import { byKey } from "../../text/order.ts";
import { answerOf, ownDecision } from "./answer.ts";
import { isAbout } from "./find-function.ts";
import { findFix, grantHints, type FixInputs } from "./fix.ts";
import { requestOf, type Question } from "./question.ts";
import { gitStanding, type Standing } from "./standing.ts";
import { targetText } from "../../model/target-text.ts";

/** The role that the function has in AWS, and its policies, as they were read. */
export interface LiveGround {
  readonly standing: Standing;
  readonly role: { readonly arn: string; readonly tags: readonly Tag[] };
  readonly readAtMs: number;
  /** Newer reads fail. */
  readonly failing: LiveAccess["failing"];
  readonly awsText: (arn: string) => string | undefined;
}

export interface Asked {
  readonly question: Question;
  /** What AWS said, where the question came from there. */
  readonly reported: ReportedDenial | null;
  /** A sentence where nothing could be concluded; null where AWS is not asked about. */
  readonly live: LiveGround | string | null;
  /** Why nothing of the function is declared that counts; null: its manifest is valid. */
  readonly notDeclared: string | null;
}

/** The answer by Git, by AWS, and the lines that would allow it. */
export function* whyAnswer(
  { question: asked, reported, live: ground, notDeclared }: Asked,
  context: FixInputs,
): Steps<WhyAnswer> {
  const { actionData, nowMs } = context;
  const { binding } = asked;
  // AWS's messages and its data spell an action as one does who writes it.
  const question = { ...asked, action: actionData.find(asked.action)?.action ?? asked.action };
  const request = requestOf(question, binding.role, nowMs);
  const live = ground === null ? null : liveAccess(question, ground, context);
  const reading: FixInputs =
    ground === null || typeof ground === "string" ? context : { ...context, awsText: ground.awsText };
  const standing = gitStanding(binding, context.desired, reading);
  const git = gitAnswer({ standing, request, reported, notDeclared }, actionData);
  const lacking =
    notDeclared === null ? lackOf(git, ownDecision({ ...standing, boundary: null }, request)) : null;
  const fix = lacking === null ? null : yield* findFix(binding, request, lacking, reading);
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

interface GitQuestion extends Pick<Asked, "reported" | "notDeclared"> {
  readonly standing: Standing;
  readonly request: AccessRequest;
}

function gitAnswer(
  { standing, request, reported, notDeclared }: GitQuestion,
  actionData: ActionData,
): AccessAnswer {
  if (notDeclared !== null) return unknownAnswer(notDeclared);
  return isNoAction(reported, request, actionData)
    ? noAction(request, actionData)
    : answerOf(standing, request, actionData);
}

function unknownAnswer(reason: string): Extract<AccessAnswer, { readonly kind: "unknown" }> {
  return { kind: "unknown", reason, nearest: null, grantHelps: false };
}

function liveAccess(
  question: Question,
  ground: LiveGround | string,
  { nowMs, actionData }: FixInputs,
): LiveAccess {
  if (typeof ground === "string")
    return { ...unknownAnswer(ground), role: null, readAt: null, failing: null };
  const { standing, role, readAtMs, failing } = ground;
  const request = requestOf(question, role, nowMs);
  const readAt = new Date(readAtMs).toISOString();
  return { ...answerOf(standing, request, actionData), role: role.arn, readAt, failing };
}

/** An event's name that is no action, and no message that tells which one was missing. */
function isNoAction(
  reported: ReportedDenial | null,
  { action }: AccessRequest,
  actionData: ActionData,
): boolean {
  return reported?.deniedBy === "unknown" && actionData.find(action) === undefined;
}

function noAction({ action }: AccessRequest, { snapshotDate }: ActionData): AccessAnswer {
  const reason = `AWS's data of ${snapshotDate} has no action ${action}: ask with the one that the call needs`;
  return { kind: "unknown", reason, nearest: null, grantHelps: false };
}

/** What a grant would have to bring, the boundary aside; null where none is missing or none would help. */
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

/** Policies that git does not hold: no grant fixes what they deny. */
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

/** What counts: AWS as it stands where it was looked at, else git; what AWS itself refused elsewhere is refused. */
function verdictOf({ git, live, ...rest }: Pick<About, "git" | "live" | "reported">): AccessAnswer["kind"] {
  const said = (live ?? git).kind;
  return said === "allowed" && isDeniedOutside(rest) ? "denied" : said;
}

interface About {
  readonly binding: DesiredBinding;
  readonly request: AccessRequest;
  readonly reported: ReportedDenial | null;
  readonly git: AccessAnswer;
  readonly live: LiveAccess | null;
  readonly fix: ProposedLines | null;
}

function notesOn(about: About, isLacking: boolean, actionData: ActionData): readonly string[] {
  return [
    ...nameNotes(about.request, actionData),
    ...placeNotes(about),
    ...(isLacking ? lackNotes(about) : []),
  ];
}

function nameNotes({ action, resource }: AccessRequest, actionData: ActionData): readonly string[] {
  const [prefix = ""] = action.toLowerCase().split(":");
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
    notes.push(`AWS's message is about ${reported.caller ?? "somebody else"}, not about this function`);
  if (git.kind === "denied" && git.cause === "explicit" && git.by.layer === "identity")
    notes.push("a Deny outweighs every grant: change that statement, or what its condition asks for");
  if (isDeniedOutside({ reported })) {
    const { deniedBy = "unknown" } = reported ?? {};
    notes.push(`git does not hold the ${deniedBy} that denied it: whoever keeps it has to look there too`);
  } else if (reported !== null && git.kind === "allowed" && live === null) {
    notes.push(
      `git allows what AWS refused: --live shows what stands there, grantkeeper describe ${target} says why`,
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
    notes.push(`what git says does not stand in AWS: grantkeeper describe ${target} says why`);
  if (kind === "allowed" && git.kind === "denied")
    notes.push("AWS allows what git does not: that is drift, and goes when it is reverted");
  if (role !== null && role !== binding.role.arn)
    notes.push(`in AWS the function has the role ${role}, git says ${binding.role.arn}`);
  return notes;
}

/** What a grant needs and the request does not name is asked of the author. */
function lackNotes({ request, fix }: About): readonly string[] {
  const hints = grantHints(request.action);
  if (fix !== null && fix.kind !== "add-statement") return [];
  if (fix !== null)
    return hints.map((hint) => `rather a grant, where it can name what is asked for: ${hint}`);
  return hints.length === 0
    ? ["no line in the function's manifest is proved to allow it"]
    : [`no line is proved to allow it as asked; ${request.action} is in: ${hints.join("; ")}`];
}
