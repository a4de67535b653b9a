import { correctionOf, errorAt, type Diagnostic, type Mistake } from "../../../model/diagnostic.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import type { TemplateUseSpec } from "../../schema/template-use.ts";
import type { PathInFile } from "../../statements/permissions.ts";
import type { KnownTemplate, TemplatesByName, UsableTemplate } from "./templates.ts";

/** The version that a use names. Another version is never taken in its place. */
export function templateOf(
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
