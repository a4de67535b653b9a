import { indexInArn } from "../../model/aws/arns/nested-arn.ts";
import { specEntryOf } from "../../manifest/statements/entry-path.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import {
  exactActionOf,
  grantsCovering,
  isActionOf,
  verbsWith,
} from "../../manifest/covering/covering-grants.ts";
import type { MissingAccess } from "../../manifest/covering/targets.ts";
import { writtenSpec } from "../../manifest/parse/changed-spec.ts";
import type { FunctionPermission } from "../../manifest/parse/parsed.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { ProposedLines } from "../../model/answers/why.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import { flowText, memberLines } from "../../text/yaml/flow-text.ts";

/** Manifest lines that may fix a denial. They are compiled and evaluated before they are shown. */
export interface Candidate extends Pick<
  ProposedLines,
  "kind" | "what" | "lines" | "edit" | "grant" | "verb"
> {
  /** Members of the spec after the change. */
  readonly members: JsonObject;
  /** The part of the file that the change is about. */
  readonly path: ValuePath;
  /** A new member of a list, after the one at `path`. */
  readonly entry: JsonObject | null;
}

export interface CandidateInputs {
  readonly manifest: FunctionPermission;
  readonly binding: DesiredBinding;
  readonly missing: MissingAccess;
  /** The account's `vars`, for a manifest of several accounts. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The smallest change first: an existing grant, a new one, a setting. */
export function grantCandidates(inputs: CandidateInputs): readonly Candidate[] {
  return [...changedGrants(inputs), ...newGrants(inputs), ...tracing(inputs)];
}

function changedGrants({ manifest, missing }: CandidateInputs): readonly Candidate[] {
  const grants = grantsOf(manifest);
  return grants.flatMap((item, at) => {
    const grant = Object.keys(item).find((key) => key !== "until" && key !== "reason") ?? "";
    const fields = (item[grant] ?? {}) as JsonObject;
    const changes = [...addedVerbs(grant, fields, missing), ...addedIndex(grant, fields, missing)];
    return changes.map(({ field, value, verb }): Candidate => {
      const changed = { ...item, [grant]: { ...fields, [field]: value } };
      return {
        kind: "change-grant",
        members: { grants: grants.map((one, index) => (index === at ? changed : one)) },
        path: ["spec", "grants", at, grant],
        what: `write in this ${grant} grant${typeof item["until"] === "string" ? `, which ends ${item["until"]}` : ""}`,
        lines: [`${field}: ${flowText(value)}`],
        edit: { kind: "set", path: ["spec", "grants", at, grant, field], value },
        entry: null,
        grant,
        verb,
      };
    });
  });
}

interface FieldChange {
  readonly field: string;
  readonly value: Json;
  readonly verb: string | null;
}

/** A verb that has the action; first the action alone, if the list has actions of that verb already. */
function addedVerbs(grant: string, fields: JsonObject, { action }: MissingAccess): readonly FieldChange[] {
  const allow = listOf(fields["allow"]);
  const exact = exactActionOf(action, grant);
  return verbsWith(action, grant)
    .filter((verb) => !allow.includes(verb))
    .flatMap((verb): readonly FieldChange[] => {
      const others = allow.filter((name) => !isActionOf(name, verb, grant));
      const withVerb = { field: "allow", value: [...others, verb], verb };
      if (exact === null || others.length === allow.length || allow.includes(exact)) return [withVerb];
      return [{ field: "allow", value: [...allow, exact], verb: exact }, withVerb];
    });
}

/** A grant that names its indexes may lack only this one. */
function addedIndex(grant: string, fields: JsonObject, { resource }: MissingAccess): readonly FieldChange[] {
  const index = indexInArn(resource);
  const { indexes } = fields;
  if (grant !== "dynamodb" || index === null || indexes === undefined) return [];
  return [{ field: "indexes", value: [...listOf(indexes), index], verb: null }];
}

function newGrants({ manifest, binding, missing, variables }: CandidateInputs): readonly Candidate[] {
  const grants = grantsOf(manifest);
  return grantsCovering(missing, binding).map(({ grant, verb, fields }): Candidate => {
    const item = { [grant]: withVariables(fields as JsonObject, variables) };
    return {
      kind: "add-grant",
      members: { grants: [...grants, item] },
      ...placeIn(manifest, "grants", item),
      grant,
      verb,
    };
  });
}

/** A name that contains a variable in this account has another value in another account. */
function withVariables(fields: JsonObject, variables: Readonly<Record<string, string>>): JsonObject {
  const known = Object.entries(variables);
  const named = (value: Json): Json => {
    const variable = known.find(([, each]) => each === value)?.[0];
    return variable === undefined ? value : `\${account.vars.${variable}}`;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, named(value)]));
}

function tracing({ manifest, missing }: CandidateInputs): readonly Candidate[] {
  if (!missing.action.toLowerCase().startsWith("xray:")) return [];
  return [
    {
      kind: "set-tracing",
      members: { tracing: true },
      path: manifest.spec.tracing === undefined ? ["spec"] : ["spec", "tracing"],
      what: "write in spec",
      lines: ["tracing: true"],
      edit: { kind: "set", path: ["spec", "tracing"], value: true },
      entry: null,
      grant: "tracing",
      verb: null,
    },
  ];
}

/** The entry at `path` (`spec.grants[2].s3`, `spec.templates[0].template`) without its `until`, which has passed. */
export function renewed({ manifest }: CandidateInputs, path: string): Candidate | null {
  const entry = specEntryOf(path);
  if (entry === null) return null;
  const { list, at } = entry;
  const items = objectsOf(writtenSpec(manifest)[list]);
  if (items[at]?.["until"] === undefined) return null;
  const { until: _until, ...rest } = items[at];
  return {
    kind: "renew",
    members: { [list]: items.map((one, index) => (index === at ? rest : one)) },
    path: ["spec", list, at, "until"],
    what: "this date has passed: set a new one, or remove it for permanent access",
    lines: [],
    edit: null,
    entry: null,
    grant: null,
    verb: null,
  };
}

/** A raw IAM statement, for actions that no grant has. */
export function statementCandidate(
  { manifest, binding, missing }: CandidateInputs,
  targets: number,
): Candidate {
  const statements = objectsOf(writtenSpec(manifest)["statements"]);
  const resource = targets > 1 ? withPlace(missing.resource, binding) : missing.resource;
  const item = {
    reason: `TICKET: no grant for ${missing.action} yet`,
    statement: { Effect: "Allow", Action: missing.action, Resource: resource },
  };
  return {
    kind: "add-statement",
    members: { statements: [...statements, item] },
    ...placeIn(manifest, "statements", item),
    grant: null,
    verb: null,
  };
}

function withPlace(resource: string, { accountId, region, partition }: DesiredBinding): string {
  if (resource === "*") return resource;
  const parts = arnParts(resource);
  return [
    "arn",
    parts.partition === partition ? "${partition}" : parts.partition,
    parts.service,
    parts.region === region ? "${region}" : parts.region,
    parts.accountId === accountId ? "${account.id}" : parts.accountId,
    parts.resource,
  ].join(":");
}

type ListName = "grants" | "statements";

/** The place for a further entry: below the last one, or as the first entry of a list that is empty or missing. */
function placeIn(
  manifest: FunctionPermission,
  list: ListName,
  item: JsonObject,
): Pick<Candidate, "path" | "what" | "lines" | "edit" | "entry"> {
  const entries = writtenSpec(manifest)[list];
  const edit = { kind: "append", path: ["spec", list], value: item } as const;
  const last = objectsOf(entries).length - 1;
  if (last >= 0) {
    const what = `write below this ${list === "grants" ? "grant" : "statement"}`;
    return { path: ["spec", list, last], what, lines: memberLines(item), edit, entry: item };
  }
  const lines = [`${list}:`, ...memberLines(item).map((line) => `  ${line}`)];
  if (entries === undefined) return { path: ["spec"], what: "write in spec", lines, edit, entry: null };
  return { path: ["spec", list], what: "replace this line", lines, edit, entry: null };
}

function grantsOf(manifest: FunctionPermission): readonly JsonObject[] {
  return objectsOf(writtenSpec(manifest)["grants"]);
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}

function listOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
