import { posix } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { formatFile } from "../../manifest/format/format-file.ts";
import { GRANT_ENTRIES } from "../../manifest/grants/catalogue.ts";
import { parseFile } from "../../manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../manifest/parse/parsed.ts";
import { API_VERSION, type Kind } from "../../manifest/schema/document.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { GrantProposal } from "../../model/answers/questions/grant-proposal.ts";
import { formatPath } from "../../text/located/value-path.ts";
import { blockText } from "../../text/yaml/block-text.ts";
import { proposalComments } from "./live-grants.ts";

/** Names of AWS in a draft. */
export interface DraftedPlaces {
  readonly regions: readonly string[];
  /** The name of its function; null: it is about none. */
  readonly lambda: string | null;
}

export interface NewManifestDraft extends Partial<DraftedPlaces> {
  readonly kind: Kind;
  /** From the root of the repository. */
  readonly path: string;
  readonly name: string;
  readonly spec: JsonObject;
  /** Those that the grants of the spec are from; empty: none. */
  readonly proposals: readonly GrantProposal[];
  /** The texts of the entries of its `grants`, as they were entered; missing: they were not. */
  readonly grants?: readonly string[];
}

/** The schema for editors, from the root of the repository. */
export const SCHEMA_FILE = ".grantkeeper.schema.json";

const WIDTH = 100;

/** The text of the manifest, in the style of `fmt`, with the line that names its schema for editors. @throws CliError */
export function draftText({ kind, path, name, spec, proposals, grants = [] }: NewManifestDraft): string {
  const manifest = { apiVersion: API_VERSION, kind, metadata: { name } };
  const schema = posix.relative(posix.dirname(path), SCHEMA_FILE);
  const text = [
    `# yaml-language-server: $schema=${schema}\n`,
    blockText(manifest, { depth: 0, width: WIDTH }),
    ...proposalComments(proposals).map((line) => `# ${line}\n`),
    blockText({ spec }, { depth: 3, width: WIDTH }),
  ].join("");
  const formatted = formatFile({ path, bytes: Buffer.from(text) }, DEFAULT_MANIFEST_LIMITS);
  if (formatted.kind === "err")
    throw new Error(`a draft that is no YAML: ${formatted.error[0]?.message ?? ""}`);
  const parsed = parseFile({ path, bytes: Buffer.from(formatted.value) }, DEFAULT_MANIFEST_LIMITS);
  for (const document of parsed.documents) {
    const [problem] = document.kind === "invalid" ? document.diagnostics : [];
    if (problem !== undefined)
      throw new CliError(`${grantFlag(problem.origin.path, grants)}${problem.message}`, problem.fix);
  }
  return formatted.value;
}

/** `--grant sqs:jobs:recieve: `, if the problem is in what it was written from; otherwise nothing. */
function grantFlag(path: string, grants: readonly string[]): string {
  const grant = grants.find((_, at) => {
    const entry = formatPath(["spec", "grants", at]);
    return path === entry || path.startsWith(`${entry}.`);
  });
  return grant === undefined ? "" : `--grant ${grant}: `;
}

/** `dynamodb:orders:read,write` as an entry of grants: the service, its resource, and verbs or single actions. @throws CliError */
export function grantOf(text: string): JsonObject {
  const form = "write SERVICE:RESOURCE:VERBS, such as dynamodb:orders:read,write";
  const [, service = "", resource = "", verbs = ""] = /^([^:]*):(.*):([\w,]+)$/.exec(text) ?? [];
  if (/^[^:]+:[^:]+$/.test(text)) throw new CliError(`--grant ${text}: VERBS are missing`, form);
  if (service === "") throw new CliError(`--grant: "${text}" is not a grant`, form);
  const entry = GRANT_ENTRIES.find(({ grant }) => grant === service);
  if (entry === undefined) {
    const known = GRANT_ENTRIES.map(({ grant }) => grant);
    const near = nearestName(service, known);
    const hint = near === undefined ? `valid values: ${known.join(", ")}` : `did you mean "${near}"?`;
    throw new CliError(`--grant ${text}: unknown grant "${service}"`, hint);
  }
  const [example] = entry.examples as readonly JsonObject[];
  const [field = ""] = Object.keys(example ?? {});
  const hasVerbs = "allow" in (example ?? {});
  return { [service]: { [field]: resource, ...(hasVerbs && { allow: verbs.split(",") }) } };
}
