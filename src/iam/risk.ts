import type { PermissionRow, RowRisk } from "../model/delta.ts";
import { ESCALATION_PATHS } from "./risk/escalation.ts";
import { CREDENTIAL, EXFILTRATION, EXPOSURE, TAMPER, type ListedActions } from "./risk/lists.ts";
import { actionReaches, isOpenResource } from "./reach.ts";

export interface OwnArns {
  readonly role: string;
  /** Unqualified. */
  readonly function: string;
}

type Risky = Exclude<RowRisk, "none">;

/** From the worst on: a row that reaches several lists has the first one's risk. */
const ORDER: readonly Risky[] = ["escalation", "credential", "exposure", "tamper", "exfiltration"];

/** By action, lower-case: the lists that it stands in. */
const LISTED = listedRisks();

/**
 * What a row is good for to an attacker. Reading is a risk where the resource is open, credentials where it is not
 * exact; changing another function is escalation, changing oneself tampering. Deny rows have none.
 */
export function rowRisk(row: Pick<PermissionRow, "effect" | "action" | "resource">, own: OwnArns): RowRisk {
  if (row.effect === "Deny") return "none";
  const action = row.action.toLowerCase();
  const exact = LISTED.get(action);
  if (exact !== undefined) return worst(exact.map((risk) => refine(risk, action, row.resource, own)));
  if (!/[*? ]/.test(action)) return "none";
  return worst(
    reachedBy(action).flatMap(([listed, risks]) =>
      risks.map((risk) => refine(risk, listed, row.resource, own)),
    ),
  );
}

const MAX_PATTERNS = 2_000;
const reached = new Map<string, readonly (readonly [string, readonly Risky[]])[]>();

/** The listed actions that a pattern speaks of. Remembered: an account's policies share few patterns, and the lists are long. */
function reachedBy(action: string): readonly (readonly [string, readonly Risky[]])[] {
  const known = reached.get(action);
  if (known !== undefined) return known;
  if (reached.size >= MAX_PATTERNS) reached.clear();
  const found = [...LISTED].filter(([listed]) => actionReaches(action, listed));
  reached.set(action, found);
  return found;
}

function worst(risks: readonly RowRisk[]): RowRisk {
  return ORDER.find((risk) => risks.includes(risk)) ?? "none";
}

const FUNCTION_CHANGES =
  /^lambda:(updatefunctioncode|updatefunctionconfiguration|addpermission|putresourcepolicy|createfunctionurlconfig|updatefunctionurlconfig)$/;

function refine(risk: Risky, action: string, resource: string, own: OwnArns): RowRisk {
  if (risk === "exfiltration") return isOpenResource(resource) ? risk : "none";
  if (risk === "credential") return isExact(resource) && !/^(iam|sts):/.test(action) ? "none" : risk;
  if (risk !== "escalation") return risk;
  if (action === "iam:passrole") return isOpenResource(resource) ? risk : "none";
  if (action === "sts:assumerole") return isOpenResource(resource) ? risk : "credential";
  if (FUNCTION_CHANGES.test(action) && isOwnFunction(resource, own)) return "tamper";
  return risk;
}

function isExact(resource: string): boolean {
  return resource.startsWith("arn:") && !/[*?]/.test(resource);
}

/** The function itself, or a qualifier of it. */
function isOwnFunction(resource: string, own: OwnArns): boolean {
  return own.function !== "" && (resource === own.function || resource.startsWith(`${own.function}:`));
}

function listedRisks(): ReadonlyMap<string, readonly Risky[]> {
  const alone = ESCALATION_PATHS.filter((path) => path.steps.length === 1).flatMap((path) =>
    path.steps.flat(),
  );
  const flat = (lists: readonly ListedActions[]): readonly string[] => lists.flatMap((list) => list.actions);
  const byRisk: readonly (readonly [Risky, readonly string[]])[] = [
    ["escalation", [...alone, "iam:PassRole"]],
    ["credential", flat(CREDENTIAL)],
    ["exposure", flat(EXPOSURE)],
    ["tamper", flat(TAMPER)],
    ["exfiltration", flat(EXFILTRATION)],
  ];
  const found = new Map<string, readonly Risky[]>();
  for (const [risk, actions] of byRisk) {
    for (const action of actions.map((name) => name.toLowerCase())) {
      found.set(action, [...(found.get(action) ?? []), risk]);
    }
  }
  return found;
}
