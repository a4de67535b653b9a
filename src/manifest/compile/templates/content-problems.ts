import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { originOfValue } from "../../../text/located/located.ts";
import type { GrantTemplate } from "../../parse/parsed.ts";
import { grantTemplate } from "../../schema/grant-template.ts";
import { compileStatements } from "../../statements/permissions.ts";
import { textProblems } from "../../statements/spec-texts.ts";
import {
  substitute,
  templateSite,
  type SubstitutionResult,
  type Variables,
} from "../../statements/substitution.ts";
import { PARAMETER_PREFIX, type VariableReference } from "./references.ts";

const SPEC_SITE = templateSite(grantTemplate.shape.spec);

/**
 * What is wrong in the grants and statements for all values of a use, or with the defaults. A text with a value that only a
 * use has is checked there.
 */
export function contentProblems(
  manifest: GrantTemplate,
  references: readonly VariableReference[],
): readonly Diagnostic[] {
  const { grants = [], statements = [] } = manifest.spec;
  const samples = samplesOf(manifest, references);
  const value = { grants, statements };
  const filled = substitute({ value, path: ["spec"] }, SPEC_SITE, samples.variables);
  const problems = [
    ...substitutionErrors(filled, manifest),
    ...compileStatements(filled.value.statements, manifest).diagnostics,
  ];
  const open = references.filter(({ name }) => !samples.known.has(name));
  const places = new Set(open.map(({ path }) => formatOrigin(originOfValue(manifest, path))));
  return [
    ...textProblems(value, NOWHERE, manifest).filter(({ code }) => code === "character"),
    ...open.flatMap((reference) => unknownVariable(reference, samples.variables, manifest)),
    ...problems.filter(({ origin }) => !places.has(formatOrigin(origin))),
  ];
}

/** An undeclared parameter has a message of its own. */
function unknownVariable(
  { name, path }: VariableReference,
  variables: Variables,
  manifest: GrantTemplate,
): readonly Diagnostic[] {
  if (name.startsWith(PARAMETER_PREFIX)) return [];
  return substitutionErrors(substitute({ value: `\${${name}}`, path }, { kind: "any" }, variables), manifest);
}

function substitutionErrors(
  { problems }: SubstitutionResult<unknown>,
  manifest: GrantTemplate,
): readonly Diagnostic[] {
  return problems.map((problem) => errorAt(originOfValue(manifest, problem.path), problem.code, problem));
}

/** Names of another partition are a problem of a use alone. */
const NOWHERE = { account: "", partition: "aws", partitionOfAccount: new Map<string, string>() };

/** Every binding has these, in this form. */
const OF_BINDING: Readonly<Record<string, string>> = {
  "account.id": "111122223333",
  partition: "aws",
  region: "us-east-1",
};

const NAMED = ["account.name", "function", "name", "namespace"];

interface Samples {
  readonly variables: Variables;
  /** The names whose values here are as good as those of any use. */
  readonly known: ReadonlySet<string>;
}

function samplesOf({ spec }: GrantTemplate, references: readonly VariableReference[]): Samples {
  const parameters = Object.entries(spec.parameters ?? {}).map(
    ([name, parameter]) => [`${PARAMETER_PREFIX}${name}`, parameter.default] as const,
  );
  const ofAccount = references.map(({ name }) => name).filter((name) => name.startsWith("account.vars."));
  const placeholders = [...NAMED, ...ofAccount].map((name) => [name, PLACEHOLDER] as const);
  const own = [...placeholders, ...parameters.map(([name, value]) => [name, value ?? PLACEHOLDER] as const)];
  const withDefault = parameters.filter(([, value]) => value !== undefined).map(([name]) => name);
  return {
    variables: { own: Object.fromEntries(own), ofAccount: OF_BINDING, account: null, refused: {} },
    known: new Set([...Object.keys(OF_BINDING), ...withDefault]),
  };
}

const PLACEHOLDER = "x";
