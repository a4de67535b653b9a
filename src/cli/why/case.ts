import type { ReportedDenial } from "../../iam/denial/reported.ts";
import type { AccessRequest } from "../../iam/evaluation/request.ts";
import { didYouMean } from "../../iam/nearest.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { ExitCode } from "../cli-error.ts";
import { targetText } from "../target.ts";
import { answerOf, ownDecision, type Answer } from "./answer.ts";
import { isAbout } from "./find-function.ts";
import { liveGround, type LiveAnswerGround, type LiveOptions } from "./live.ts";
import { findMend, grantHints, type Mend, type MendGround } from "./mend.ts";
import { requestOf, type Question } from "./question.ts";
import { gitStanding } from "./standing.ts";

/** One question, answered. */
export interface Case {
  readonly binding: DesiredBinding;
  readonly request: AccessRequest;
  readonly askedAtMs: number;
  readonly reported: ReportedDenial | null;
  readonly git: Answer;
  /** A sentence where nothing could be concluded; null when it was not asked for. */
  readonly live: LiveAnswer | string | null;
  readonly mend: Mend | null;
  readonly notes: readonly string[];
}

interface LiveAnswer extends Omit<LiveAnswerGround, "standing"> {
  readonly answer: Answer;
}

/** @throws CliError, AwsError */
export async function caseOf(
  asked: Question,
  reported: ReportedDenial | null,
  options: LiveOptions,
  context: MendGround,
): Promise<Case> {
  const { project, actionData, toolbox } = context;
  const { binding } = asked;
  // As AWS spells it: some services write their actions in lower case.
  const question = { ...asked, action: actionData.find(asked.action)?.action ?? asked.action };
  const askedAtMs = toolbox.clock.nowMs();
  const request = requestOf(question, binding.role.arn, askedAtMs);
  const isLiveAsked = options.live === true || options.liveFile !== undefined;
  const live = isLiveAsked ? await liveAnswer(question, options, context) : null;
  const reading: MendGround =
    live === null || typeof live === "string" ? context : { ...context, awsText: live.awsText };
  const standing = gitStanding(binding, project.compilation.desired, reading);
  const git = isNoAction(reported, request, actionData)
    ? noAction(request, actionData)
    : answerOf(standing, request, actionData);
  const lacking = lackOf(git, ownDecision({ ...standing, boundary: null }, request));
  const mend = lacking === null ? null : findMend(binding, request, lacking, reading);
  const about = { binding, request, askedAtMs, reported, git, live, mend };
  return { ...about, notes: notesOn(about, lacking !== null, actionData) };
}

/** An event's name that is no action, and no message that tells which one was missing. */
function isNoAction(
  reported: ReportedDenial | null,
  { action }: AccessRequest,
  actionData: ActionData,
): boolean {
  return reported?.deniedBy === "unknown" && actionData.find(action) === undefined;
}

function noAction({ action }: AccessRequest, { snapshotDate }: ActionData): Answer {
  const reason = `AWS's data of ${snapshotDate} has no action ${action}: ask with the one that the call needs`;
  return { kind: "unknown", reason, nearest: null, grantHelps: false };
}

async function liveAnswer(
  question: Question,
  options: LiveOptions,
  context: MendGround,
): Promise<LiveAnswer | string> {
  const found = await liveGround(question.binding, context, options);
  if (typeof found === "string") return found;
  const { standing, ...ground } = found;
  const request = requestOf(question, ground.roleArn, context.toolbox.clock.nowMs());
  return { answer: answerOf(standing, request, context.actionData), ...ground };
}

/** What a grant would have to bring, the boundary aside; null where none is missing or none would help. */
function lackOf(
  git: Answer,
  own: ReturnType<typeof ownDecision>,
): { readonly expiredPath: string | null } | null {
  if (own.kind !== "denied" || own.cause === "explicit") return null;
  if (git.kind === "unknown" && !git.grantHelps) return null;
  const { nearest } = own;
  const hasEnded =
    nearest?.failed.every((part) => part.kind === "condition" && part.key === "aws:currenttime") === true;
  return { expiredPath: hasEnded ? (nearest.statement.origin?.path ?? null) : null };
}

/** Policies that git does not hold: no grant mends what they deny. */
const OUTSIDE: ReadonlySet<ReportedDenial["deniedBy"]> = new Set([
  "service control policy",
  "resource control policy",
  "session policy",
  "resource policy",
  "trust policy",
  "VPC endpoint policy",
]);

export function isDeniedOutside({ reported }: Pick<Case, "reported">): boolean {
  return reported !== null && OUTSIDE.has(reported.deniedBy);
}

/** What counts: AWS as it stands where it was looked at, else git; what AWS itself refused elsewhere is refused. */
export function verdictOf({ git, live, ...rest }: Case): Answer["kind"] {
  const said = live === null ? git.kind : typeof live === "string" ? "unknown" : live.answer.kind;
  return said === "allowed" && isDeniedOutside(rest) ? "denied" : said;
}

const EXIT_CODES = { allowed: 0, denied: 2, unknown: 3 } as const satisfies Record<Answer["kind"], ExitCode>;

export function exitCodeOf(cases: readonly Case[]): ExitCode {
  const verdicts = cases.map(verdictOf);
  const worst = (["denied", "unknown"] as const).find((kind) => verdicts.includes(kind)) ?? "allowed";
  return EXIT_CODES[worst];
}

type About = Omit<Case, "notes">;

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
  return live === null || typeof live === "string" ? notes : [...notes, ...liveNotes(live, git, binding)];
}

function liveNotes({ answer, roleArn }: LiveAnswer, git: Answer, binding: DesiredBinding): readonly string[] {
  const target = targetText(binding);
  const notes: string[] = [];
  if (answer.kind === "denied" && git.kind === "allowed")
    notes.push(`what git says does not stand in AWS: grantkeeper describe ${target} says why`);
  if (answer.kind === "allowed" && git.kind === "denied")
    notes.push("AWS allows what git does not: that is drift, and goes when it is reverted");
  if (roleArn !== binding.role.arn)
    notes.push(`in AWS the function has the role ${roleArn}, git says ${binding.role.arn}`);
  return notes;
}

/** What a grant needs and the request does not name is asked of the author. */
function lackNotes({ request, mend }: About): readonly string[] {
  const hints = grantHints(request.action);
  if (mend !== null && mend.kind !== "add-statement") return [];
  if (mend !== null)
    return hints.map((hint) => `rather a grant, where it can name what is asked for: ${hint}`);
  return hints.length === 0
    ? ["no line in the function's manifest is proved to allow it"]
    : [`no line is proved to allow it as asked; ${request.action} is in: ${hints.join("; ")}`];
}
