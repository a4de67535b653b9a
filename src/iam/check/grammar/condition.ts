import { arnParts } from "../../../model/aws/arn.ts";
import { formatPath, type ValuePath } from "../../../text/located/value-path.ts";
import { base64Text, compareDates, compareNumbers, parseNetwork } from "../../match/values.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { findOperator, operatorNames, operatorParts, type Operator } from "../../operators.ts";
import { isObject } from "../../../text/json-values.ts";
import { isStoredDate } from "../../match/stored-date.ts";
import { characterFaults, fault, SYNTAX, syntaxRefusal, type PolicyFault } from "./fault.ts";

const ELEMENT: ValuePath = ["Condition"];

export function conditionFaults(condition: unknown): readonly PolicyFault[] {
  if (isObject(condition))
    return Object.entries(condition).flatMap(([name, keys]) => operatorFaults(name, keys));
  const message = "Condition is not an object";
  const fix = 'write {"StringEquals": {"KEY": "VALUE"}}';
  return [fault({ steps: ELEMENT, message, fix, identityRefusal: syntaxRefusal(condition) })];
}

function operatorFaults(name: string, keys: unknown): readonly PolicyFault[] {
  const steps = [...ELEMENT, name];
  if (!isObject(keys)) {
    const message = `${formatPath(steps)} holds no keys`;
    return [
      fault({
        steps,
        message,
        fix: 'write {"KEY": "VALUE"} below it',
        identityRefusal: syntaxRefusal(keys),
      }),
    ];
  }
  const operator = findOperator(name);
  if (operator === undefined) return [unknownOperator(name, steps, Object.keys(keys).length > 0)];
  return Object.entries(keys).flatMap(([key, value]) => [
    ...characterFaults([...steps, key], key),
    ...valueFaults([...steps, key], value, operator),
  ]);
}

/** Operators are exact in IAM: `stringEquals` is refused, unless it compares nothing. */
function unknownOperator(name: string, steps: ValuePath, hasKeys: boolean): PolicyFault {
  const { quantifier, base, suffix } = operatorParts(name);
  const isNull = base === "Null";
  const meant = nearestName(base, operatorNames());
  const fields = {
    steps,
    at: "name",
    message: isNull
      ? `Null takes neither a quantifier nor IfExists: "${name}"`
      : `unknown condition operator "${name}"`,
    fix: isNull ? 'write "Null"' : meant === undefined ? null : `write "${quantifier}${meant}${suffix}"`,
  } as const;
  if (isNull) return fault(fields);
  if (!hasKeys) return fault({ ...fields, rule: "GRM-002" });
  return fault({ ...fields, identityRefusal: SYNTAX, trustRefusal: `Invalid Condition type : ${name}` });
}

function valueFaults(steps: ValuePath, value: unknown, operator: Operator): readonly PolicyFault[] {
  if (!Array.isArray(value)) return memberFaults(steps, value, operator);
  if (value.length > 0) return value.flatMap((member, at) => memberFaults([...steps, at], member, operator));
  const message = `${formatPath(steps)} is empty: nothing matches it`;
  return [fault({ steps, rule: "GRM-002", message, fix: "name at least one value" })];
}

function memberFaults(steps: ValuePath, member: unknown, operator: Operator): readonly PolicyFault[] {
  if (typeof member === "string" || typeof member === "number" || typeof member === "boolean")
    return [...characterFaults(steps, String(member)), ...formFaults(steps, String(member), operator)];
  const message = `${formatPath(steps)} holds ${JSON.stringify(member)}`;
  return [fault({ steps, message, fix: "write strings", identityRefusal: syntaxRefusal(member) })];
}

function formFaults(steps: ValuePath, text: string, { type }: Operator): readonly PolicyFault[] {
  const form = FORMS[type];
  const isRefused = type === "date" && !isStoredDate(text);
  if (form === undefined || (form.fits(text) && !isRefused)) return [];
  const fields = { steps, message: `"${text}" is not ${form.name}`, fix: form.fix };
  if (text.includes("${")) {
    const message = `"${text}" has a variable, which only string and ARN operators take`;
    return [fault({ ...fields, rule: "CON-002", message })];
  }
  if (type === "arn") return [fault({ ...fields, rule: "CON-002", severity: "warning" })];
  if (isRefused) return [fault({ ...fields, identityRefusal: "The policy failed legacy parsing" })];
  return [fault({ ...fields, rule: "CON-002" })];
}

interface Form {
  readonly fits: (text: string) => boolean;
  readonly name: string;
  readonly fix: string;
}

const BOOL: Form = {
  fits: (text) => /^(true|false)$/i.test(text),
  name: "true or false",
  fix: 'write "true" or "false"',
};

/**
 * What the evaluation can compare.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html "Type mismatch …"
 */
const FORMS: Partial<Record<Operator["type"], Form>> = {
  bool: BOOL,
  null: BOOL,
  numeric: {
    fits: (text) => compareNumbers(text, text) !== undefined,
    name: "a number",
    fix: "write a number",
  },
  date: {
    fits: (text) => compareDates(text, text) !== undefined,
    name: "a date",
    fix: "write it as 2026-01-31T12:00:00Z",
  },
  ip: {
    fits: (text) => parseNetwork(text) !== undefined,
    name: "an address or a range of addresses",
    fix: "write it as 203.0.113.0/24",
  },
  binary: {
    fits: (text) => base64Text(text) !== undefined,
    name: "Base64",
    fix: "encode the value in Base64",
  },
  arn: {
    fits: (text) => /^[*?]+$/.test(text) || text.startsWith("${") || arnParts(text).resource !== "",
    name: "an ARN",
    fix: "an ARN has six parts: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE",
  },
};
