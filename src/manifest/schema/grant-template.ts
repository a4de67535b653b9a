import { z } from "zod";
import { plainText, pushIssue, shown } from "../fields/field.ts";
import { DESCRIPTION } from "../fields/names.ts";
import {
  PARAMETER_NAME,
  PARAMETER_PATTERN,
  PARAMETER_VALUE,
  patternProblem,
  valueProblem,
  type ParameterSpec,
} from "../fields/parameter.ts";
import type { Mistake } from "../../model/diagnostic.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import { manifestOf, platformMetadata } from "./document.ts";
import { grantItem, hasUnknownField, statementItem, type GrantItem } from "./permissions.ts";

/** The statements of an inline policy have to fit in 10,240 characters, so that more entries are of no use. */
const MAX_ENTRIES = 50;

const parameter = z.strictObject({
  type: z.literal("text").optional(),
  pattern: plainText(PARAMETER_PATTERN).optional(),
  default: plainText(PARAMETER_VALUE).optional(),
  description: plainText(DESCRIPTION).optional(),
});

export const grantTemplate = manifestOf(
  "GrantTemplate",
  platformMetadata,
  z
    .strictObject({
      version: z.int().min(1).max(9_999),
      description: plainText(DESCRIPTION).optional(),
      parameters: z.record(z.string(), parameter).optional(),
      grants: z.array(grantItem).max(MAX_ENTRIES).optional(),
      statements: z.array(statementItem).max(MAX_ENTRIES).optional(),
    })
    .check((context) => {
      const { grants = [], statements = [], parameters = {} } = context.value;
      if (grants.length + statements.length === 0 && !hasUnknownField(context)) {
        const fix = "write grants, statements or both";
        pushIssue(context, [], { message: "the template is empty", fix });
      }
      for (const [name, spec] of Object.entries(parameters))
        for (const { path, mistake } of parameterProblems(name, spec))
          pushIssue(context, ["parameters", name, ...path], mistake);
    }),
);

interface ParameterProblem {
  readonly path: ValuePath;
  readonly mistake: Mistake;
}

function parameterProblems(name: string, spec: ParameterSpec): readonly ParameterProblem[] {
  const { pattern, default: standard } = spec;
  if (!PARAMETER_NAME.pattern.test(name)) {
    const message = `${shown(name)} is not ${PARAMETER_NAME.what}`;
    return [{ path: [], mistake: { message, fix: `write it like ${PARAMETER_NAME.example}` } }];
  }
  const ofPattern = pattern === undefined ? null : patternProblem(pattern);
  if (ofPattern !== null) return [{ path: ["pattern"], mistake: ofPattern }];
  const ofDefault = standard === undefined ? null : valueProblem(name, spec, standard);
  return ofDefault === null ? [] : [{ path: ["default"], mistake: ofDefault }];
}

type GrantTemplateDocument = z.infer<typeof grantTemplate>;

export interface GrantTemplateSpec extends Omit<GrantTemplateDocument["spec"], "grants"> {
  readonly grants?: readonly GrantItem[] | undefined;
}
