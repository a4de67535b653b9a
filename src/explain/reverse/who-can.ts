import type { ActionData } from "../../iam/action-data.ts";
import type { Tag } from "../../model/aws/tag.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AllowedFunction, WhoCan } from "../../model/answers/questions/who-can.ts";
import type { AccessAnswer, LiveAccess } from "../../model/answers/why.ts";
import type { Steps } from "../../model/values/steps.ts";
import { byText, byTextOf } from "../../text/order.ts";
import { answerOf } from "../why/answer.ts";
import { liveAccess, type LiveInputs } from "../why/case.ts";
import { requestOf, type AskingFunction, type Question } from "../why/question.ts";
import type { RolePolicies } from "../why/role-policies.ts";
import { GroupedTargets, mergedTargets } from "./grouped-targets.ts";

type AskedAccess = Omit<Question, "binding">;

/** One function that may be able to do it. */
export interface AskedFunction {
  readonly target: string;
  readonly key: Key | null;
  readonly function: AskingFunction;
  /** As declared; a sentence: its manifest cannot be used. null: no manifest declares it. */
  readonly git: DeclaredRole | string | null;
  /** `absent`: it is not deployed. A sentence: it was not read. */
  readonly live: LiveInputs | { readonly kind: "absent" } | string;
}

interface DeclaredRole {
  readonly role: { readonly arn: string; readonly tags: readonly Tag[] };
  readonly policies: RolePolicies;
}

type WhoCanPart = Omit<WhoCan, "unread">;

interface AskedOf {
  readonly actionData: ActionData;
  readonly nowMs: number;
}

/**
 * The answer about each function, with a pause after each: in AWS by the role that it runs on, and by what Git declares.
 * @param functions made one at a time, because the policies of thousands of roles would fill the memory
 */
export function* whoCan(
  access: AskedAccess,
  functions: Iterable<AskedFunction>,
  { actionData, nowMs }: AskedOf,
): Steps<WhoCanPart> {
  // Callers may write the action in any case: use AWS's spelling.
  const question = { ...access, action: actionData.find(access.action)?.action ?? access.action };
  const allowed: AllowedFunction[] = [];
  const unknown = new GroupedTargets();
  let denied = 0;
  for (const one of functions) {
    const about = accessOf(one, question, { actionData, nowMs });
    const found = allowedFunction(one, about);
    const reason = found === null ? doubtOf(about) : null;
    if (found !== null) allowed.push(found);
    else if (reason === null) denied += 1;
    else unknown.add(reason, one.target);
    yield;
  }
  return {
    action: question.action,
    resource: question.resource,
    context: contextOf(question.context),
    askedAt: new Date(nowMs).toISOString(),
    allowed: allowed.toSorted(liveFirst),
    unknown: unknown.list(),
    denied,
  };
}

function liveFirst(a: AllowedFunction, b: AllowedFunction): number {
  return Number(b.live === "allowed") - Number(a.live === "allowed") || byText(a.target, b.target);
}

/** The answer about all functions from the answers to one question about some of them each. */
export function mergedWhoCan([first, ...others]: readonly [WhoCanPart, ...WhoCanPart[]]): WhoCanPart {
  const parts = [first, ...others];
  return {
    ...first,
    allowed: parts.flatMap(({ allowed }) => allowed).toSorted(liveFirst),
    unknown: mergedTargets(parts.map(({ unknown }) => unknown)),
    denied: parts.reduce((sum, { denied }) => sum + denied, 0),
  };
}

interface AccessOnBothSides {
  /** null: the function does not exist. */
  readonly live: LiveAccess | null;
  /** null: no manifest declares the function. */
  readonly git: AccessAnswer | null;
}

function accessOf(
  { function: asking, git, live }: AskedFunction,
  access: AskedAccess,
  about: AskedOf,
): AccessOnBothSides {
  const question = { ...access, binding: asking };
  return {
    live: typeof live === "object" && "kind" in live ? null : liveAccess(question, live, about),
    git: git === null ? null : gitAccess(question, git, about),
  };
}

function gitAccess(
  question: Question<AskingFunction>,
  git: DeclaredRole | string,
  { actionData, nowMs }: AskedOf,
): AccessAnswer {
  if (typeof git === "string") return { kind: "unknown", reason: git, nearest: null, grantHelps: false };
  return answerOf(git.policies, requestOf(question, git.role, nowMs), actionData);
}

/** null: neither AWS nor Git allows it for certain. */
function allowedFunction(
  { target, key }: AskedFunction,
  { live, git }: AccessOnBothSides,
): AllowedFunction | null {
  const [by] = [live, git].flatMap((answer) => (answer?.kind === "allowed" ? [answer.by] : []));
  if (by === undefined) return null;
  return {
    target,
    key,
    live: live?.kind ?? "not-deployed",
    git: git?.kind ?? "not-declared",
    role: live?.role ?? null,
    readAt: live?.readAt ?? null,
    by,
    doubt: live?.kind === "unknown" ? live.reason : null,
  };
}

/** Why there is no conclusion; null: it is denied. AWS decides what the code can do, so its doubt comes first. */
function doubtOf({ live, git }: AccessOnBothSides): string | null {
  if (live?.kind === "unknown") return live.reason;
  return git?.kind === "unknown" ? `by Git: ${git.reason}` : null;
}

function contextOf(context: AskedAccess["context"]): WhoCan["context"] {
  const lists = Object.entries(context).map(
    ([key, value]) => [key, typeof value === "string" ? [value] : value] as const,
  );
  return Object.fromEntries(lists.toSorted(byTextOf(([key]) => key)));
}
