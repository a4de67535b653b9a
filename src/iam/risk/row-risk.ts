import type { PermissionRow, RowRisk } from "../../model/delta.ts";
import { ESCALATION_PATHS } from "./escalation-paths.ts";
import { CREDENTIAL, EXFILTRATION, EXPOSURE, TAMPER, type ListedActions } from "./lists.ts";
import { actionReaches, ANY, isOpenResource, membersOf } from "../match/reach.ts";

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
  if (exact === undefined && !/[*? ]/.test(action)) return "none";
  const reached = exact === undefined ? reachedBy(action) : [[action, exact] as const];
  if (reached.length === 0) return "none";
  const place = placeOf(row.resource, own);
  return worst(reached.flatMap(([listed, risks]) => risks.map((risk) => refine(risk, listed, place))));
}

/** What of a row's resource decides. */
interface Place {
  readonly isOpen: boolean;
  readonly isExact: boolean;
  readonly isOwnFunction: boolean;
}

function placeOf(resource: string, own: OwnArns): Place {
  return {
    isOpen: isOpenResource(resource),
    isExact: isExact(resource),
    isOwnFunction: isOwnFunction(resource, own),
  };
}

const MAX_PATTERNS = 2_000;
const reachedKnown = new Map<string, readonly (readonly [string, readonly Risky[]])[]>();

/** The listed actions that a pattern speaks of. Remembered: an account's policies share few patterns, and the lists are long. */
function reachedBy(action: string): readonly (readonly [string, readonly Risky[]])[] {
  const known = reachedKnown.get(action);
  if (known !== undefined) return known;
  if (reachedKnown.size >= MAX_PATTERNS) reachedKnown.clear();
  const found = [...LISTED].filter(([listed]) => actionReaches(action, listed));
  reachedKnown.set(action, found);
  return found;
}

function worst(risks: readonly RowRisk[]): RowRisk {
  return ORDER.find((risk) => risks.includes(risk)) ?? "none";
}

const FUNCTION_CHANGES =
  /^lambda:(updatefunctioncode|updatefunctionconfiguration|addpermission|putresourcepolicy|createfunctionurlconfig|updatefunctionurlconfig)$/;

function refine(risk: Risky, action: string, { isOpen, isExact, isOwnFunction }: Place): RowRisk {
  if (risk === "exfiltration") return isOpen ? risk : "none";
  if (risk === "credential") return isExact && !/^(iam|sts):/.test(action) ? "none" : risk;
  if (risk !== "escalation") return risk;
  if (action === "iam:passrole") return isOpen ? risk : "none";
  if (action === "sts:assumerole") return isOpen ? risk : "credential";
  if (isOwnFunction && FUNCTION_CHANGES.test(action)) return "tamper";
  return risk;
}

/** Of a list each member. */
function isExact(resource: string): boolean {
  return resource.startsWith(ANY)
    ? membersOf(resource).every(isExact)
    : resource.startsWith("arn:") && !/[*?]/.test(resource);
}

/** The function itself, or a qualifier of it; of a list each member. */
function isOwnFunction(resource: string, own: OwnArns): boolean {
  if (own.function === "") return false;
  return membersOf(resource).every((arn) => arn === own.function || arn.startsWith(`${own.function}:`));
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
