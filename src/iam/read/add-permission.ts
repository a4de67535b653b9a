import { nearestName } from "../../text/nearest-name.ts";
import type { Mistake } from "../../model/diagnostic.ts";
import type { AddPermissionInput } from "../../model/desired.ts";
import { isObject } from "../../text/json-values.ts";
import type { ValuePath } from "../../text/located/value-path.ts";

/** The fields of `lambda:AddPermission`, except the function, the qualifier and the statement's id. */
export interface Permission extends Omit<
  AddPermissionInput,
  "FunctionName" | "StatementId" | "Qualifier" | "Action"
> {
  readonly Action: "lambda:InvokeFunction" | "lambda:InvokeFunctionUrl";
}

/** What AddPermission cannot express, at its place in the statement. */
interface FormFault extends Mistake {
  readonly steps: ValuePath;
}

export type PermissionReading =
  | { readonly kind: "permission"; readonly permission: Permission }
  | { readonly kind: "inexpressible"; readonly faults: readonly FormFault[] };

type RawStatement = Readonly<Record<string, unknown>>;

/**
 * The AddPermission call that writes this statement of a function's resource policy; its Sid does not matter. AddPermission
 * takes one principal, one action and a fixed set of conditions.
 * @param resource the function's ARN with the qualifier whose policy it is; a statement without Resource is about it
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function readPermission(statement: RawStatement, resource: string): PermissionReading {
  const action = actionOf(statement["Action"]);
  const principal = principalOf(statement["Principal"]);
  const condition = conditionsOf(statement["Condition"] ?? {});
  const faults = [
    ...elementFaults(statement, resource),
    ...principal.faults,
    ...action.faults,
    ...condition.faults,
  ];
  if (faults.length > 0 || action.value === null || principal.value === null)
    return { kind: "inexpressible", faults };
  const permission: Permission = { Action: action.value, Principal: principal.value, ...condition.value };
  const wrong = combinationFaults(permission);
  return wrong.length > 0 ? { kind: "inexpressible", faults: wrong } : { kind: "permission", permission };
}

interface FormPart<Value> {
  readonly value: Value | null;
  readonly faults: readonly FormFault[];
}

function faulty(steps: ValuePath, message: string, fix: string): FormPart<never> {
  return { value: null, faults: [{ steps, message, fix }] };
}

function elementFaults(statement: RawStatement, resource: string): readonly FormFault[] {
  const faults: FormFault[] = [];
  if (statement["Effect"] !== "Allow") {
    const message = "lambda:AddPermission writes only Allow";
    faults.push({
      steps: ["Effect"],
      message,
      fix: "leave the statement out: callers without one are denied",
    });
  }
  for (const name of ["NotPrincipal", "NotAction", "NotResource"].filter((each) => each in statement)) {
    const message = `lambda:AddPermission takes no ${name}`;
    faults.push({ steps: [name], message, fix: `write ${name.slice("Not".length)}` });
  }
  const about = statement["Resource"];
  if (about !== undefined && onlyText(about) !== resource) {
    const message = `Resource is not ${resource}, whose policy this is`;
    faults.push({ steps: ["Resource"], message, fix: "leave out Resource" });
  }
  return faults;
}

const ACTIONS = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"] as const;

function actionOf(element: unknown): FormPart<Permission["Action"]> {
  if (element === undefined) return { value: null, faults: [] };
  const text = onlyText(element);
  if (text === undefined)
    return faulty(["Action"], "lambda:AddPermission takes one action", "write an entry for each action");
  const action = ACTIONS.find((each) => each.toLowerCase() === text.toLowerCase());
  if (action !== undefined) return { value: action, faults: [] };
  const fix = `write ${nearestName(text, ACTIONS) ?? ACTIONS.join(" or ")}`;
  return faulty(["Action"], `${text} is more than calling the function`, fix);
}

const SERVICE = /^[a-z0-9.-]{1,120}\.(amazonaws\.com(\.cn)?|amazon\.com)$/;
const CALLER = /^(\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:[\w+=,.@/-]{1,600})$/;

function principalOf(element: unknown): FormPart<string> {
  if (element === undefined) return { value: null, faults: [] };
  if (element === "*") return { value: "*", faults: [] };
  const entries = isObject(element) ? Object.entries(element) : [];
  const [first] = entries;
  const text = entries.length === 1 && first !== undefined ? onlyText(first[1]) : undefined;
  if (first === undefined || text === undefined) {
    const fix = "write an entry for each principal";
    return faulty(["Principal"], "lambda:AddPermission takes one principal", fix);
  }
  const [type] = first;
  if (type === "Service" && SERVICE.test(text)) return { value: text, faults: [] };
  if (type === "AWS" && (text === "*" || CALLER.test(text))) return { value: text, faults: [] };
  return wrongPrincipal(type, text);
}

function wrongPrincipal(type: string, text: string): FormPart<string> {
  const steps = ["Principal", type];
  if (type === "Service")
    return faulty(steps, `${text} is not a service`, "write it like events.amazonaws.com");
  if (type === "AWS") {
    const message = `${text} is not an account id or the ARN of a principal`;
    return faulty(steps, message, "write the id of the account, or the ARN of its role or user");
  }
  const message = `lambda:AddPermission takes no ${type} principal`;
  return faulty(steps, message, "write a Service principal, or an AWS one");
}

interface Test {
  readonly field: Exclude<keyof Permission, "Action" | "Principal">;
  readonly key: string;
  readonly operator: string;
  /** Operators with the same meaning. */
  readonly operators: readonly string[];
  readonly pattern: RegExp;
  readonly example: string;
}

const TESTS: readonly Test[] = [
  {
    field: "SourceArn",
    key: "aws:SourceArn",
    operator: "ArnLike",
    operators: ["arnlike", "arnequals"],
    pattern: /^arn:(?!.*\$\{)[\x21-\x7e]{1,1000}$/,
    example: "arn:aws:sns:eu-west-1:111122223333:orders",
  },
  equal("SourceAccount", /^\d{12}$/, '"111122223333"'),
  equal("PrincipalOrgID", /^o-[a-z0-9]{10,32}$/, "o-a1b2c3d4e5"),
  equal("EventSourceToken", /^[a-zA-Z0-9._-]{1,256}$/, "amzn1.ask.skill.1a2b3c4d"),
  equal("FunctionUrlAuthType", /^(AWS_IAM|NONE)$/, "AWS_IAM"),
  {
    field: "InvokedViaFunctionUrl",
    key: "lambda:InvokedViaFunctionUrl",
    operator: "Bool",
    operators: ["bool"],
    pattern: /^true$/,
    example: '"true"',
  },
];

function equal(field: Test["field"], pattern: RegExp, example: string): Test {
  const prefix = field === "SourceAccount" || field === "PrincipalOrgID" ? "aws" : "lambda";
  const key = `${prefix}:${field}`;
  return { field, key, operator: "StringEquals", operators: ["stringequals"], pattern, example };
}

type Conditions = Omit<Permission, "Action" | "Principal">;

function conditionsOf(element: unknown): FormPart<Conditions> {
  if (!isObject(element))
    return faulty(["Condition"], "Condition is not an object", "write operators and keys");
  const parts = Object.entries(element).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, value]) => testOf(operator, key, value))
      : [faulty(["Condition", operator], `${operator} has no keys`, "write a key and its value")],
  );
  const values = parts.flatMap((part) => (part.value === null ? [] : [part.value]));
  const fields = values.map(([field]) => field);
  const twice = fields.find((field, at) => fields.indexOf(field) !== at);
  const repeated =
    twice === undefined
      ? []
      : faulty(["Condition"], `${twice} is tested twice`, "keep one of the two tests").faults;
  return {
    value: Object.fromEntries(values) as Conditions,
    faults: [...parts.flatMap(({ faults }) => faults), ...repeated],
  };
}

function testOf(operator: string, key: string, value: unknown): FormPart<readonly [Test["field"], unknown]> {
  const steps = ["Condition", operator, key];
  const test = TESTS.find((each) => each.key.toLowerCase() === key.toLowerCase());
  if (test === undefined) {
    const fix = `leave it out; possible are ${TESTS.map((each) => each.key).join(", ")}`;
    return faulty(steps, `lambda:AddPermission takes no condition on ${key}`, fix);
  }
  if (!test.operators.includes(operator.toLowerCase())) {
    const message = `lambda:AddPermission tests ${test.key} with ${test.operator}`;
    return faulty(steps, message, `write ${test.operator} instead of ${operator}`);
  }
  const text = onlyText(value);
  if (text === undefined) {
    const message = `lambda:AddPermission takes one value of ${test.key}`;
    return faulty(steps, message, "write an entry for each value");
  }
  if (!test.pattern.test(text)) {
    const message = `${JSON.stringify(text)} is not a value of ${test.key}`;
    return faulty(steps, message, `write it like ${test.example}`);
  }
  return { value: [test.field, test.field === "InvokedViaFunctionUrl" ? true : text], faults: [] };
}

/** AWS refuses these two conditions with the other action. */
function combinationFaults(permission: Permission): readonly FormFault[] {
  const { Action, FunctionUrlAuthType, InvokedViaFunctionUrl } = permission;
  if (FunctionUrlAuthType !== undefined && Action !== "lambda:InvokeFunctionUrl") {
    const message = "lambda:FunctionUrlAuthType is only for lambda:InvokeFunctionUrl";
    return [
      { steps: ["Action"], message, fix: "write lambda:InvokeFunctionUrl, or leave out the condition" },
    ];
  }
  if (InvokedViaFunctionUrl === true && Action !== "lambda:InvokeFunction") {
    const message = "lambda:InvokedViaFunctionUrl is only for lambda:InvokeFunction";
    return [{ steps: ["Action"], message, fix: "write lambda:InvokeFunction, or leave out the condition" }];
  }
  return [];
}

/** The text, or the only member of a list. */
function onlyText(value: unknown): string | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const [text] = list;
  return list.length === 1 && typeof text === "string" ? text : undefined;
}
