import { posix } from "node:path";
import { cappedDiagnostics } from "../../manifest/capped.ts";
import { evidenceAnywhere } from "../../iam/anywhere.ts";
import { isGuardRule } from "../../model/rules/guard-rules.ts";
import { countOf, type Diagnostic } from "../../model/diagnostic.ts";
import type { Desired } from "../../model/desired.ts";
import { keyParts, ownerText } from "../../model/keys/key.ts";
import type { Finding } from "../../model/finding.ts";
import type { Tenancy } from "../../model/rules/team.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import { isEntireService } from "../../iam/match/wildcard.ts";
import { grantLine } from "../../manifest/explained/grant-lines.ts";
import { toList } from "../../text/json-values.ts";
import type { Origin } from "../../model/values/origin.ts";
import { byText } from "../../text/order.ts";
import { foldDiagnostics } from "./fold.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { problemLines, type ProblemText } from "../../cli/screen/problem.ts";
import { counted } from "../../text/phrases.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

/** Every problem at its place, with its hint. `prefix` leads from here to the root of the manifests. */
export function diagnosticLines(
  diagnostics: readonly Diagnostic[],
  prefix: string,
  { width }: Layout,
): readonly ScreenLine[] {
  return shownProblems(diagnostics, prefix).flatMap(({ problem }) => problemLines(problem, width));
}

export interface ShownProblem {
  readonly file: string;
  readonly problem: ProblemText & { readonly place: string };
}

/** What is shown of the problems: consequences of another one at the same line are not. */
export function shownProblems(diagnostics: readonly Diagnostic[], prefix: string): readonly ShownProblem[] {
  return foldDiagnostics(inPlaceOrder(diagnostics)).map(({ lead, message, more }) => {
    const { origin, severity, code, fix } = lead;
    const place = `${posix.join(prefix, origin.file)}:${origin.line}:${origin.column}`;
    const findings = counted(more, "more finding");
    const folded = more === 0 ? message : `${message} (and ${findings} at this line)`;
    const text = isGuardRule(code) ? `${code}: ${folded}` : folded;
    return { file: origin.file, problem: { level: severity, place, message: text, hint: fix } };
  });
}

/** `30 documents: 1 error, 0 warnings`: of what is shown. */
export function summaryLine(documents: number, diagnostics: readonly Diagnostic[]): string {
  const { errors, warnings } = countOf(leadsOf(diagnostics));
  return `${counted(documents, "document")}: ${counted(errors, "error")}, ${counted(warnings, "warning")}`;
}

/** The problems that are shown: those of which the others are consequences. */
function leadsOf(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return foldDiagnostics(inPlaceOrder(diagnostics)).map(({ lead }) => lead);
}

/** What was checked. */
interface CheckedFolder {
  readonly documents: number;
  /** From the root of the repository to the folder that the paths of files begin at; "" if it is the root. */
  readonly root: string;
  readonly tenancy: Tenancy["kind"];
}

interface ShownDiagnostic extends Omit<Diagnostic, "origin" | "related">, Origin {
  /** Only if other places have a part in the problem. */
  readonly related?: readonly (Omit<Origin, "template"> & { readonly label: string })[];
  /** False for a consequence of another one at the same line, and for the same mistake in another account. */
  readonly lead: boolean;
}

export function validationValue(
  { documents, root, tenancy }: CheckedFolder,
  diagnostics: readonly Diagnostic[],
) {
  const leads = new Set(leadsOf(diagnostics));
  const { errors, warnings } = countOf([...leads]);
  const flat = inPlaceOrder(diagnostics).map((diagnostic): ShownDiagnostic => {
    const { origin, related = [], ...rest } = diagnostic;
    const places = related.map(({ label, origin: place }) => ({ label, ...place }));
    const others = places.length === 0 ? {} : { related: places };
    return { ...rest, ...origin, ...others, lead: leads.has(diagnostic) };
  });
  return { root, documents, tenancy, errors, warnings, diagnostics: flat };
}

/** Findings of the guard at their places in the manifests; a finding of several targets is shown once. */
export function findingDiagnostics(
  findings: readonly Finding[],
  accounts: Desired["accounts"],
): readonly Diagnostic[] {
  const ordinalOf = ordinals();
  const diagnostics = findings.flatMap((finding): readonly Diagnostic[] => {
    const { rule, key, origin, severity, why, waiver, part } = finding;
    if (origin === null || waiver.kind === "lifted") return [];
    // A waiver that has ended is reported at its `until` when the manifest is compiled.
    if (rule === "EXP-100" && severity === "warn") return [];
    const expired = waiver.kind === "expired" ? ` (waiver ${waiver.waiver} ended on ${waiver.until})` : "";
    const { accountId } = keyParts(key);
    const target = `account ${accounts.get(accountId)?.name ?? accountId}`;
    const message = `${why}${expired}`;
    return [
      {
        severity: severity === "block" ? "error" : "warning",
        code: rule,
        origin,
        message,
        fix: fixOf(finding),
        perTarget: { cause: part === undefined ? message : partCause(finding, part, ordinalOf), target },
      },
    ];
  });
  // One of another account is kept: the screen names each of them.
  const textOf = ({ severity, code, origin, message, fix, perTarget }: Diagnostic): string =>
    JSON.stringify([severity, code, origin, message, fix, perTarget?.target]);
  const distinct = new Map(diagnostics.toReversed().map((diagnostic) => [textOf(diagnostic), diagnostic]));
  return cappedDiagnostics(inPlaceOrder([...distinct.values()]));
}

/** With the grants that may be written in place of a statement that allows entire services. */
function fixOf({ rule, evidence, fix }: Finding): string {
  if (rule !== "ACT-001") return fix;
  const { Action: actions = [] } = JSON.parse(evidence) as Pick<Statement, "Action">;
  const wide = toList(actions).filter(isEntireService);
  const lines = wide.flatMap((action) => grantLine(action.slice(0, action.indexOf(":"))) ?? []);
  return lines.length === 0 ? fix : `${fix}, or write under spec.grants ${[...new Set(lines)].join("; ")}`;
}

/**
 * The same for the same part of a manifest with the same names in every account. Two findings of one target never have the
 * same one, nor have two regions, whose account is named once.
 */
function partCause(finding: Finding, part: string, ordinalOf: (name: string) => number): string {
  const { rule, key, origin, waiver } = finding;
  const parts = keyParts(key);
  const region = parts.kind === "function" ? parts.region : null;
  const until = waiver.kind === "none" ? null : waiver.until;
  const evidence = evidenceAnywhere(finding);
  const ordinal = ordinalOf(JSON.stringify([rule, key, origin, part, evidence]));
  return JSON.stringify([ownerText(key), region, part, evidence, ordinal, until]);
}

/** How often each name was asked for before. */
function ordinals(): (name: string) => number {
  const counts = new Map<string, number>();
  return (name) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count;
  };
}

/** By file, line, column and message. */
export function inPlaceOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const order = (a: Diagnostic, b: Diagnostic): number =>
    byText(a.origin.file, b.origin.file) ||
    a.origin.line - b.origin.line ||
    a.origin.column - b.origin.column ||
    byText(a.message, b.message);
  return diagnostics.toSorted(order);
}
