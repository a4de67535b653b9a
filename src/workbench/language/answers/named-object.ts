import type { ManifestObject } from "../../../manifest/compile/objects.ts";
import { qualifiedPolicyName } from "../../../manifest/compile/policy-references.ts";
import type { Kind } from "../../../manifest/schema/document.ts";
import { namespaceOfPath } from "../../../manifest/folder-owner.ts";
import { PLATFORM, type Namespace } from "../../../model/aws/ids.ts";
import { originOfValue, placeOfDocument } from "../../../text/located/located.ts";
import type { Position } from "../../../text/located/positions.ts";
import { valueAt } from "../../../text/located/value-path.ts";
import type { Analysis } from "../analysis.ts";
import { fieldPath, type ManifestCursor } from "./cursor.ts";

/** The fields in which one document names another one, by the kind that they name. */
const NAMING: Readonly<Partial<Record<Kind, RegExp>>> = {
  AwsAccount: /^spec\.(targets\[\]\.accounts\[\]|accounts\[\]|selector\.accounts\[\]|after\.accounts\[\])$/,
  GrantTemplate: /^spec\.templates\[\]\.(template|version)$/,
  ManagedPolicy:
    /^spec\.(managedPolicies\[\]|role\.boundary|(template\.)?boundary|(template\.)?boundaries\[\](\.name)?)$/,
  FunctionPermission: /^spec\.(dependsOn\[\]|binding)$/,
  Team: /^(metadata\.namespace|spec\.(selector\.)?namespaces\[\]|spec\.(template\.)?boundaries\[\]\.namespaces\[\]|spec\.shares\[\]\.with)$/,
  GuardrailProfile: /^spec\.profile$/,
};

/** Of a member of a set, `accounts[]` is its declaration, and not a name of another document. */
const DECLARING: ReadonlySet<Kind> = new Set(["AccountSet"]);

/** The document that the value at the cursor names; null: it names none, or no manifest declares it. */
export function namedObject(cursor: ManifestCursor, analysis: Analysis): ManifestObject | null {
  const kind = namedKind(cursor);
  if (kind === null || cursor.part === "name") return null;
  const wanted = identityOf(kind, cursor, analysis);
  if (wanted === null) return null;
  const objects = analysis.compilation.objects.filter(
    (object) => object.kind === kind && (wanted.namespace === null || object.namespace === wanted.namespace),
  );
  return objects.find(({ name }) => name === wanted.name) ?? null;
}

function namedKind({ kind, path }: ManifestCursor): Kind | null {
  const field = fieldPath(path);
  const found = Object.entries(NAMING).find(([, pattern]) => pattern.test(field))?.[0] as Kind | undefined;
  if (found === undefined || (found === "AwsAccount" && DECLARING.has(kind))) return null;
  return found;
}

interface NamedIdentity {
  /** null: any. */
  readonly namespace: string | null;
  readonly name: string;
}

function identityOf(kind: Kind, cursor: ManifestCursor, analysis: Analysis): NamedIdentity | null {
  const { value, file } = cursor;
  if (kind === "GrantTemplate") return templateIdentity(cursor, analysis);
  if (typeof value !== "string") return null;
  const namespace = namespaceOfPath(file, analysis.paths);
  switch (kind) {
    case "FunctionPermission":
      return functionIdentity(value, namespace);
    case "ManagedPolicy":
      return policyIdentity(cursor, value, namespace);
    case "AwsAccount":
    case "AccountSet":
    case "Team":
    case "Waiver":
    case "Exclusion":
    case "GuardrailProfile":
    case "ChangeWindow":
      return { namespace: null, name: value };
  }
}

/** `orders-api`, or a binding: `orders/orders-api@prod/eu-west-1`. */
function functionIdentity(text: string, own: Namespace | null): NamedIdentity {
  const [, namespace, name] = /^([^/@]+)\/([^/@]+)@/.exec(text) ?? [];
  return name === undefined || namespace === undefined ? { namespace: own, name: text } : { namespace, name };
}

/** A boundary is always one of the platform. */
function policyIdentity({ path }: ManifestCursor, text: string, own: Namespace | null): NamedIdentity {
  if (!path.includes("managedPolicies")) return { namespace: PLATFORM, name: text };
  if (own === null) return { namespace: null, name: text };
  const [namespace = null, name = text] = qualifiedPolicyName(text, own).split("/");
  return { namespace, name };
}

/** Without a version, which is an error, the newest one. */
function templateIdentity(
  { document, path }: ManifestCursor,
  { compilation }: Analysis,
): NamedIdentity | null {
  const use = path.slice(0, -1);
  const [name, version] = ["template", "version"].map((field) => valueAt(document.document, [...use, field]));
  if (typeof name !== "string") return null;
  if (typeof version === "number") return { namespace: null, name: `${name}@${version}` };
  const versions = compilation.objects
    .filter((object) => object.kind === "GrantTemplate" && object.name.startsWith(`${name}@`))
    .map((object) => Number(object.name.slice(name.length + 1)));
  return { namespace: null, name: `${name}@${Math.max(0, ...versions)}` };
}

/** The place of a document's name, also of an account that a set lists. */
export function placeOfObject(object: ManifestObject, { files }: Analysis): Position {
  const { file, line, name } = object;
  const documents = files.find(({ path }) => path === file)?.documents ?? [];
  const document = documents.find((one) => placeOfDocument(one.located).line === line);
  if (document === undefined) return { line, column: 1 };
  const kind = document.kind === "invalid" ? document.of : document.kind;
  if (kind === object.kind) return originOfValue(document, ["metadata", "name"]);
  const members = valueAt(document.document, ["spec", "accounts"]);
  const at = Array.isArray(members) ? members.findIndex((one) => valueAt(one, ["name"]) === name) : -1;
  return at < 0 ? { line, column: 1 } : originOfValue(document, ["spec", "accounts", at, "name"]);
}
