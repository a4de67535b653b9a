import { namesText, shortNames, testsOf } from "../../iam/row-text.ts";
import {
  COMPARISON_LIMIT,
  statementChanges,
  type Delta,
  type DeltaRow,
  type NameSet,
  type UnknownEffect,
} from "../../model/delta.ts";
import {
  grantOfRow,
  isAnyone,
  documentText,
  namedResources,
  principalText,
  rowText,
  shortArn,
  shortResource,
} from "./words.ts";

/** One permission that a change grants or revokes, as every screen, alert and audit entry shows it. */
export interface PermissionChange {
  /** `!`: the effect is not known. */
  readonly sign: "+" | "-" | "!";
  /** `dynamodb read`, `sqs:PurgeQueue`, `3 actions`, `caller sns`, `anyone can invoke`. */
  readonly what: string;
  /** `table/customers`, `all resources`; "" where it adds nothing. */
  readonly resource: string;
  /** `policy "grantkeeper"`, `statement "test1"`, with what limits it; "" where it is not known. */
  readonly place: string;
  /** The actions behind `what`, where that does not name them all. */
  readonly actions: readonly string[];
}

/** Grants come before revocations, in the order of the delta. The rows of one grant or statement are one line. */
export function permissionChanges(delta: Delta): readonly PermissionChange[] {
  const unknown = delta.unknownEffect.map((effect): PermissionChange => ({
    sign: "!",
    ...unknownText(effect),
    place: "",
    actions: [],
  }));
  const { added, removed } = statementChanges(delta);
  return [...changesOf(added, "+"), ...changesOf(removed, "-"), ...unknown];
}

function unknownText(effect: UnknownEffect): Pick<PermissionChange, "what" | "resource"> {
  return effect.kind === "role-tag"
    ? { what: `tag ${effect.tag}`, resource: `decides on ${rowText(effect.row)}` }
    : { what: COMPARISON_LIMIT, resource: "" };
}

/** `+ dynamodb read table/customers, policy "grantkeeper"`. */
export function permissionText({ sign, what, resource, place, actions }: PermissionChange): string {
  const listed = actions.length === 0 ? "" : ` (${actions.join(", ")})`;
  const subject = [`${what}${listed}`, resource].filter((part) => part !== "").join(" ");
  return `${sign} ${[subject, place].filter((part) => part !== "").join(", ")}`;
}

function changesOf(rows: readonly DeltaRow[], sign: "+" | "-"): readonly PermissionChange[] {
  const groups = [...Map.groupBy(rows, groupName).values()];
  return groups.flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [changeOf(first, group, sign)];
  });
}

/** A grant of the catalogue is several statements, written as one; of other statements each resource is a line. */
function groupName(row: DeltaRow): string {
  const { effect, principal, sid, from, resource, condition } = row;
  const grant = grantOfRow(row);
  const remark = remarkOf(row);
  return grant === null
    ? JSON.stringify([effect, principal, sid, from, resource, condition, remark])
    : JSON.stringify([effect, principal, grant, from, remark]);
}

function changeOf(first: DeltaRow, group: readonly DeltaRow[], sign: "+" | "-"): PermissionChange {
  const actions = [...new Set(group.map(({ action }) => shortNames(action)))];
  const grant = grantOfRow(first);
  const denied = first.effect === "Deny" ? "Deny " : "";
  const place = [placeText(first), remarkOf(first)].filter((part) => part !== "").join(", ");
  if (first.principal !== null) return { sign, place, ...callerOf(first, first.principal, actions) };
  const named = grant ?? (actions.length === 1 ? actionText(first.action) : `${actions.length} actions`);
  return {
    sign,
    what: `${denied}${named}`,
    resource: resourceText(group.map(namedResources)),
    place,
    actions: grant === null && actions.length > 1 ? actions : [],
  };
}

function actionText(action: NameSet): string {
  if (action.kind === "unknown") return "permissions that cannot be read";
  return action.kind === "any" ? "all actions" : shortNames(action);
}

/** Describes a statement of the function's policy or of the role's trust policy by its principal. */
function callerOf(
  row: DeltaRow,
  principal: NameSet,
  actions: readonly string[],
): Pick<PermissionChange, "what" | "resource" | "actions"> {
  const denied = row.effect === "Deny" ? "Deny " : "";
  const isTrust = row.from.kind === "trust";
  const usual = isTrust ? "sts:assumerole" : "lambda:invokefunction";
  const isUsual = actions.every((action) => action.toLowerCase() === usual);
  const rest = isUsual ? [] : actions;
  if (isAnyone(principal))
    return {
      what: `${denied}anyone can ${!isUsual ? "use" : isTrust ? "assume the role" : "invoke"}`,
      resource: sourceText(row),
      actions: rest,
    };
  const name = principalText(principal).replace(/\.amazonaws\.com$/, "");
  return {
    what: `${denied}${isTrust ? "assumed by" : "caller"} ${name}`,
    resource: sourceText(row),
    actions: rest,
  };
}

/** The operators without `IfExists` that are not negated: the caller's request has one of these sources. */
const REQUIRES = /^(string(equals|like)|arn(equals|like))$/i;
const SOURCE_KEYS = new Set(["aws:sourcearn", "aws:sourceaccount", "aws:principalorgid"]);

/** The sources that the condition admits: `topic/orders`, `account 111122223333`. */
function sourceText({ condition }: DeltaRow): string {
  if (condition.kind === "none") return "";
  const sources = testsOf(condition)
    .filter(({ operator, key }) => REQUIRES.test(operator) && SOURCE_KEYS.has(key))
    .flatMap(({ values }) => values);
  return sources.length === 0 ? "under a condition" : [...new Set(sources.map(shortArn))].join(", ");
}

/** Names each resource once. The indexes of a table and the streams of a log group are part of the resource. */
function resourceText(resources: readonly NameSet[]): string {
  const texts = new Map(resources.map((resource) => [namesText(resource), resource]));
  const isPart = (arn: string): boolean =>
    /(\/index\/\*|:\*)$/.test(arn) && texts.has(arn.replace(/(\/index\/\*|:\*)$/, ""));
  const shown = [...texts].flatMap(([arn, resource]) => (isPart(arn) ? [] : [resource]));
  const names = shown.map((resource) =>
    resource.kind === "any" ? "all resources" : shortResource(resource),
  );
  return [...new Set(names)].join(", ");
}

function placeText({ from, sid, principal }: DeltaRow): string {
  const isCaller = principal !== null && sid !== null && from.kind !== "trust";
  return isCaller ? `statement "${sid}"` : documentText(from);
}

/** Explains why a permission is added or removed although its own statement does not change. */
function remarkOf({ effect, limit, otherCondition, condition }: DeltaRow): string {
  if (effect === "Deny") return "";
  if (limit !== null) return limit.kind === "denial" ? "by a Deny statement" : "by the boundary";
  if (otherCondition === null) return "";
  return condition.kind === "none" ? "without its condition" : "under another condition";
}
