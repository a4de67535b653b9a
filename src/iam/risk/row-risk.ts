import type { PermissionRow, RowRisk } from "../../model/delta.ts";
import { ESCALATION_PATHS } from "./escalation-paths.ts";
import { CREDENTIAL, EXFILTRATION, EXPOSURE, TAMPER, type ListedActions } from "./lists.ts";
import { ANY, isOpenResource, matcherOf, membersOf } from "../match/reach.ts";

export interface OwnArns {
  readonly role: string;
  /** Unqualified. */
  readonly function: string;
}

type Risky = Exclude<RowRisk, "none">;

/** From the worst on: a row that reaches several lists has the first one's risk. */
const ORDER: readonly Risky[] = ["escalation", "credential", "exposure", "tamper", "exfiltration"];

/** By action, lower-case: the risks of the lists that name it. */
const LISTED = listedRisks();
/** The same by service, so that a pattern of one service is compared with that service's actions only. */
const LISTED_BY_SERVICE: ReadonlyMap<string, readonly ListedRisk[]> = Map.groupBy(LISTED, ([action]) =>
  serviceOf(action),
);

export type ListedRisk = readonly [action: string, risks: readonly Risky[]];

/**
 * What a row is worth to an attacker. Reading is a risk where the resource is open, credentials where it is not exact;
 * changing another function is escalation, changing the function itself is tampering. Deny rows have none.
 */
export function rowRisk(
  { effect, action, resource }: Pick<PermissionRow, "effect" | "action" | "resource">,
  own: OwnArns,
): RowRisk {
  return effect === "Deny" ? "none" : riskOn(resource, listedActions(action), own);
}

/** The listed actions that a row's action reaches: most rows reach none. */
export function listedActions(rowAction: string): readonly ListedRisk[] {
  const action = rowAction.toLowerCase();
  const exact = LISTED.get(action);
  if (exact !== undefined) return [[action, exact]];
  return /[*? ]/.test(action) ? reachedBy(action) : [];
}

export function riskOn(resource: string, listed: readonly ListedRisk[], own: OwnArns): RowRisk {
  if (listed.length === 0) return "none";
  const place = placeOf(resource, own);
  return worst(listed.flatMap(([action, risks]) => risks.map((risk) => refine(risk, action, place))));
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

/** The listed actions that a pattern matches. */
function reachedBy(action: string): readonly ListedRisk[] {
  const service = serviceOf(action);
  const candidates = /^[a-z0-9-]+$/.test(service) ? (LISTED_BY_SERVICE.get(service) ?? []) : [...LISTED];
  const reaches = matcherOf(action);
  return candidates.filter(([listed]) => reaches(listed));
}

function serviceOf(action: string): string {
  return action.slice(0, Math.max(0, action.indexOf(":")));
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
