import type { CompiledStatement, DesiredCaller, DesiredTarget } from "../../../model/desired.ts";
import { isBinding } from "../../../model/desired.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import { placeOfDocument } from "../../../text/located/located.ts";
import { formatPath, type ValuePath } from "../../../text/located/value-path.ts";
import { ownTexts } from "../../project/service.ts";
import type { Analysis } from "../analysis.ts";
import type { ManifestCursor } from "./cursor.ts";

/** What a part of a manifest compiles to in one account and region, or of a policy in one account. */
export interface CompiledPart {
  readonly state: DesiredTarget;
  /** `prod/eu-west-1`, or `prod` of a policy. */
  readonly target: string;
  readonly statements: readonly CompiledStatement[];
  readonly callers: readonly DesiredCaller[];
}

export interface CompiledLine {
  readonly parts: readonly CompiledPart[];
  /** Targets for which nothing is compiled, because of this problem; null: there are none. */
  readonly problem: Diagnostic | null;
}

/**
 * What the values below a path compile to, in every target of the document.
 * @param isAsked which of the statements of the path
 */
export function compiledLine(
  { document }: ManifestCursor,
  path: ValuePath,
  {
    analysis,
    isAsked,
  }: { readonly analysis: Analysis; readonly isAsked: (one: CompiledStatement) => boolean },
): CompiledLine {
  const { compilation } = analysis;
  const { line } = placeOfDocument(document.located);
  const object = compilation.objects.find((one) => one.file === document.file && one.line === line);
  const keys = object?.keys ?? [];
  const isOfPath = (origin: { readonly path: string; readonly file: string }): boolean =>
    origin.file === document.file && isBelow(origin.path, formatPath(path));
  const parts = statesOf(keys, analysis).map((state): CompiledPart => {
    const binding = isBinding(state);
    const statements = binding ? state.role.inline.statements : state.document.statements;
    return {
      state,
      target: targetOf(state, analysis),
      statements: statements.filter((one) => isOfPath(one.origin) && isAsked(one)),
      callers: binding ? state.callers.filter(({ origin }) => isOfPath(origin)) : [],
    };
  });
  const [problem = null] = [
    ...keys.flatMap((key) => compilation.invalid.get(key) ?? []),
    ...errorsOf(document, analysis),
  ];
  return { parts, problem: problem === null ? null : shownProblem(problem, analysis) };
}

function shownProblem(problem: Diagnostic, { service }: Analysis): Diagnostic {
  return service === null ? problem : { ...problem, message: ownTexts(service)(problem.message) };
}

/** At the lines of the document: an account that is not declared has no key. */
function errorsOf({ file, located }: ManifestCursor["document"], analysis: Analysis): readonly Diagnostic[] {
  const { line: first } = placeOfDocument(located);
  const others = analysis.files.find(({ path }) => path === file)?.documents ?? [];
  const next = others.map((one) => placeOfDocument(one.located).line).find((line) => line > first);
  return analysis.compilation.diagnostics.filter(
    ({ severity, origin: { file: at, line } }) =>
      severity === "error" && at === file && line >= first && line < (next ?? Infinity),
  );
}

/** A policy that nothing attaches is compiled too. */
function statesOf(keys: readonly string[], { compilation }: Analysis): readonly DesiredTarget[] {
  const { desired, unattached } = compilation;
  const all = [...desired.bindings.values(), ...desired.policies.values(), ...unattached];
  const known = new Map(all.map((state) => [String(state.key), state]));
  return keys.flatMap((key) => known.get(key) ?? []);
}

function targetOf(state: DesiredTarget, { compilation }: Analysis): string {
  const account = compilation.desired.accounts.get(state.accountId)?.name ?? state.accountId;
  return isBinding(state) ? `${account}/${state.region}` : account;
}

function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}
