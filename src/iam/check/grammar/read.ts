import type { Dialect } from "../../../model/aws/policy-document.ts";
import { inTextOrder, type PolicyFinding } from "../../finding.ts";
import type { JsonFault } from "../../../text/json/faults.ts";
import { positionsIn } from "../../../text/located/positions.ts";
import { readJson } from "../../../text/json/read.ts";
import { isObject } from "../../../text/json-values.ts";
import { documentFaults } from "./document.ts";
import { SYNTAX, type PolicyFault } from "./fault.ts";
import { uncheckedDocument, type GrammarContext, type UncheckedDocument } from "./unchecked.ts";

export type StrictReading =
  | { readonly kind: "unreadable"; readonly finding: PolicyFinding }
  | {
      readonly kind: "read";
      readonly document: UncheckedDocument;
      readonly findings: readonly PolicyFinding[];
    };

/**
 * Reads a document that a person wrote, with the place of everything that is wrong in it. Never throws:
 * a text that is not a document is `unreadable`. Nothing is decoded or guessed.
 */
export function readStrictly(text: string, context: GrammarContext): StrictReading {
  const mark = text.startsWith("\uFEFF");
  const plain = mark ? ` ${text.slice(1)}` : text;
  const json = readJson(plain);
  if (json.kind === "broken")
    return unreadable(
      plain,
      strangeText(plain) ?? json.fault,
      json.isJson ? null : NOT_JSON[context.dialect],
    );
  if (!isObject(json.value)) return unreadable(plain, noObject(json.value, plain.search(/\S/)), null);
  const document = uncheckedDocument(plain, json, json.value);
  const faults = documentFaults(document, context).map((fault) => placed(fault, document, context.dialect));
  return { kind: "read", document, findings: inTextOrder([...(mark ? [BYTE_ORDER_MARK] : []), ...faults]) };
}

function placed(fault: PolicyFault, { place }: UncheckedDocument, dialect: Dialect): PolicyFinding {
  const { rule, severity, message, fix } = fault;
  return { rule, severity, ...place(fault), reason: message, fix, aws: refusal(fault, dialect) };
}

/** The words of Lambda and others against a resource's policy are not recorded. */
function refusal({ identityRefusal, trustRefusal }: PolicyFault, dialect: Dialect): string | null {
  const refusals = {
    identity: identityRefusal,
    boundary: identityRefusal,
    trust: trustRefusal,
    resource: null,
  };
  const message = refusals[dialect];
  return message === null ? null : `MalformedPolicyDocument: ${message}`;
}

const BYTE_ORDER_MARK: PolicyFinding = {
  rule: "GRM-001",
  severity: "error",
  line: 1,
  column: 1,
  path: "",
  reason: "the text begins with a byte order mark (U+FEFF), which IAM does not take",
  fix: "save it as UTF-8 without one",
  aws: null,
};

/** @see test/fixtures/aws/policy-validation.json "This is not a json document", iam-behaviour.json "malformed trust JSON" */
const NOT_JSON = {
  identity: `MalformedPolicyDocument: ${SYNTAX}`,
  boundary: `MalformedPolicyDocument: ${SYNTAX}`,
  trust: "MalformedPolicyDocument: This policy contains invalid Json",
  resource: null,
} as const satisfies Record<Dialect, string | null>;

function unreadable(text: string, { at, message, fix }: JsonFault, aws: string | null): StrictReading {
  const finding: PolicyFinding = {
    rule: "GRM-001",
    severity: "error",
    ...positionsIn(text)(at),
    path: "",
    reason: message,
    fix,
    aws,
  };
  return { kind: "unreadable", finding };
}

/** What people give in the place of JSON; undefined when it is JSON with a fault. */
function strangeText(text: string): JsonFault | undefined {
  const at = text.length - text.trimStart().length;
  if (text.trim() === "")
    return { at: 0, message: "it is empty", fix: "a policy is a JSON object with a Statement" };
  if (/^\s*%7b/i.test(text)) {
    const message = "it is percent-encoded, as IAM's API returns documents";
    return { at, message, fix: "decode it once" };
  }
  if (/^\s*(---\s+)?(Version|Id|Statement)\s*:/.test(text))
    return { at, message: "it is not JSON: this looks like YAML", fix: "write it as JSON" };
  return undefined;
}

function noObject(value: unknown, at: number): JsonFault {
  if (typeof value === "string" && /^\s*(\{|%7b)/i.test(value)) {
    const message = "the policy is inside a string: it was encoded twice";
    return { at, message, fix: "decode it once, e.g. with jq -r ." };
  }
  return {
    at,
    message: "a policy is a JSON object",
    fix: 'write {"Version": "2012-10-17", "Statement": […]}',
  };
}
