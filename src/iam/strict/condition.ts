import { nearestName } from "../nearest.ts";
import { findOperator, operatorNames, operatorParts, type Operator } from "../operators.ts";
import { isObject } from "../text.ts";
import { characterFaults, fault, type StatementFault } from "./fault.ts";

export function conditionFaults(condition: unknown): readonly StatementFault[] {
  if (!isObject(condition)) {
    return [fault("Condition", "Condition is not an object", 'write {"StringEquals": {"KEY": "VALUE"}}')];
  }
  return Object.entries(condition).flatMap(([operator, keys]) => operatorFaults(operator, keys));
}

function operatorFaults(name: string, keys: unknown): readonly StatementFault[] {
  const path = `Condition.${name}`;
  if (!isObject(keys)) return [fault(path, `${path} holds no keys`, 'write {"KEY": "VALUE"} below it')];
  const operator = findOperator(name);
  if (operator === undefined)
    return [fault(path, `unknown condition operator "${name}"`, operatorMend(name))];
  return Object.entries(keys).flatMap(([key, value]) => valueFaults(`${path}.${key}`, value, operator));
}

/** Operators are exact in IAM: `stringEquals` is refused. */
function operatorMend(name: string): string | null {
  const { quantifier, base, suffix } = operatorParts(name);
  const meant = nearestName(base, operatorNames());
  return meant === undefined ? null : `write "${quantifier}${meant}${suffix}"`;
}

function valueFaults(path: string, value: unknown, operator: Operator): readonly StatementFault[] {
  const members: readonly unknown[] = Array.isArray(value) ? value : [value];
  return members.flatMap((member) => {
    if (typeof member !== "string" && typeof member !== "number" && typeof member !== "boolean") {
      return [fault(path, `${path} holds ${JSON.stringify(member)}`, "write strings")];
    }
    const text = String(member);
    const form = FORMS[operator.type];
    if (form === undefined || form.pattern.test(text) || text.includes("${"))
      return characterFaults(path, text);
    return [fault(path, `"${text}" is not ${form.name}`, form.mend)];
  });
}

interface Form {
  readonly pattern: RegExp;
  readonly name: string;
  readonly mend: string;
}

const BOOL: Form = { pattern: /^(true|false)$/i, name: "true or false", mend: 'write "true" or "false"' };

/** A day, an instant with its zone, or seconds of the epoch: the forms that AWS documents. */
const DATE =
  /^(\d{4}(-\d\d(-\d\d)?)?|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)|-?\d{1,12})$/;

const FORMS: Partial<Record<Operator["type"], Form>> = {
  bool: BOOL,
  null: BOOL,
  numeric: { pattern: /^-?\d+(\.\d+)?$/, name: "a number", mend: "write a number" },
  date: { pattern: DATE, name: "a date", mend: "write it as 2026-01-31T12:00:00Z" },
};
