import { documentContext } from "../../diff/documents/document-context.ts";
import { permissionRows, onlyDocument } from "../../iam/compare/delta.ts";
import { documentText } from "../../iam/read/print.ts";
import { functionArn } from "../../model/aws/arn.ts";
import {
  type DesiredBinding,
  type DesiredCaller,
  type DesiredPolicy,
  isBinding,
} from "../../model/desired.ts";
import type { PermissionRow } from "../../model/delta.ts";
import { revisionOf, type RevisionsInForce } from "../../model/records/key-revision.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LinePlace, TypedLine } from "../../model/answers/permission-line.ts";
import { limitedLines, type DeclaredState } from "../../model/answers/permission-state.ts";
import { policyName, homeOf } from "../../plan/render/words.ts";
import { indexRows, rowsOf, type RowIndex } from "../../plan/render/compiled-rows.ts";
import { declaredPlace, permissionLines, reasonDetail } from "../../plan/render/permission-lines.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { Compilation } from "../../manifest/compile/compile.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";

export type State = DesiredBinding | DesiredPolicy;

/** What the accepted revision declares. */
export interface Declaration extends RevisionsInForce {
  readonly compilation: Compilation;
  /** Keys last seen in files that can't be parsed now, with the file's diagnostic. */
  readonly brokenFileKeys: ReadonlyMap<Key, Diagnostic>;
}

/** The permissions that the accepted revision declares for a key, applied or not: the lines of these that the caller needs. */
export function declaredState(
  key: Key,
  declaration: Declaration | null,
  linesOf: (state: State) => readonly TypedLine[] = declaredLines,
): DeclaredState<TypedLine> {
  if (declaration === null) return { kind: "not-declared", revision: null };
  const revision = revisionOf(key, declaration);
  const state = declaredNow(key, declaration);
  if (state !== null)
    return {
      kind: "declared",
      revision,
      file: state.origin.file,
      permissions: limitedLines(linesOf(state)),
    };
  const diagnostic = compileErrorOf(key, declaration);
  if (diagnostic === undefined) return { kind: "not-declared", revision };
  const message = `${formatOrigin(diagnostic.origin)}: ${diagnostic.message}`;
  return { kind: "broken", revision, file: diagnostic.origin.file, message };
}

/** The first error of a key whose manifest cannot be used. */
export function compileErrorOf(
  key: Key,
  { compilation, brokenFileKeys }: Declaration,
): Diagnostic | undefined {
  return compilation.invalid.get(key)?.[0] ?? brokenFileKeys.get(key);
}

export function declaredNow(key: Key, { compilation: { desired } }: Declaration): State | null {
  return desired.bindings.get(key) ?? desired.policies.get(key) ?? null;
}

/** One line for each grant, statement, attached policy and caller, in the order of the manifest. */
function declaredLines(state: State): readonly TypedLine[] {
  const index = indexOf([{ state, isFormer: false }]);
  const document = isBinding(state) ? state.role.inline : state.document;
  const rows = document.statements.flatMap((statement) => rowsOf(statement, state));
  const lines = permissionLines(rows, {
    home: homeOf(state.key),
    declared: index,
    listing: "state",
    placeOf: (_, compiled) =>
      compiled === null ? { kind: "always" } : declaredPlace(compiled.statement, compiled.isFormer),
  });
  if (!isBinding(state)) return lines;
  return [...lines, ...attachedLines(state), ...callerLines(state)];
}

function attachedLines({ role }: DesiredBinding): readonly TypedLine[] {
  return role.attachments.map(({ arn, origin }) => ({
    kind: "permission",
    what: `policy "${policyName(arn)}"`,
    on: "its own statements",
    details: [],
    principal: null,
    actions: [],
    resources: [],
    more: 0,
    condition: { kind: "none" },
    place: { kind: "line", file: origin.file, line: origin.line },
  }));
}

/** Those of a function's resource policy alone. */
export function declaredCallers(state: State): readonly TypedLine[] {
  return isBinding(state) ? callerLines(state) : [];
}

function callerLines(binding: DesiredBinding): readonly TypedLine[] {
  return binding.callers.flatMap((caller) => {
    const { origin } = caller;
    return linesOfCaller(binding, caller, () => ({ kind: "line", file: origin.file, line: origin.line }));
  });
}

function linesOfCaller(
  binding: DesiredBinding,
  caller: DesiredCaller,
  placeOf: () => LinePlace,
): readonly TypedLine[] {
  const text = documentText([caller.statement]);
  const lines = callerTextLines(binding, { qualifier: caller.qualifier, text }, placeOf);
  return lines.map((line) => ({ ...line, details: [...line.details, ...reasonDetail(caller.reason)] }));
}

/** The lines of a function's resource policy; lines of the policy of an alias or version name it. */
export function callerTextLines(
  at: Pick<DesiredBinding, "partition" | "accountId" | "region" | "functionName">,
  { qualifier, text }: { readonly qualifier: string | null; readonly text: string },
  placeOf: (row: PermissionRow) => LinePlace,
): readonly TypedLine[] {
  const from = { kind: "other", name: functionArn(at, at.functionName, qualifier) } as const;
  const rows = permissionRows(onlyDocument({ from, text }, documentContext(at, "resource")));
  const lines = permissionLines(rows, {
    home: at,
    declared: new Map(),
    listing: "state",
    placeOf: (row) => placeOf(row),
  });
  return qualifier === null
    ? lines
    : lines.map((line) => ({ ...line, on: [line.on, `→ ${qualifier}`].filter(Boolean).join(" ") }));
}

/** Indexes rows by name: rows of the accepted revision take precedence over rows of the last applied one. */
export function indexOf(states: readonly { readonly state: State; readonly isFormer: boolean }[]): RowIndex {
  const [first] = states;
  if (first === undefined) return new Map();
  const documents = states.map(({ state, isFormer }) => ({
    document: isBinding(state) ? state.role.inline : state.document,
    isFormer,
  }));
  return indexRows(documents, first.state);
}
