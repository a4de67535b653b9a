import type { PermissionRow, RowRisk } from "../../model/delta.ts";
import { isOpenResource, namesOf } from "../match/reach.ts";
import { listedActions, type ListedAction } from "./listed-actions.ts";

type RiskRow = Pick<PermissionRow, "action" | "resource">;

/** The most severe first: a row whose actions are in several lists has the first risk. */
const RISK_ORDER: readonly ListedAction["risk"][] = [
  "escalation",
  "credential",
  "exposure",
  "tamper",
  "exfiltration",
];

/**
 * The use of these actions on this resource to an attacker. Reading is a risk if the resource is open, credentials if it
 * is not exact. A Deny has the risk of what it denies.
 */
export function rowRisk(row: RiskRow): RowRisk {
  const risks = riskyActions(row).map(({ risk }) => risk);
  return RISK_ORDER.find((risk) => risks.includes(risk)) ?? "none";
}

/** The risks of rows, the worst first. */
export function risksOf(rows: readonly Pick<PermissionRow, "risk">[]): readonly RowRisk[] {
  return RISK_ORDER.filter((risk) => rows.some((row) => row.risk === risk));
}

/** The listed actions that the row includes and that are a risk on its resource. */
export function riskyActions({ action, resource }: RiskRow): readonly ListedAction[] {
  const listed = listedActions(action);
  if (listed.length === 0) return [];
  const scope = { isOpen: isOpenResource(resource), isExact: isExact(resource) };
  return listed.flatMap((entry) => refine(entry, scope));
}

interface ResourceScope {
  readonly isOpen: boolean;
  readonly isExact: boolean;
}

function refine(entry: ListedAction, { isOpen, isExact }: ResourceScope): readonly ListedAction[] {
  const { action, risk } = entry;
  if (action === "sts:AssumeRole" && !isOpen) return [{ ...entry, risk: "credential" }];
  const isHarmless =
    (risk === "exfiltration" && !isOpen) ||
    (risk === "credential" && isExact && !/^(iam|sts):/.test(action)) ||
    (action === "iam:PassRole" && !isOpen);
  return isHarmless ? [] : [entry];
}

/** Each name is the ARN of one object. */
export function isExact(resource: PermissionRow["resource"]): boolean {
  if (resource.kind === "all-but") return false;
  return namesOf(resource).every((name) => name.startsWith("arn:") && !/[*?]|\$\{/.test(name));
}
