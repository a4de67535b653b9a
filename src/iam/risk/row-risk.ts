import type { NameSet, PermissionRow, RowRisk } from "../../model/delta.ts";
import { ESCALATION_PATHS } from "./escalation-paths.ts";
import { CREDENTIAL, EXFILTRATION, EXPOSURE, TAMPER, type ListedActions } from "./lists.ts";
import { actionMatcher, isOpenResource, namesOf } from "../match/reach.ts";

type Risky = Exclude<RowRisk, "none">;

/** The most severe first: a row whose actions are in several lists has the first risk. */
const ORDER: readonly Risky[] = ["escalation", "credential", "exposure", "tamper", "exfiltration"];

/** The risks of each listed action, by its name in lower case. */
const LISTED = listedRisks();
/** The same by service, so that a pattern of one service is compared with that service's actions only. */
const LISTED_BY_SERVICE: ReadonlyMap<string, readonly ListedRisk[]> = Map.groupBy(LISTED, ([action]) =>
  serviceOf(action),
);

type ListedRisk = readonly [action: string, risks: readonly Risky[]];

/**
 * The use of these actions on this resource to an attacker. Reading is a risk if the resource is open, credentials if it
 * is not exact. A Deny has the risk of what it denies.
 */
export function rowRisk({ action, resource }: Pick<PermissionRow, "action" | "resource">): RowRisk {
  const listed = listedActions(action);
  if (listed.length === 0) return "none";
  const scope = { isOpen: isOpenResource(resource), isExact: isExact(resource) };
  const risks = listed.flatMap(([name, found]) => found.map((risk) => refine(risk, name, scope)));
  return ORDER.find((risk) => risks.includes(risk)) ?? "none";
}

/** The listed actions that a row's actions include: most rows include none. */
function listedActions(actions: NameSet): readonly ListedRisk[] {
  if (actions.kind !== "one") return reachedBy(actions, [...LISTED]);
  const name = actions.name.toLowerCase();
  const exact = LISTED.get(name);
  if (exact !== undefined) return [[name, exact]];
  if (!/[*?]/.test(name)) return [];
  const service = serviceOf(name);
  // A pattern without a colon, such as `**`, may match the actions of every service.
  const isAnyService = service === "" || /[*?]/.test(service);
  return reachedBy(actions, isAnyService ? [...LISTED] : (LISTED_BY_SERVICE.get(service) ?? []));
}

function reachedBy(actions: NameSet, candidates: readonly ListedRisk[]): readonly ListedRisk[] {
  const reaches = actionMatcher(actions);
  return candidates.filter(([listed]) => reaches(listed));
}

function serviceOf(action: string): string {
  return action.slice(0, Math.max(0, action.indexOf(":")));
}

function refine(
  risk: Risky,
  action: string,
  { isOpen, isExact }: { readonly isOpen: boolean; readonly isExact: boolean },
): RowRisk {
  if (risk === "exfiltration") return isOpen ? risk : "none";
  if (risk === "credential") return isExact && !/^(iam|sts):/.test(action) ? "none" : risk;
  if (risk !== "escalation") return risk;
  if (action === "iam:passrole") return isOpen ? risk : "none";
  if (action === "sts:assumerole") return isOpen ? risk : "credential";
  return risk;
}

/** Each name is the ARN of one object. */
function isExact(resource: NameSet): boolean {
  if (resource.kind === "all-but") return false;
  return namesOf(resource).every((name) => name.startsWith("arn:") && !/[*?]/.test(name));
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
