import { correctionOf, errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import { originOfKey, originOfValue } from "../../../text/located/located.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { shown } from "../../fields/field.ts";
import type { GrantTemplate } from "../../parse/parsed.ts";
import { contentProblems } from "./content-problems.ts";
import { parametersIn, type ParameterReference, type VariableReference } from "./references.ts";

/** The problems that a template has for each of its users; they are reported here, before anyone uses it. */
export function templateProblems(
  manifest: GrantTemplate,
  variables: readonly VariableReference[],
): readonly Diagnostic[] {
  const declared = Object.keys(manifest.spec.parameters ?? {});
  const references = parametersIn(variables);
  return [
    ...references.flatMap((reference) => undeclared(reference, declared, manifest)),
    ...references.flatMap((reference) => notSubstituted(reference, manifest)),
    ...unused(references, declared, manifest),
    ...contentProblems(manifest, variables),
  ];
}

function undeclared(
  { parameter, path }: ParameterReference,
  declared: readonly string[],
  manifest: GrantTemplate,
): readonly Diagnostic[] {
  if (declared.includes(parameter)) return [];
  const near = nearestName(parameter, declared);
  const meant = near === undefined ? "" : `did you mean "${near}"? `;
  const known = declared.length === 0 ? "the template declares none" : `declared: ${declared.join(", ")}`;
  const message = `unknown parameter ${shown(parameter)}`;
  const origin = originOfValue(manifest, path);
  const correction = correctionOf(parameter, near);
  return [errorAt(origin, "unknown-parameter", { message, fix: `${meant}${known}`, ...correction })];
}

/** The reason of an entry is for readers, and is the same in every use. */
function notSubstituted({ path }: ParameterReference, manifest: GrantTemplate): readonly Diagnostic[] {
  if (path.length !== 4 || path[3] !== "reason") return [];
  const message = "a reason has no parameters";
  const fix = "remove the parameter; a use of the template can have a reason of its own";
  return [errorAt(originOfValue(manifest, path), "parameter", { message, fix })];
}

function unused(
  references: readonly ParameterReference[],
  declared: readonly string[],
  manifest: GrantTemplate,
): readonly Diagnostic[] {
  const used = new Set(references.map(({ parameter }) => parameter));
  return declared
    .filter((name) => !used.has(name))
    .map((name) => {
      const origin = originOfKey(manifest, ["spec", "parameters", name]);
      const message = `the parameter ${name} is not used`;
      return errorAt(origin, "unused-parameter", { message, fix: `remove it, or write \${param.${name}}` });
    });
}
