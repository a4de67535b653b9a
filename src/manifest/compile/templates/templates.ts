import { getOrAdd } from "../../../model/values/lists.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { originOfKey } from "../../../text/located/located.ts";
import { PLATFORM } from "../../../model/aws/ids.ts";
import type { GrantTemplate, ManifestDocument } from "../../parse/parsed.ts";
import type { PlacedDocument } from "../placed.ts";
import { templateVersion, type PlacedDocuments } from "../placed-documents.ts";
import { templateProblems } from "./problems.ts";
import { parametersIn, variablesIn, type ParameterReference } from "./references.ts";

export interface KnownTemplate {
  /** null: it has problems, and its users keep their last applied state. */
  readonly usable: UsableTemplate | null;
  /** The place of its declaration, for messages. */
  readonly where: string;
}

export interface UsableTemplate {
  readonly manifest: GrantTemplate;
  readonly references: readonly ParameterReference[];
}

/** The versions of each template, by its name. */
export type TemplatesByName = ReadonlyMap<string, ReadonlyMap<number, KnownTemplate>>;

export interface CompiledTemplates {
  readonly templates: TemplatesByName;
  readonly diagnostics: readonly Diagnostic[];
}

/** Every GrantTemplate of the platform. A document in a team's folder is refused, and cannot be used. */
export function compileTemplates(world: PlacedDocuments): CompiledTemplates {
  const templates = new Map<string, Map<number, KnownTemplate>>();
  const diagnostics: Diagnostic[] = [];
  const add = (
    { document, namespace }: PlacedDocument<ManifestDocument>,
    usable: UsableTemplate | null,
  ): void => {
    const version = templateVersion(document);
    if (namespace !== PLATFORM || document.name === null || version === null) return;
    const versions = getOrAdd(templates, document.name, () => new Map<number, KnownTemplate>());
    // Of two documents with one version neither is used.
    const known = { usable: versions.has(version) ? null : usable, where: placeOf(document) };
    versions.set(version, known);
  };
  for (const placed of world.templates) {
    const variables = variablesIn(placed.document.spec);
    const problems = [...placed.problems, ...templateProblems(placed.document, variables)];
    diagnostics.push(...problems);
    const references = parametersIn(variables);
    add(placed, problems.length > 0 ? null : { manifest: placed.document, references });
  }
  for (const placed of world.invalid) if (placed.document.of === "GrantTemplate") add(placed, null);
  return { templates, diagnostics };
}

function placeOf(document: ManifestDocument): string {
  return formatOrigin(originOfKey(document, ["metadata", "name"]));
}
