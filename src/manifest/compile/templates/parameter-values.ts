import { correctionOf, errorAt, type Diagnostic, type Mistake } from "../../../model/diagnostic.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { originOfKey, originOfValue } from "../../../text/located/located.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { shown } from "../../fields/field.ts";
import { valueProblem } from "../../fields/parameter.ts";
import type { TemplateUseSpec } from "../../schema/template-use.ts";
import type { PathInFile } from "../../statements/permissions.ts";
import { PARAMETER_PREFIX } from "./references.ts";
import type { UsableTemplate } from "./templates.ts";

interface ParameterValues {
  /** By the names of variables: `param.queue`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The values of one use, each checked by its parameter; a value that is not given is the default. */
export function parameterValues(
  use: TemplateUseSpec,
  template: UsableTemplate,
  { path, source }: PathInFile,
): ParameterValues {
  const diagnostics: Diagnostic[] = [];
  const at = [...path, "parameters"];
  const given = new Map(Object.entries(use.parameters ?? {}));
  const declared = Object.entries(template.manifest.spec.parameters ?? {});
  const names = declared.map(([name]) => name);
  for (const name of given.keys()) {
    if (names.includes(name)) continue;
    const mistake = unknownParameter(name, names, use);
    diagnostics.push(errorAt(originOfKey(source, [...at, name]), "unknown-parameter", mistake));
  }
  const variables: Record<string, string> = {};
  for (const [name, parameter] of declared) {
    const value = given.get(name) ?? parameter.default;
    if (value === undefined) {
      const message = `template ${use.template}@${use.version} needs the parameter ${name}`;
      const fix = `add ${name}: under parameters${parameter.description === undefined ? "" : ` (${parameter.description})`}`;
      diagnostics.push(errorAt(originOfKey(source, [...path, "template"]), "required", { message, fix }));
      continue;
    }
    const problem = valueProblem(name, parameter, value) ?? breaksOut(name, value, template);
    if (problem !== null)
      diagnostics.push(errorAt(originOfValue(source, [...at, name]), "parameter", problem));
    variables[`${PARAMETER_PREFIX}${name}`] = value;
  }
  return { variables, diagnostics };
}

function unknownParameter(
  name: string,
  names: readonly string[],
  { template, version }: TemplateUseSpec,
): Mistake {
  const near = nearestName(name, names);
  const meant = near === undefined ? "" : `did you mean "${near}"? `;
  const known = names.length === 0 ? "it has none" : `it has: ${names.join(", ")}`;
  const message = `template ${template}@${version} has no parameter ${shown(name)}`;
  return { message, fix: `${meant}${known}`, ...correctionOf(name, near) };
}

/** A colon separates the parts of an ARN: a value that has one could name another region or account. */
function breaksOut(name: string, value: string, { references, manifest }: UsableTemplate): Mistake | null {
  if (!value.includes(":")) return null;
  const alone = `\${${PARAMETER_PREFIX}${name}}`;
  const within = references.find(({ parameter, text }) => parameter === name && text !== alone);
  if (within === undefined) return null;
  const place = formatOrigin(originOfValue(manifest, within.path));
  const message = `parameter ${name}: ${shown(value)} would add a part to ${shown(within.text)} (${place})`;
  return { message, fix: "write a value without a colon" };
}
