import { namesText, shortList, shortNames } from "../../iam/row-text.ts";
import type { NameSet, PermissionRow } from "../../model/delta.ts";
import { assumerParts, callerParts } from "./caller-text.ts";
import {
  distinctNames,
  resourcesText,
  widestFirst,
  type Home,
  conditionTexts,
  grantLimits,
  isAnyone,
  namedResources,
} from "./words.ts";

/** What the rows of one grant or statement allow or deny: the words that every screen, alert and audit entry uses. */
export interface PermissionSubject {
  /** `dynamodb read`, `sqs:PurgeQueue`, `3 actions`, `caller sns`, `anyone can invoke`. */
  readonly what: string;
  /** Of a caller that `what` names: `sns`, `account`. */
  readonly caller?: string;
  /** `table/orders, indexes`, `all resources`, `topic/returned in account 999999999999`; "" if it adds nothing. */
  readonly on: string;
  /** The actions that `what` does not name. */
  readonly actions: readonly string[];
  /** `if aws:SourceVpc StringEquals vpc-123`: each condition that `what` and `on` do not imply. */
  readonly conditions: readonly string[];
}

export const NOT_UNDERSTOOD: PermissionSubject = {
  what: "permissions not understood",
  on: "",
  actions: [],
  conditions: [],
};

/** @param grant the name of the grant that declares the rows, which also implies their actions and the conditions of every such grant */
export function subjectOf(
  rows: readonly PermissionRow[],
  home: Home,
  grant: string | null = null,
): PermissionSubject {
  const [first] = rows;
  if (first === undefined) throw new Error("a group of rows is never empty");
  if (first.action.kind === "unknown") return NOT_UNDERSTOOD;
  if (first.principal !== null)
    return callerSubject({ ...first, principal: first.principal }, actionTexts(rows), home);
  const on = resourcesText(sortedNames(rows.map(namedResources)), home);
  if (grant !== null) return { what: grant, on, actions: [], conditions: grantLimits(rows) };
  return { ...actionParts(actionTexts(rows)), on, conditions: conditionTexts(first.condition) };
}

function actionParts(actions: readonly string[]): Pick<PermissionSubject, "what" | "actions"> {
  const [first = ""] = actions;
  return actions.length > 1 ? { what: `${actions.length} actions`, actions } : { what: first, actions: [] };
}

/** A principal of the function's policy or of the role's trust policy. */
function callerSubject(
  { principal, effect, condition, from }: PermissionRow & { readonly principal: NameSet },
  allActions: readonly string[],
  home: Home,
): PermissionSubject {
  const isTrust = from.kind === "trust";
  const { what, name, on, details } = (isTrust ? assumerParts : callerParts)(principal, condition, home);
  const usual = isTrust ? "sts:assumerole" : "lambda:invokefunction";
  const [other, ...more] = allActions.filter((action) => action.toLowerCase() !== usual);
  const actions = other === undefined ? [] : [`may call ${other}`, ...more];
  const isOpen = isAnyone(principal) && condition.kind === "none" && effect === "Allow";
  if (!isOpen || actions.length > 0) return { what, caller: name, on, actions, conditions: details };
  return { ...NOT_UNDERSTOOD, what: isTrust ? "anyone can assume the role" : "anyone can invoke" };
}

/** Permissions with a high risk come first, then wide permissions, so that a long list hides neither. */
export function actionsOf(rows: readonly PermissionRow[]): readonly NameSet[] {
  const risky = new Set(rows.filter(({ risk }) => risk !== "none").map(({ action }) => namesText(action)));
  const rank = (action: NameSet): number => (risky.has(namesText(action)) ? 0 : 1);
  return sortedNames(rows.map(({ action }) => action)).toSorted((a, b) => rank(a) - rank(b));
}

export function actionTexts(rows: readonly PermissionRow[]): readonly string[] {
  return actionsOf(rows).map((actions) => {
    if (actions.kind === "any") return "all actions";
    return actions.kind === "all-but" ? `all actions but ${shortList(actions.names)}` : shortNames(actions);
  });
}

/** Each set once, the widest first. */
export function sortedNames(sets: readonly NameSet[]): readonly NameSet[] {
  return distinctNames(sets).toSorted((a, b) => widestFirst(namesText(a), namesText(b)));
}

/** In one line: `3 actions (sqs:A, sqs:B, sqs:C) queue/orders`. */
export function subjectText({ what, on, actions }: PermissionSubject): string {
  const listed = actions.length === 0 ? "" : ` (${actions.join(", ")})`;
  return `${what}${listed} ${on}`.trimEnd();
}
