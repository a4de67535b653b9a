import { nearestName } from "../../../text/nearest-name.ts";
import { isObject } from "../../../text/json-values.ts";
import { characterFaults, fault, SYNTAX, syntaxRefusal, type PolicyFault } from "./fault.ts";
import { otherKind } from "./kind.ts";
import { foreignPartitions } from "./partition.ts";
import { checkStatement } from "./statement.ts";
import type { GrammarContext, UncheckedDocument } from "./unchecked.ts";

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
