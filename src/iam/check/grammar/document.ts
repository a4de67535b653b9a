import { arnFields } from "../../../model/aws/arns/arn-fields.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { isObject } from "../../../text/json-values.ts";
import { characterFaults, fault, SYNTAX, syntaxRefusal, type PolicyFault } from "./fault.ts";
import { checkStatement } from "./statement.ts";
import type { GrammarContext, UncheckedDocument } from "./unchecked.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import type { Dialect } from "../../../model/aws/policy-document.ts";

/** Everything that is wrong in a document that a person wrote; statements by `checkStatement`. */
export function documentFaults(document: UncheckedDocument, context: GrammarContext): readonly PolicyFault[] {
  const kind = otherKind(document, context.dialect);
  return [
    ...repeatedNames(document),
    ...elementFaults(document.value),
    ...versionFaults(document, context),
    ...idFaults(document.value),
    ...noStatements(document),
    ...kind.faults,
    ...document.statements.flatMap(({ steps, value }) => {
      const inside = [...checkStatement(value, kind.dialect), ...foreignPartitions(value, context.partition)];
      return inside.map((found) => ({ ...found, steps: [...steps, ...found.steps] }));
    }),
    ...repeatedSids(document),
  ];
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html "multiple instances of the same key" */
function repeatedNames({ repeated }: UncheckedDocument): readonly PolicyFault[] {
  return repeated.map((steps) => {
    const message = `duplicate key "${String(steps.at(-1))}"`;
    return fault({ steps, at: "name", message, fix: "keep one of them" });
  });
}

const ELEMENTS = ["Version", "Id", "Statement"];

/** Members of the answers in which AWS's command line shows a document. */
const ANSWERS: ReadonlySet<string> = new Set([
  "PolicyDocument",
  "AssumeRolePolicyDocument",
  "PolicyVersion",
  "Document",
  "Policy",
  "Role",
]);

function elementFaults(value: Readonly<Record<string, unknown>>): readonly PolicyFault[] {
  const unknown = Object.keys(value).filter((name) => !ELEMENTS.includes(name));
  return unknown.map((name) => {
    const meant = nearestName(name, ELEMENTS);
    const isAnswer = ANSWERS.has(name) && value["Statement"] === undefined;
    const fields = isAnswer
      ? { message: `this is an answer of AWS: the policy is in "${name}"`, fix: "give the document alone" }
      : {
          message: `unknown element "${name}"`,
          fix: meant === undefined ? "remove it" : `write "${meant}"`,
        };
    return fault({ steps: [name], at: "name", ...fields, identityRefusal: SYNTAX });
  });
}

const OLD = "2008-10-17";
const NEW = "2012-10-17";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
function versionFaults(
  { value, text }: UncheckedDocument,
  { dialect, isManaged }: GrammarContext,
): readonly PolicyFault[] {
  const { Version: version } = value;
  const steps = ["Version"];
  const fix = `write "Version": "${NEW}"`;
  if (version === NEW) return [];
  if (version !== undefined && version !== OLD) {
    const message = `there is no version ${JSON.stringify(version)} of the policy language`;
    return [fault({ steps, message, fix, identityRefusal: syntaxRefusal(version) })];
  }
  const which =
    version === undefined ? "a document without Version is of 2008" : "this is the language of 2008";
  const message = `${which}, which has no policy variables`;
  const fields = {
    steps,
    message: text.includes("${") ? `${message}: \${…} is plain text in it` : message,
    fix,
  };
  if (!isManaged && dialect !== "boundary") return [fault({ ...fields, rule: "GRM-002" })];
  return [fault({ ...fields, identityRefusal: "Policy document must be version 2012-10-17 or greater." })];
}

function idFaults({ Id: id }: Readonly<Record<string, unknown>>): readonly PolicyFault[] {
  if (id === undefined) return [];
  if (typeof id === "string") return characterFaults(["Id"], id);
  return [
    fault({
      steps: ["Id"],
      message: "Id is not a string",
      fix: "remove it",
      identityRefusal: syntaxRefusal(id),
    }),
  ];
}

function noStatements({ value, statements }: UncheckedDocument): readonly PolicyFault[] {
  if (statements.length > 0) return [];
  const message = value["Statement"] === undefined ? "Statement is missing" : "Statement is empty";
  const fix = "write at least one statement";
  return [fault({ steps: ["Statement"], message, fix, identityRefusal: SYNTAX })];
}

function repeatedSids({ statements }: UncheckedDocument): readonly PolicyFault[] {
  const seen = new Set<string>();
  return statements.flatMap(({ steps, value }) => {
    const sid = isObject(value) ? value["Sid"] : undefined;
    if (typeof sid !== "string" || sid === "") return [];
    if (!seen.has(sid)) {
      seen.add(sid);
      return [];
    }
    const identityRefusal = "Statement IDs (SID) in a single policy must be unique.";
    const message = `two statements have the Sid "${sid}"`;
    return [fault({ steps: [...steps, "Sid"], message, fix: "rename or remove one", identityRefusal })];
  });
}

/** ARNs of another partition than the document's own: no request of it ever has them. */
function foreignPartitions(value: unknown, partition: string, steps: ValuePath = []): readonly PolicyFault[] {
  if (typeof value === "string") return textFaults(value, partition, steps);
  if (Array.isArray(value))
    return value.flatMap((member, at) => foreignPartitions(member, partition, [...steps, at]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    foreignPartitions(member, partition, [...steps, name]),
  );
}

function textFaults(text: string, partition: string, steps: ValuePath): readonly PolicyFault[] {
  const [prefix, found = "", service] = arnFields(text);
  if (prefix !== "arn" || service === undefined || !/^aws(-[a-z]+)*$/.test(found)) return [];
  if (found === partition) return [];
  const message = `"${text}" is of partition ${found}, the document of ${partition}`;
  return [fault({ steps, rule: "GRM-002", message, fix: `write arn:${partition}:…` })];
}

type PolicyUse = "identity" | "trust" | "resource";

const has = (value: object, name: string): boolean => name in value || `Not${name}` in value;

/** What all statements together look like; undefined when they are of no one kind. */
function kindOf({ statements }: UncheckedDocument): PolicyUse | undefined {
  const values = statements.map(({ value }) => value).filter(isObject);
  if (values.length === 0) return undefined;
  const [withPrincipal, withResource] = [
    values.filter((value) => has(value, "Principal")).length,
    values.filter((value) => has(value, "Resource")).length,
  ];
  if (withPrincipal === 0) return withResource === values.length ? "identity" : undefined;
  if (withPrincipal < values.length) return undefined;
  return withResource === 0 ? "trust" : withResource === values.length ? "resource" : undefined;
}

/** A boundary is an identity policy by its look. */
const LOOKS = {
  identity: "identity",
  boundary: "identity",
  trust: "trust",
  resource: "resource",
} as const satisfies Record<Dialect, PolicyUse>;

const NAMES = {
  identity: "a role's policy",
  trust: "a trust policy",
  resource: "a resource's policy",
} as const satisfies Record<PolicyUse, string>;

/** One fault for a document of another kind, and the kind by whose rules the rest of it is worth reading. */
function otherKind(
  document: UncheckedDocument,
  dialect: Dialect,
): { readonly dialect: Dialect; readonly faults: readonly PolicyFault[] } {
  const kind = kindOf(document);
  if (kind === undefined || kind === LOOKS[dialect]) return { dialect, faults: [] };
  const message = `this looks like ${NAMES[kind]}, not like ${NAMES[LOOKS[dialect]]}`;
  const found = fault({
    steps: document.statements[0]?.steps ?? [],
    message,
    fix: `use --type ${kind}`,
    identityRefusal: "Policy document should not specify a principal.",
    trustRefusal: kind === "resource" ? "Has prohibited field Resource" : null,
  });
  return { dialect: kind, faults: [found] };
}
