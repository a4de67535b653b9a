import { GRANT_ENTRIES } from "../grants/catalogue.ts";
import { CALLER_ENTRIES } from "../callers/catalogue.ts";
import type { Kind } from "../schema/document.ts";
import {
  CALLER_FIELDS,
  COMMON_CALLER_FIELDS,
  COMMON_GRANT_FIELDS,
  GRANT_FIELDS,
} from "./catalogue-meanings.ts";
import { ANY_KEY } from "./fields.ts";
import { MEANINGS } from "./meanings.ts";

const KIND_MEANINGS: Readonly<Record<Kind, string>> = {
  FunctionPermission: "all permissions of one Lambda function, and its callers",
  AwsAccount: "an AWS account in which functions are declared",
  AccountSet: "several AWS accounts that have their settings in common",
  ManagedPolicy: "a policy that several functions attach, or a boundary of their roles",
  Team: "what the manifests of one namespace may do at all",
  Waiver: "an exception from a guard rule for one binding",
  Exclusion: "functions in AWS that no manifest is to declare",
  GuardrailProfile: "the guard rules for some namespaces or accounts, stricter than their defaults",
  GrantTemplate: "permissions with parameters that many functions use",
  ChangeWindow:
    "when changes from Git are written to some accounts or namespaces: in which times, and after which other accounts",
};

const DOCUMENT_FIELDS: Readonly<Record<string, string>> = {
  apiVersion: "the version of the manifest's format",
  kind: "what the manifest declares",
  metadata: "the object's name, and notes for readers and selectors",
  spec: "what is declared",
};

/** The meaning of a field as a line of text, without links; "" is the kind itself. Undefined for an unknown field. */
export function meaningOf(kind: Kind, path: string): string | undefined {
  if (path === "") return KIND_MEANINGS[kind];
  // A value among others, each with a name of its own.
  if (path.endsWith(`.${ANY_KEY}`)) return meaningOf(kind, path.slice(0, -ANY_KEY.length - 1));
  const meaning =
    DOCUMENT_FIELDS[path] ??
    MEANINGS[kind][path] ??
    catalogueMeaning(path) ??
    inTemplate(kind, path) ??
    byGrant(path);
  return meaning?.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
}

/** The fields of an AwsAccount. */
function inTemplate(kind: Kind, path: string): string | undefined {
  const inside = /^spec\.template\.(.+)$/.exec(path)?.[1];
  return kind === "AccountSet" && inside !== undefined ? MEANINGS.AwsAccount[`spec.${inside}`] : undefined;
}

function catalogueMeaning(path: string): string | undefined {
  const [, list, name = "", field] = /^spec\.(grants|invokedBy)\[\]\.(\w+)(?:\.(\w+))?$/.exec(path) ?? [];
  if (list === undefined) return undefined;
  const isGrant = list === "grants";
  const common = isGrant ? COMMON_GRANT_FIELDS : COMMON_CALLER_FIELDS;
  if (field !== undefined) return (isGrant ? GRANT_FIELDS : CALLER_FIELDS)[name]?.[field] ?? common[field];
  return common[name] ?? (isGrant ? grantMeaning(name) : callerMeaning(name));
}

function grantMeaning(name: string): string | undefined {
  const verbs = GRANT_ENTRIES.find(({ grant }) => grant === name)?.verbs;
  if (verbs === undefined) return undefined;
  return `lets the function ${Object.entries(verbs)
    .map(([verb, { allows }]) => `${allows} (\`${verb}\`)`)
    .join("; ")}`;
}

function callerMeaning(name: string): string | undefined {
  const entry = CALLER_ENTRIES.find(({ caller }) => caller === name);
  return entry === undefined ? undefined : `lets in ${entry.allows}`;
}

/** Teams and profiles name the verbs of each grant. */
function byGrant(path: string): string | undefined {
  const name = /\.(?:grants|preapproved)\.(\w+)$/.exec(path)?.[1];
  return GRANT_ENTRIES.some(({ grant }) => grant === name) ? `the verbs of the grant \`${name}\`` : undefined;
}
