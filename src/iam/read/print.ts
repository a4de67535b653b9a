import type { CompiledDocument } from "../../model/desired.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import { conditionBlock } from "../row-text.ts";
import type { Member, NormalDocument, Selector } from "../document.ts";
import { principalElement } from "./principal.ts";
import { ELEMENTS } from "./statement.ts";
import { byText } from "../../text/order.ts";
import { isObject } from "../../text/json-values.ts";

/** A minified document of the statements in the order given; elements in one fixed order, condition names sorted. */
export function documentText(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements.map(orderedStatement) });
}

/** The same for a declared document; one without statements has a text too, which is never written to AWS. */
export function compiledDocumentText({ statements }: CompiledDocument): string {
  return documentText(statements.map(({ statement }) => statement));
}

function orderedStatement(statement: Statement): Readonly<Record<string, unknown>> {
  const elements = ELEMENTS.filter((name) => statement[name] !== undefined);
  return Object.fromEntries(elements.map((name) => [name, sortedNames(statement[name])]));
}

/** Lists keep their order, objects get theirs. */
function sortedNames(value: unknown): unknown {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => byText(a, b));
  return Object.fromEntries(entries.map(([name, member]) => [name, sortedNames(member)]));
}

/** Characters as AWS counts them against a quota: white space between the tokens is not counted, all else is. */
export function quotaSize(text: string): number {
  let counted = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (inString || !" \t\r\n".includes(letter)) counted += 1;
    if (letter === '"') inString = !inString;
    if (inString && letter === "\\") {
      counted += 1;
      at += 1;
    }
  }
  return counted;
}

/** The normal form as a document: read again, it is the same normal form. */
export function normalText(document: NormalDocument): string {
  return JSON.stringify({
    Version: document.version,
    ...(document.id === null ? {} : { Id: document.id }),
    Statement: document.members.map(normalStatement),
  });
}

function normalStatement(member: Member): unknown {
  if (member.kind === "opaque") return JSON.parse(member.text);
  const { sid, effect, principals, actions, resources, conditions } = member;
  return {
    ...(sid === null ? {} : { Sid: sid }),
    Effect: effect,
    ...(principals && { [elementName("Principal", principals)]: principalElement(principals.values) }),
    [elementName("Action", actions)]: actions.values,
    ...(resources && { [elementName("Resource", resources)]: resources.values }),
    ...(conditions.length > 0 && { Condition: conditionBlock(conditions) }),
  };
}

function elementName(name: string, selector: Selector): string {
  return selector.negated ? `Not${name}` : name;
}
