import type { KeyJudgement } from "../../judge/judgement.ts";
import type { Pass } from "../../judge/subject.ts";
import type { LiveRules } from "../../model/answers/live-rules.ts";
import type { BrokenRule, KeyRecord } from "../../model/keys/key-record.ts";
import type { JudgedView } from "../outcome/outcome.ts";

type Broken = Readonly<Record<string, BrokenRule>>;
type JudgingPass = Pick<Pass, "revision" | "startedAtMs">;

/**
 * The rules that a key breaks, each with the pass that found it first; one that is broken no longer is forgotten. A
 * manifest that cannot be used is not judged: nothing is known to have changed.
 */
export function brokenRulesAfter(
  { subject, findings }: KeyJudgement,
  pass: JudgingPass,
): Pick<KeyRecord, "brokenRules"> {
  const before = subject.record.brokenRules ?? {};
  const brokenRules = subject.kind === "invalid" ? before : since(findings, before, pass);
  return isEmpty(brokenRules) ? {} : { brokenRules };
}

/** The same for what AWS has apart from Git. A part that was not read may still break what it broke before. */
export function rulesBrokenInAwsAfter(
  { judged: { subject }, unread, readBack }: JudgedView,
  { breaches, unread: notJudged }: LiveRules,
  pass: JudgingPass,
): Pick<KeyRecord, "rulesBrokenInAws"> {
  const before = subject.record.rulesBrokenInAws ?? {};
  const isRead = unread.length === 0 && notJudged.length === 0 && readBack?.kind !== "not-read";
  const found = since(breaches, before, pass);
  const rulesBrokenInAws = isRead ? found : { ...before, ...found };
  return isEmpty(rulesBrokenInAws) ? {} : { rulesBrokenInAws };
}

function since(
  found: readonly { readonly rule: string }[],
  before: Broken,
  { revision, startedAtMs }: JudgingPass,
): Broken {
  const rules = [...new Set(found.map(({ rule }) => rule))].sort();
  return Object.fromEntries(rules.map((rule) => [rule, before[rule] ?? { sinceMs: startedAtMs, revision }]));
}

/** The record of a key that breaks no rule is as it was before there were these fields. */
function isEmpty(broken: Broken): boolean {
  return Object.keys(broken).length === 0;
}

export function withoutBrokenRules(record: KeyRecord): KeyRecord {
  const { brokenRules: _, rulesBrokenInAws: __, ...rest } = record;
  return rest;
}
