import { posix } from "node:path";
import { guardIndex } from "../../guard/guard-index.ts";
import { judgeDesired } from "../../guard/judge-desired.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { AccessRequest } from "../../iam/evaluation/request.ts";
import { compile } from "../../manifest/compile.ts";
import { grantsWith } from "../../manifest/grants/reverse.ts";
import { leavesOut } from "../../manifest/grants/catalogue.ts";
import { originOfKey } from "../../manifest/located.ts";
import { filesWithOnly, withSpec } from "../../manifest/mended.ts";
import type { AwsAccount, FunctionPermission } from "../../manifest/parsed.ts";
import type { Desired, DesiredBinding } from "../../model/desired.ts";
import { isBlocking, type Finding } from "../../model/finding.ts";
import { decodeFile } from "../../model/file-text.ts";
import type { Origin } from "../../model/origin.ts";
import type { OfflineFacts } from "../findings.ts";
import { compileContext, type Ground, type Project } from "../project.ts";
import { targetText } from "../target.ts";
import type { Toolbox } from "../toolbox.ts";
import { answerOf, ownDecision, type Answer } from "./answer.ts";
import {
  grantCandidates,
  renewed,
  statementCandidate,
  type Candidate,
  type CandidateGround,
} from "./candidates.ts";
import { gitStanding, type GitReading, type Standing } from "./standing.ts";
import { flowText } from "./yaml-text.ts";

/** What a mend is looked for in. */
export interface MendGround extends GitReading {
  readonly project: Project;
  readonly ground: Ground;
  readonly actionData: ActionData;
  readonly shipped: OfflineFacts["shipped"];
  readonly toolbox: Toolbox;
}

/** Lines that were compiled and evaluated: with them the role's own policies allow what was asked. */
export interface Mend extends Pick<Candidate, "kind" | "what" | "lines" | "grant" | "verb"> {
  readonly origin: Origin;
  /** What is so with the boundary and with what was not read. */
  readonly answer: Answer;
  /** Blocking findings of the guard that no waiver lifts, offline. */
  readonly refused: readonly Finding[];
  /** Those of them that stand there without the lines too. */
  readonly refusedBefore: readonly Finding[];
  /** Other bindings of the manifest, which the lines change too. */
  readonly also: readonly string[];
  readonly notes: readonly string[];
}

/** null when no change of the function's own manifest is proved to help. */
export function findMend(
  binding: DesiredBinding,
  request: AccessRequest,
  { expiredPath }: { readonly expiredPath: string | null },
  context: MendGround,
): Mend | null {
  const ground = candidateGround(binding, request, context);
  if (ground === null) return null;
  const renewal = expiredPath === null ? null : renewed(ground, expiredPath);
  const targets = othersOf(binding, context.project).length + 1;
  const candidates = [
    ...(renewal === null ? [] : [renewal]),
    ...grantCandidates(ground),
    // What AWS's data does not know is a typing error, or too new for the guard.
    ...(context.actionData.find(request.action) === undefined ? [] : [statementCandidate(ground, targets)]),
  ];
  for (const candidate of candidates) {
    const tried = tryOut(candidate, ground, context);
    if (tried !== null && isProved(tried, request, context))
      return mendOf(candidate, tried, request, { ground, context });
  }
  return null;
}

/** Grants that have the action for what the request does not name: `states: allow: [callback]`. */
export function grantHints(action: string): readonly string[] {
  return grantsWith(action).map(({ grant, verbs }) =>
    verbs.length === 0 ? grant : `${grant} with allow: [${verbs.join("] or [")}]`,
  );
}

function candidateGround(
  binding: DesiredBinding,
  { action, resource, context }: AccessRequest,
  { project }: MendGround,
): CandidateGround | null {
  const manifest = manifestOf(binding, project);
  if (manifest === undefined) return null;
  const isOne = othersOf(binding, project).length === 0;
  return {
    manifest,
    binding,
    asked: { action, resource, context },
    variables: isOne ? {} : variablesOf(binding, project),
  };
}

function manifestOf({ origin, name }: DesiredBinding, { files }: Project): FunctionPermission | undefined {
  return files
    .filter(({ path }) => path === origin.file)
    .flatMap(({ documents }) => documents)
    .find(
      (document): document is FunctionPermission =>
        document.kind === "FunctionPermission" &&
        document.name === name &&
        document.located.line === origin.line,
    );
}

function variablesOf({ account }: DesiredBinding, { files }: Project): Readonly<Record<string, string>> {
  const declared = files
    .flatMap(({ documents }) => documents)
    .find((document): document is AwsAccount => document.kind === "AwsAccount" && document.name === account);
  return declared?.spec.vars ?? {};
}

function othersOf(binding: DesiredBinding, { compilation }: Project): readonly DesiredBinding[] {
  return [...compilation.desired.bindings.values()].filter(
    ({ namespace, name, key }) =>
      namespace === binding.namespace && name === binding.name && key !== binding.key,
  );
}

interface Tried {
  readonly binding: DesiredBinding;
  readonly desired: Desired;
}

/** The mended manifest, compiled; null where it is refused, or is so in another of its accounts. */
function tryOut(
  candidate: Candidate,
  { manifest, binding }: CandidateGround,
  { project, ground, toolbox }: MendGround,
): Tried | null {
  const mended = withSpec(manifest, candidate.members);
  if (mended === null) return null;
  const files = filesWithOnly(project.files, manifest, mended);
  const { desired } = compile(files, compileContext(project.snapshot, ground, toolbox));
  const before = [binding, ...othersOf(binding, project)];
  const after = desired.bindings.get(binding.key);
  if (after === undefined || before.some(({ key }) => !desired.bindings.has(key))) return null;
  return { binding: after, desired };
}

/** By the function's own policies: what its boundary holds is the platform's matter, and told apart. */
function isProved({ binding, desired }: Tried, request: AccessRequest, reading: MendGround): boolean {
  const standing: Standing = { ...gitStanding(binding, desired, reading), boundary: null };
  return ownDecision(standing, request).kind === "allowed";
}

function mendOf(
  candidate: Candidate,
  { binding, desired }: Tried,
  request: AccessRequest,
  { ground, context }: { readonly ground: CandidateGround; readonly context: MendGround },
): Mend {
  const { kind, grant, verb, path } = candidate;
  const { manifest } = ground;
  const origin = originOfKey(manifest.located, manifest.file, path);
  const left = grant === null || verb === null ? null : leavesOut(grant, verb);
  const refused = refusedBy(binding, desired, context);
  const known = new Set(
    refusedBy(ground.binding, context.project.compilation.desired, context).map(breachText),
  );
  return {
    kind,
    ...wording(candidate, lineOf(origin, context.project)),
    grant,
    verb,
    origin: { ...origin, file: posix.join(context.dir, origin.file) },
    answer: answerOf(gitStanding(binding, desired, context), request, context.actionData),
    refused,
    refusedBefore: refused.filter((finding) => known.has(breachText(finding))),
    also: othersOf(binding, context.project).map((other) => targetText(other)),
    notes: left === null ? [] : [left],
  };
}

/** In a list that stands in brackets, an entry has no dash. */
function wording({ what, lines, entry, path }: Candidate, line: string): Pick<Mend, "what" | "lines"> {
  if (entry === null || /^\s*-\s/.test(line)) return { what, lines };
  return { what: `write in this list of ${String(path[1])}, as a further entry`, lines: [flowText(entry)] };
}

function lineOf({ file, line }: Origin, { snapshot }: Project): string {
  const bytes = snapshot.files.find(({ path }) => path === file)?.bytes;
  const decoded = decodeFile(bytes ?? new Uint8Array());
  return decoded.kind === "text" ? (decoded.text.split("\n")[line - 1] ?? "") : "";
}

function breachText({ rule, evidence }: Finding): string {
  return `${rule} ${evidence}`;
}

function refusedBy(
  binding: DesiredBinding,
  desired: Desired,
  { actionData, shipped, toolbox }: MendGround,
): readonly Finding[] {
  const account = desired.accounts.get(binding.accountId);
  if (account === undefined) throw new Error(`${binding.key} was compiled without its account`);
  const nowMs = toolbox.clock.nowMs();
  const index = guardIndex(desired, null);
  const findings = judgeDesired(binding, { desired, live: null, account, actionData, shipped, index, nowMs });
  return findings.filter(isBlocking);
}
