import { provedWithin, type Proof } from "../../iam/compare/containment.ts";
import { permissionDelta, type RolePermissions, onlyDocument } from "../../iam/compare/delta.ts";
import { recordedDelta, conditionText, namesText, shortNames } from "../../iam/row-text.ts";
import { documentDiff, type DocumentChange } from "../../iam/compare/document-diff.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { compareDocuments } from "../../iam/compare/comparer.ts";
import { expandRows, patternServices, type ExpandedActions } from "../../iam/compare/expansion.ts";
import {
  type DeltaRow,
  COMPARISON_LIMIT,
  type Delta,
  type NameSet,
  type RowCondition,
} from "../../model/delta.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { compareLines } from "../policy/policy-batch.ts";
import {
  addDocumentOptions,
  contextOf,
  PolicyReader,
  type DocumentOptions,
  type PolicyFile,
} from "../policy/policy-files.ts";
import { show } from "../../cli/screen/print.ts";
import { unusablePermissions } from "../../iam/compare/usable.ts";
import type { UnusablePermission } from "../../iam/match/unusable/unusable-permissions.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import stringWidth from "string-width";
import { conditionTexts } from "../../plan/render/words.ts";
import { NOT_UNDERSTOOD } from "../../plan/render/subject.ts";
import { stableText } from "../../text/json-values.ts";
import type { Tier } from "../../model/rules/tier.ts";
import { unusableText } from "../policy/unusable-text.ts";
import { grid } from "../../cli/screen/table.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { counted } from "../../text/phrases.ts";
import { type ScreenLine, signTone, toned } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

interface DiffOptions extends DocumentOptions {
  readonly batch?: string;
}

export const policyDiff: CliCommand<DiffOptions> = {
  name: "policy diff",
  summary: "compare two policies by meaning",
  description:
    "Shows how two documents differ: equal, metadata (only Sid or Id), meaning (different wording, same permissions), no-effect (other statements with the same usable permissions) or security, and which statements were changed. For security, it lists what B newly allows and no longer allows (with a removed or added Deny, the earlier condition, and the number of actions of a pattern), and whether it is proved that B allows nothing more, or all that A allows. Needs no configuration. Exit code 2 for security, unless both are proved to allow the same, else 0. With --batch, compares the pairs of a file: each line is a JSON object with a and b (documents as strings), type, and optionally account and partition. It prints one line for each pair, and exits with 0 at the end of the file.",
  examples: [
    ["grantkeeper policy diff old.json new.json", "two versions of a role's policy"],
    [
      "grantkeeper policy diff --type trust --account 111122223333 old.json -",
      "a trust policy from standard input",
    ],
    ["grantkeeper policy diff --batch pairs.jsonl", "many pairs"],
  ],
  define: (command) => {
    addDocumentOptions(
      command
        .argument("[a]", "a policy document, or - for standard input")
        .argument("[b]", "the document to compare it with")
        .option("--batch <file>", "compare the pairs of this file, or - for standard input"),
    );
  },
  run: async ({ args: [a, b], options, toolbox }) => {
    if (options.batch !== undefined) {
      if (a !== undefined) throw new CliError("--batch and documents exclude each other", null);
      await compareLines(options.batch, toolbox);
      return 0;
    }
    if (a === undefined || b === undefined)
      throw new CliError("policy diff needs two documents", "name two files, one of them may be -");
    const context = contextOf(options, options.type);
    const reader = new PolicyReader(toolbox);
    const [before, after] = [await reader.read(a, context), await reader.read(b, context)];
    const diff = await policyDiffOf([before, after], context, toolbox);
    await show(
      { value: diffValue(diff), lines: ({ rowWidth }) => diffLines(diff, rowWidth) },
      options.output,
      toolbox,
    );
    return diff.tier === "security" && !isWithoutEffect(diff) ? 2 : 0;
  },
};

export function diffValue({ tier, document, delta, ...proofs }: PolicyDiff) {
  return { tier, document, ...recordedDelta(delta), ...proofs };
}

async function policyDiffOf(
  [before, after]: readonly [PolicyFile, PolicyFile],
  context: DocumentContext,
  toolbox: Toolbox,
): Promise<PolicyDiff> {
  const [old, now] = [alone(before, context), alone(after, context)];
  const delta = permissionDelta(old, now);
  return {
    tier: compareDocuments(before.text, after.text, context),
    document: documentDiff(before.text, after.text, context),
    delta,
    narrower: provedWithin(now, old),
    wider: provedWithin(old, now),
    unusable: unusableChanges(old, now),
    expanded: await expandedRows([...delta.allowed, ...delta.noLongerAllowed], toolbox),
  };
}

/** Of one document alone: they are no gain and no loss, so that the rows do not have them. */
function unusableChanges(old: RolePermissions, now: RolePermissions): readonly UnusablePermission[] {
  const [before, after] = [unusablePermissions(old), unusablePermissions(now)];
  const isIn = (all: readonly UnusablePermission[], { action, resource }: UnusablePermission): boolean =>
    all.some((other) => other.action === action && other.resource === resource);
  return [...before.filter((one) => !isIn(after, one)), ...after.filter((one) => !isIn(before, one))];
}

/** AWS's data is read where there is a pattern. */
async function expandedRows(
  rows: readonly DeltaRow[],
  toolbox: Toolbox,
): Promise<readonly ExpandedActions[]> {
  const services = patternServices(rows);
  if (services.length === 0) return [];
  const loader = await toolbox.actionData();
  return expandRows(rows, await loader.load(services));
}

function alone({ name, text }: PolicyFile, context: DocumentContext): RolePermissions {
  return onlyDocument({ from: { kind: "other", name }, text }, context);
}

interface PolicyDiff {
  readonly tier: Tier;
  readonly document: readonly DocumentChange[];
  readonly delta: Delta;
  /** Does the second allow nothing that the first does not? */
  readonly narrower: Proof;
  /** Does the second allow all that the first does? */
  readonly wider: Proof;
  /** What no request can use and only one of the documents has: the rows leave it out. */
  readonly unusable: readonly UnusablePermission[];
  readonly expanded: readonly ExpandedActions[];
}

/** Also for the tier security if both are proved to allow the same, as where one statement contains another. */
const WITHOUT_EFFECT = "no effect: written otherwise, proved to allow the same";

const TIERS = {
  equal: "equal",
  metadata: "metadata: only Sids or the Id differ",
  meaning: "meaning: written otherwise, allowing the same",
  "no-effect": WITHOUT_EFFECT,
  security: "security: what they allow differs, or is not known to be the same",
} as const satisfies Record<Tier, string>;

/** Proved in both directions, so that only the wording differs, or what no request can use. */
function isWithoutEffect({ narrower, wider }: Pick<PolicyDiff, "narrower" | "wider">): boolean {
  return narrower.kind === "proved" && wider.kind === "proved";
}

/** How far they are apart, what was written over, and (where it matters) what becomes possible and what does not stay so. */
export function diffLines(diff: PolicyDiff, width: number): readonly ScreenLine[] {
  const { tier, document, delta, expanded } = diff;
  if (tier === "equal") return [TIERS[tier]];
  const elements = documentLines(document);
  if (tier === "metadata" || tier === "meaning") return [TIERS[tier], ...blocks([elements])];
  const added = rowCells(delta.allowed, "+", expanded);
  const rows = grid([...added, ...rowCells(delta.noLongerAllowed, "-", expanded)]).flatMap((line, at) =>
    toned(signTone(at < added.length ? "+" : "-"), rowLines(line, width)),
  );
  const limit = delta.unknownEffect.length === 0 ? [] : noteLines(COMPARISON_LIMIT);
  const unusable = diff.unusable.flatMap((one) => noteLines(unusableText(one)));
  const proved = [...proofLines(diff), ...unusable];
  const head = isWithoutEffect(diff) ? WITHOUT_EFFECT : TIERS[tier];
  return [head, ...blocks([elements, rows, limit, proved])];
}

function noteLines(text: string): readonly ScreenLine[] {
  return labelledLines("note", text, { indent: ROW_INDENT });
}

/** A row that is too wide for its columns continues below its beginning. */
function rowLines(line: string, width: number): readonly string[] {
  const isShort = stringWidth(line) + ROW_INDENT.length <= width;
  return isShort ? [`${ROW_INDENT}${line}`] : wrapped(line, width, { first: ROW_INDENT, next: "      " });
}

const ROW_INDENT = "  ";

function blocks(all: readonly (readonly ScreenLine[])[]): readonly ScreenLine[] {
  return all.filter((lines) => lines.length > 0).flatMap((lines) => ["", ...lines]);
}

const HEADS = {
  "version-changed": "",
  "id-changed": "",
  "statement-changed": "",
  "statement-added": ", new",
  "statement-removed": ", gone",
} as const satisfies Record<DocumentChange["kind"], string>;

function documentLines(changes: readonly DocumentChange[]): readonly ScreenLine[] {
  return changes.flatMap((change) => {
    const name = "statement" in change ? change.statement : "document";
    const signs = change.changes.map(({ kind }) => (kind === "added" ? "+" : "-"));
    const cells = change.changes.map(({ element, value }, at) => [`${signs[at] ?? ""} ${element}`, value]);
    const lines = grid(cells).flatMap((line, at) => toned(signTone(signs[at] ?? ""), [`    ${line}`]));
    return [`  ${name}${HEADS[change.kind]}`, ...lines];
  });
}

/** One line for what a statement gives on one resource. */
function rowCells(
  rows: readonly DeltaRow[],
  sign: "+" | "-",
  expanded: readonly ExpandedActions[],
): readonly (readonly string[])[] {
  const groups = Map.groupBy(rows, togetherName);
  return [...groups.values()].flatMap((group): readonly (readonly string[])[] => {
    const [first] = group;
    if (first === undefined) return [];
    const label = `${sign} ${sign === "+" ? "may now" : "may no longer"}`;
    if (first.action.kind === "unknown")
      return [[label, NOT_UNDERSTOOD.what, "", conditionText(first.condition)]];
    const actions = group
      .map(({ action }) => `${shortNames(action)}${countText(action, expanded)}`)
      .join(", ");
    return [[label, actions, shortNames(first.resource), remarks(group, first, sign)]];
  });
}

/** Rows that differ in their action alone. */
function togetherName(row: DeltaRow): string {
  const { effect, principal, resource, condition, sid, certainty, otherCondition, limit } = row;
  return stableText([effect, principal, resource, condition, sid, certainty, otherCondition, limit]);
}

/** `s3:Get*` is 37 actions today. */
function countText(action: NameSet, expanded: readonly ExpandedActions[]): string {
  const found = expanded.find(({ pattern }) => action.kind === "one" && pattern === action.name);
  return found === undefined ? "" : ` (${counted(found.actions.length, "action")} today)`;
}

function remarks(group: readonly DeltaRow[], first: DeltaRow, sign: "+" | "-"): string {
  const { effect, principal, condition, otherCondition, limit, sid, certainty } = first;
  const risks = [...new Set(group.map(({ risk }) => risk))].filter((risk) => risk !== "none");
  const other = sign === "+" ? "before" : "now";
  const denied = sign === "+" ? "no longer denied" : "denied";
  const parts = [
    principal === null ? "" : `by ${namesText(principal)}`,
    condition.kind === "none" ? "" : testsText(condition),
    otherCondition === null
      ? ""
      : `${other} ${otherCondition.kind === "none" ? "always" : `only ${testsText(otherCondition)}`}`,
    sid === null || effect === "Deny" ? "" : `statement ${sid}`,
    limit?.kind === "denial"
      ? `${denied} by ${limit.sid === null ? "a statement" : `statement ${limit.sid}`}`
      : "",
    effect === "Deny" ? "nothing here allows it" : "",
    certainty === "possible" && effect === "Allow" && otherCondition === null ? "possible, not proved" : "",
    ...risks.map((risk) => `risk: ${risk}`),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function testsText(condition: RowCondition): string {
  return conditionTexts(condition).join(" and ");
}

function proofLines(diff: PolicyDiff): readonly string[] {
  if (isWithoutEffect(diff)) return [];
  const { narrower, wider } = diff;
  if (narrower.kind === "proved") return ["  proved: the second allows nothing that the first does not"];
  if (wider.kind === "proved") return ["  proved: the second allows all that the first does"];
  return [];
}
