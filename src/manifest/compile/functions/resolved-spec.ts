import { errorAt, warningAt, type Diagnostic } from "../../../model/diagnostic.ts";
import type { NamedReference } from "../../../model/aws/reference.ts";
import { joinedLists, mapped, NONE } from "../../../model/values/lists.ts";
import { originOfValue, type LocatedFile } from "../../../text/located/located.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import type { FunctionPermission } from "../../parse/parsed.ts";
import { functionPermission, type FunctionPermissionSpec } from "../../schema/function-permission.ts";
import { UNREAD, type ReferenceScope } from "../../statements/references.ts";
import {
  substitute,
  templateSite,
  type SubstitutionResult,
  type SubstitutionProblem,
} from "../../statements/substitution.ts";
import type { KnownAccount } from "../accounts/accounts.ts";
import { declaredLogs, type DeclaredLogs } from "./logs.ts";
import type { ScopePlace } from "./reference-scope.ts";

const FUNCTION: ValuePath = ["spec", "function"];
const SPEC_SITE = templateSite(functionPermission.shape.spec);

/** The spec of one function in one account and region, without variables. */
export interface ResolvedSpec {
  /** The manifest's own. */
  readonly name: string;
  readonly spec: FunctionPermissionSpec;
  readonly functionName: string;
  readonly logs: DeclaredLogs;
  readonly references: readonly NamedReference[];
  readonly diagnostics: readonly Diagnostic[];
}

interface ResolvePlace extends ScopePlace {
  readonly known: KnownAccount;
}

interface ResolveContext {
  readonly source: LocatedFile;
  readonly referencesIn: (place: ScopePlace) => () => ReferenceScope;
}

/** The spec with every `${…}` replaced; the function's name first, since the other fields may refer to it. */
export function resolvedSpec(
  manifest: FunctionPermission,
  place: ResolvePlace,
  { source, referencesIn }: ResolveContext,
): ResolvedSpec {
  const { spec, name } = manifest;
  if (!manifest.hasTemplates)
    return resolvedAs({
      name,
      spec,
      functionName: spec.function ?? name,
      references: NONE,
      diagnostics: NONE,
    });
  const { known, region, namespace } = place;
  const fn = functionNameOf(spec.function ?? name, place, name);
  const own = { region, namespace, name, function: fn.value };
  const open = isTemplate(spec.function) ? { ...spec, function: undefined } : spec;
  const rest = substitute({ value: open, path: SPEC }, SPEC_SITE, {
    own,
    ofAccount: known.variables,
    account: known.name,
    refused: NOTHING_REFUSED,
    references: referencesIn(place),
  });
  const references = mapped(rest.references, ({ path, used, problem }) => ({
    ...used,
    origin: originOfValue(source, path),
    problem,
  }));
  const diagnostics = mapped(joinedLists(fn.problems, rest.problems), (problem) =>
    substitutionDiagnostic(problem, source),
  );
  return resolvedAs({ name, spec: rest.value, functionName: fn.value, references, diagnostics });
}

function resolvedAs({
  name,
  spec,
  functionName,
  references,
  diagnostics,
}: Omit<ResolvedSpec, "logs">): ResolvedSpec {
  return { name, spec, functionName, logs: declaredLogs(spec, functionName), references, diagnostics };
}

const SPEC: ValuePath = ["spec"];
const NOTHING_REFUSED = {};

function substitutionDiagnostic(problem: SubstitutionProblem, source: LocatedFile): Diagnostic {
  const { path, code } = problem;
  const severity = code === UNREAD ? "warning" : "error";
  return diagnosticAt[severity](originOfValue(source, path), code, problem);
}

const diagnosticAt = { error: errorAt, warning: warningAt } as const;

const SPEC_FUNCTION = templateSite(functionPermission.shape.spec.shape.function);

function functionNameOf(
  text: string,
  { known, region, namespace }: ResolvePlace,
  name: string,
): SubstitutionResult<string> {
  if (!isTemplate(text)) return { value: text, problems: NONE, references: NONE };
  return substitute({ value: text, path: FUNCTION }, SPEC_FUNCTION, {
    own: { region, namespace, name },
    ofAccount: known.variables,
    account: known.name,
    refused: { function: "spec.function can't name itself" },
  });
}

function isTemplate(text: string | undefined): boolean {
  return text !== undefined && text.includes("${");
}
