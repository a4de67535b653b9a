import type { Arn } from "../../../model/aws/arn.ts";
import type { CompiledStatement } from "../../../model/desired.ts";
import { errorAt, type Diagnostic, correctionOf, type Mistake } from "../../../model/diagnostic.ts";
import {
  formatOrigin,
  withTemplatePlace,
  type Origin,
  type TemplatePlace,
} from "../../../model/values/origin.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../../../text/located/located.ts";
import type { PathTexts } from "../../../text/located/path-texts.ts";
import type { GrantPlace } from "../../fields/resource.ts";
import { grantTemplate, type GrantTemplateSpec } from "../../schema/grant-template.ts";
import type { TemplateUseSpec } from "../../schema/template-use.ts";
import { type PartitionPlace, textProblems } from "../../statements/spec-texts.ts";
import {
  compileGrants,
  compileStatements,
  joined,
  type CompiledPermissions,
  type GrantExpander,
  type PathInFile,
} from "../../statements/permissions.ts";
import { substitute, templateSite, type Variables } from "../../statements/substitution.ts";
import { parameterValues } from "./parameter-values.ts";
import type { TemplatesByName, UsableTemplate, KnownTemplate } from "./templates.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import { nearestName } from "../../../text/nearest-name.ts";

export interface UseContext {
  readonly templates: TemplatesByName;
  readonly at: GrantPlace;
  readonly partitions: PartitionPlace;
  readonly expander: GrantExpander;
  readonly pinnedTo: Arn | null;
  /** Of the binding, without the parameters. */
  readonly variables: Variables;
  readonly pathTexts: PathTexts;
}

/**
 * `spec.templates`: each use as the grants and statements of its template. A statement has the place of its use, since that
 * is where the team can change it, and with it the line of the template.
 */
export function compileUses(
  uses: readonly TemplateUseSpec[],
  context: UseContext,
  source: LocatedFile,
): CompiledPermissions {
  return joined(uses.map((use, index) => compileUse({ use, index }, context, source)));
}

interface IndexedUse {
  readonly use: TemplateUseSpec;
  readonly index: number;
}

function compileUse(
  { use, index }: IndexedUse,
  context: UseContext,
  source: LocatedFile,
): CompiledPermissions {
  const path = ["spec", "templates", index];
  const found = templateOf(use, context.templates, { path, source });
  if (found.kind === "err") return { statements: [], diagnostics: [found.error] };
  const values = parameterValues(use, found.value, { path, source });
  if (values.diagnostics.length > 0) return { statements: [], diagnostics: values.diagnostics };
  const own = { ...context.variables.own, ...values.variables };
  const expanded = expand(use, found.value, { ...context, variables: { ...context.variables, own } });
  return atUse(expanded, {
    name: `${use.template}@${use.version}`,
    origin: originOfKey(source, [...path, "template"]),
    valueAt: valuePlaces(use, found.value, { path: [...path, "parameters"], source }),
  });
}

/** By the place of a text in the template: the place of the value that the use gives for it. */
function valuePlaces(
  { parameters = {} }: TemplateUseSpec,
  { references, manifest }: UsableTemplate,
  { path, source }: PathInFile,
): ReadonlyMap<string, Origin> {
  const given = references.filter(({ parameter }) => Object.hasOwn(parameters, parameter));
  return new Map(
    given.map(({ parameter, path: at }) => [
      formatOrigin(originOfValue(manifest, at)),
      originOfValue(source, [...path, parameter]),
    ]),
  );
}

const SPEC_SITE = templateSite(grantTemplate.shape.spec);

/** The template with the values of one use, at the places of the template. */
function expand(
  use: TemplateUseSpec,
  { manifest }: UsableTemplate,
  context: UseContext,
): CompiledPermissions {
  const { file, located } = manifest;
  const source: LocatedFile = { file, located, pathTexts: context.pathTexts };
  const { grants = [], statements = [] } = manifest.spec;
  const placed = { value: { grants, statements }, path: ["spec"] };
  const filled = substitute<Pick<GrantTemplateSpec, "grants" | "statements">>(
    placed,
    SPEC_SITE,
    context.variables,
  );
  const problems = [
    ...filled.problems.map(({ path, code, ...mistake }) =>
      errorAt(originOfValue(source, path), code, mistake),
    ),
    ...textProblems({ ...filled.value }, context.partitions, source),
  ];
  if (problems.length > 0) return { statements: [], diagnostics: problems };
  const { at: place, expander, pinnedTo } = context;
  const items = (filled.value.grants ?? []).map((item) => ofUse(item, use));
  return joined([
    compileGrants(items, { place, expander, pinnedTo }, source),
    compileStatements(
      (filled.value.statements ?? []).map((item) => ofUse(item, use)),
      source,
    ),
  ]);
}

interface EndAndReason {
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
}

/** Of two ends the earlier one, so that a use cannot extend what the platform limits. */
function ofUse<Item extends EndAndReason>(item: Item, use: EndAndReason): Item {
  const until = earlier(item.until, use.until);
  const reason = use.reason ?? item.reason;
  return {
    ...item,
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(a) <= Date.parse(b) ? a : b;
}

interface PlacedUse {
  readonly name: string;
  readonly origin: Origin;
  readonly valueAt: ReadonlyMap<string, Origin>;
}

/** A statement is at its use, and so is a problem, unless a value of the use is in the text that has it. */
function atUse({ statements, diagnostics }: CompiledPermissions, use: PlacedUse): CompiledPermissions {
  const template = ({ file, line, column }: Origin): TemplatePlace => ({
    name: use.name,
    file,
    line,
    column,
  });
  return {
    statements: statements.map((statement): CompiledStatement => ({
      ...statement,
      origin: { ...use.origin, template: template(statement.origin) },
    })),
    diagnostics: diagnostics.map((found): Diagnostic => ({
      ...found,
      origin: {
        ...(use.valueAt.get(formatOrigin(found.origin)) ?? use.origin),
        template: template(found.origin),
      },
      message: withTemplatePlace(found.message, template(found.origin)),
    })),
  };
}

/** The version that a use names. Another version is never taken in its place. */
function templateOf(
  { template: name, version }: TemplateUseSpec,
  templates: TemplatesByName,
  { path, source }: PathInFile,
): Result<UsableTemplate, Diagnostic> {
  const fail = (field: string, code: string, mistake: Mistake): Result<UsableTemplate, Diagnostic> =>
    err(errorAt(originOfValue(source, [...path, field]), code, mistake));
  const versions = templates.get(name);
  if (versions === undefined)
    return fail("template", "unknown-template", {
      message: `unknown GrantTemplate "${name}"`,
      ...nameHint(name, templates),
    });
  if (version === undefined) {
    const message = `template ${name} needs a version: a new version must not change this function by itself`;
    return fail("template", "required", { message, fix: newestHint(versions) });
  }
  const found = versions.get(version);
  if (found === undefined)
    return fail("version", "unknown-template", {
      message: `template ${name} has no version ${version}`,
      fix: newestHint(versions),
    });
  if (found.usable !== null) return ok(found.usable);
  const message = `template ${name}@${version} can't be used: it has problems`;
  return fail("template", "invalid-template", { message, fix: `see ${found.where}` });
}

function nameHint(name: string, templates: TemplatesByName): Omit<Mistake, "message"> {
  const near = nearestName(name, [...templates.keys()]);
  const declare = "declare it in the platform's folder";
  if (near === undefined) return { fix: declare };
  return { fix: `did you mean "${near}"? Otherwise ${declare}`, ...correctionOf(name, near) };
}

function newestHint(versions: ReadonlyMap<number, KnownTemplate>): string {
  const known = [...versions.keys()].sort((a, b) => b - a);
  return `the newest is version: ${known[0]}`;
}
