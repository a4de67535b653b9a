import { correctionOf, type Mistake } from "../../../model/diagnostic.ts";
import { formatPath, type ValuePath } from "../../../text/located/value-path.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { NOT_CALLERS } from "../../callers/not-callers.ts";
import { deceptiveHint } from "../../../text/look-alikes.ts";
import { shown } from "../../fields/field.ts";
import { missingColon } from "../../../text/yaml/missing-colon.ts";

/** The problem of a field's name, and the name to use instead. */
export interface FieldProblem extends Mistake {
  readonly code: string;
  readonly fix: string;
}

/** An unknown field, by the path of the object that has it and the names that the object may have. */
export function unknownFieldProblem(key: string, path: ValuePath, known: readonly string[]): FieldProblem {
  const named = /^(\w+) *[{[]/.exec(key)?.[1];
  if (named !== undefined) return { code: "unknown-field", ...missingColon(named) };
  const list = path.at(-2);
  if (list === "grants") return grantProblem(key, known);
  if (list === "invokedBy") return callerProblem(key, known);
  if (ENTRY_FIELDS.has(key) && isInEntry(path)) return tooDeep(key, String(path.at(-1)));
  if (path.at(-2) === "opens" && (key === "zone" || key === "overrun")) return tooDeep(key, "opens");
  if (key === "templates" && known.includes("parameters")) return nested();
  if (key === "shares") return sharesElsewhere();
  if (path.at(-2) === "targets" && isAccountField(key)) return accountNames(key, path);
  if (LATER_FIELDS.has(key)) return notInThisVersion(key);
  if (WAITS_FOR.has(key) && known.includes("after")) return earlierAccounts(key, path);
  if (WAITS_FOR.has(key) && known.includes("dependsOn")) return earlierFunctions(key, path);
  return unknownIn(key, path, known);
}

/** A loop would be possible, and no one could read in one place what a template grants. */
function nested(): FieldProblem {
  const message = "a GrantTemplate uses no other template";
  return { code: "unknown-field", message, fix: "write the grants of the other template in this one" };
}

function sharesElsewhere(): FieldProblem {
  const message = '"shares" is a field of a Team';
  const fix = "ask the platform team to declare it in the Team that owns the resource";
  return { code: "unknown-field", message, fix };
}

/** `account`, `accountId`: of a target, in place of `accounts`. */
export function isAccountField(key: string): boolean {
  return /^account[-_ ]?(ids?|names?)?$/i.test(key);
}

function accountNames(key: string, path: ValuePath): FieldProblem {
  const message = `unknown field "${shownKey(key)}" in ${formatPath(path)}`;
  return {
    code: "unknown-field",
    message,
    fix: "write accounts: [NAME], the names of accounts, not their ids",
  };
}

const LATER_FIELDS: ReadonlySet<string> = new Set(["breakGlass"]);

/** Fields that are allowed next to the key of an entry. */
const ENTRY_FIELDS: ReadonlySet<string> = new Set(["until", "reason", "qualifier"]);

/** `spec.grants[0].sqs`: the fields of an entry's own key. */
function isInEntry(path: ValuePath): boolean {
  return (path.at(-3) === "grants" || path.at(-3) === "invokedBy") && typeof path.at(-2) === "number";
}

function tooDeep(key: string, sibling: string): FieldProblem {
  const message = `"${key}" is one level too deep`;
  const where = sibling === "opens" ? "under spec: it applies to all of its entries" : "in the same entry";
  return { code: "unknown-field", message, fix: `write it next to ${sibling}, ${where}` };
}

const STATEMENT_EXAMPLE =
  "{reason: TEXT, statement: {Effect: Allow, Action: [SERVICE:ACTION], Resource: [ARN]}}";

const RAW_CALLER =
  "{reason: TEXT, statement: {Effect: Allow, Principal: {Service: NAME}, Action: lambda:InvokeFunction, Condition: {ArnLike: {aws:SourceArn: ARN}}}}";

/** Services that AWS also calls by other names. */
const GRANT_OF: Readonly<Record<string, string>> = {
  apigateway: "apigw",
  cloudwatch: "metrics",
  "cognito-idp": "cognito",
  ddb: "dynamodb",
  deadletterqueue: "dlq",
  destination: "dlq",
  eventbridgescheduler: "scheduler",
  elasticfilesystem: "efs",
  email: "ses",
  eventbridge: "events",
  "execute-api": "apigw",
  kinesisfirehose: "firehose",
  parameterstore: "ssm",
  "rds-data": "rdsData",
  "rds-db": "rds",
  secretsmanager: "secrets",
  sesv2: "ses",
  sfn: "states",
  stepfunctions: "states",
};

/** Callers that AWS also calls by other names. */
const CALLER_OF: Readonly<Record<string, string>> = {
  alarm: "cloudwatch",
  alarms: "cloudwatch",
  apigatewayv2: "apigateway",
  apigw: "apigateway",
  cloudwatchlogs: "logs",
  "cognito-idp": "cognito",
  elasticloadbalancing: "alb",
  elb: "alb",
  eventbridge: "events",
  "execute-api": "apigateway",
  httpapi: "apigateway",
  lexv2: "lex",
  loadbalancer: "alb",
  secretsmanager: "secrets",
  url: "functionUrl",
  websocket: "apigateway",
};

/** The fields of grants and of callers that people mean by this name of a service. */
export function serviceFields(name: string): readonly string[] {
  const lower = name.toLowerCase();
  return [GRANT_OF, CALLER_OF].flatMap((fields) => {
    const field = Object.hasOwn(fields, lower) ? fields[lower] : undefined;
    return field === undefined ? [] : [field];
  });
}

/** Own permissions of the function, which are fields of `spec` and no grants. */
const OWN_FIELDS: Readonly<Record<string, string>> = {
  logs: "logs: {create: true}",
  tracing: "tracing: true",
  vpc: "vpc: true",
};

function grantProblem(key: string, known: readonly string[]): FieldProblem {
  if (Object.hasOwn(OWN_FIELDS, key)) {
    const fix = `write it under spec of the FunctionPermission: ${OWN_FIELDS[key]}`;
    return { code: "unknown-grant", message: `"${key}" is not a grant: it is a field of spec`, fix };
  }
  if (LATER_FIELDS.has(key)) return notInThisVersion(key);
  const otherwise = `for another service write under spec.statements ${STATEMENT_EXAMPLE}`;
  const services = known.filter((name) => !ENTRY_FIELDS.has(name)).sort();
  const lower = key.toLowerCase();
  const meant = Object.hasOwn(GRANT_OF, lower) ? GRANT_OF[lower] : nearestName(key, services);
  const valid = `valid values: ${services.join(", ")}`;
  const usual = meant === undefined ? `${valid}; ${otherwise}` : meantHint(meant, valid);
  const fix = deceptiveHint(key) ?? usual;
  const message = `unknown grant "${shownKey(key)}"`;
  return { code: "unknown-grant", message, fix, ...correctionOf(key, meant) };
}

function callerProblem(key: string, known: readonly string[]): FieldProblem {
  if (key === "until") {
    const message = "until is not possible under invokedBy: lambda:AddPermission takes no such condition";
    return { code: "not-in-this-version", message, fix: "leave it out" };
  }
  if (Object.hasOwn(NOT_CALLERS, key)) {
    const message = `${key} does not call a function by itself`;
    return { code: "not-a-caller", message, fix: String(NOT_CALLERS[key]) };
  }
  const lower = key.toLowerCase();
  const callers = known.filter((name) => !ENTRY_FIELDS.has(name)).sort();
  const meant = Object.hasOwn(CALLER_OF, lower) ? CALLER_OF[lower] : meantField(key, callers);
  const valid = `valid values: ${callers.join(", ")}`;
  const usual =
    meant === undefined ? `${valid}; for another caller write ${RAW_CALLER}` : meantHint(meant, valid);
  const fix = deceptiveHint(key) ?? usual;
  const message = `unknown caller "${shownKey(key)}"`;
  return { code: "unknown-caller", message, fix, ...correctionOf(key, meant) };
}

function notInThisVersion(key: string): FieldProblem {
  const message = `"${shownKey(key)}" is not in this version`;
  return { code: "not-in-this-version", message, fix: "leave it out" };
}

function unknownIn(key: string, path: ValuePath, known: readonly string[]): FieldProblem {
  const valid = `valid fields: ${[...known].sort().join(", ")}`;
  const isVerbs = key === "allow" && !known.includes("opens");
  const meant = isVerbs ? undefined : meantField(key, known);
  const usual = isVerbs ? `leave it out; ${valid}` : meantHint(meant, valid);
  const fix = deceptiveHint(key) ?? usual;
  const message = `unknown field "${shownKey(key)}"${path.length === 0 ? "" : ` in ${formatPath(path)}`}`;
  return { code: "unknown-field", message, fix, ...correctionOf(key, meant) };
}

/** Words of IAM and of other tools for the verbs and the resource of a grant. */
const VERBS = /^(actions?|verbs?|permissions?|access)$/i;
const RESOURCE = /^(resources?|arns?|name)$/i;

/** The fields of 0.1.0 that have another name now, and usual words for others. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["settle", "propagationWait"],
  ["callers", "invokedBy"],
  ["caller", "invokedBy"],
  ["triggers", "invokedBy"],
  ["permissions", "grants"],
  ["policies", "managedPolicies"],
  ["policy", "statements"],
  ["timezone", "zone"],
  ["timeZone", "zone"],
  ["tz", "zone"],
  ["allow", "opens"],
  ["times", "opens"],
  ["schedule", "opens"],
]);

/** The intended field: `invoked_by` is invokedBy, `actions` is allow. */
export function meantField(key: string, known: readonly string[]): string | undefined {
  const renamed = OTHER_NAMES.get(key);
  if (renamed !== undefined && known.includes(renamed)) return renamed;
  if (WAITS_FOR.has(key) && known.includes("after")) return "after";
  const plain = (name: string): string => name.replaceAll(/[-_ ]/g, "").toLowerCase();
  const same = known.find((name) => plain(name) === plain(key));
  if (same !== undefined) return same;
  const longer = known.find(
    (name) => plain(key) === `${plain(name)}id` || plain(key) === `${plain(name)}arn`,
  );
  if (longer !== undefined) return longer;
  // A part of the name: stream is deliveryStream.
  const ending = known.filter((name) => key.length > 2 && plain(name).endsWith(plain(key)));
  if (ending.length === 1) return ending[0];
  if (known.length === 1 && RESOURCE.test(key)) return known[0];
  if (known.includes("allow")) {
    if (VERBS.test(key)) return "allow";
    if (RESOURCE.test(key)) return known.find((name) => name !== "allow");
  }
  return nearestName(key, known);
}

/** Usual words for the accounts that a change window waits for, and for the functions that a function waits for. */
const WAITS_FOR: ReadonlySet<string> = new Set([
  "after",
  "dependencies",
  "dependsOn",
  "needs",
  "requires",
  "waitFor",
  "waitsFor",
]);

/** The field has another form than the usual words have elsewhere: a list of names alone would be the next mistake. */
function earlierAccounts(key: string, path: ValuePath): FieldProblem {
  const message = `unknown field "${key}" in ${formatPath(path)}`;
  return { code: "unknown-field", message, fix: "write after: {accounts: [staging], verifiedFor: 30m}" };
}

function earlierFunctions(key: string, path: ValuePath): FieldProblem {
  const message = `unknown field "${key}" in ${formatPath(path)}`;
  const fix =
    "write dependsOn: [NAME], with the metadata.name of functions of this namespace; to put accounts in order, write after in a ChangeWindow";
  return { code: "unknown-field", message, fix };
}

/** `did you mean "send"? Valid values: send, consume`. */
export function meantHint(meant: string | undefined, valid: string): string {
  if (meant === undefined) return valid;
  return `did you mean "${meant}"? ${valid.charAt(0).toUpperCase()}${valid.slice(1)}`;
}

function shownKey(key: string): string {
  return shown(key).slice(1, -1);
}
