import type { NameSet, RowRisk } from "../../model/delta.ts";
import { actionMatcher, namesOf } from "../match/reach.ts";
import { ESCALATION_PATHS } from "./escalation-paths.ts";
import { EXPOSURE_OF_OTHERS, TAMPER_WITH_OTHERS } from "./control-lists.ts";
import type { ListedActions } from "./listed-action.ts";
import { CREDENTIAL, EXFILTRATION, EXPOSURE, TAMPER } from "./lists.ts";

/** An action that is a risk by itself. */
export interface ListedAction {
  /** In AWS's spelling. */
  readonly action: string;
  /** `escalation`: one of the paths has this action alone. */
  readonly risk: Exclude<RowRisk, "none">;
  /** `cloudsplaining:credentials-exposure`, `pathfinding:iam-005` */
  readonly source: string;
  /** `others`: no risk on a resource that is the function's or its team's own. */
  readonly on: "any" | "others";
}

/** A list of actions; escalation has paths. */
export type ListRisk = Exclude<ListedAction["risk"], "escalation">;

const LISTS = {
  credential: CREDENTIAL,
  exposure: EXPOSURE,
  tamper: TAMPER,
  exfiltration: EXFILTRATION,
} as const satisfies Record<ListRisk, readonly ListedActions[]>;

const LISTS_OF_OTHERS: Partial<Record<ListRisk, readonly ListedActions[]>> = {
  exposure: EXPOSURE_OF_OTHERS,
  tamper: TAMPER_WITH_OTHERS,
};

const ALONE: readonly ListedAction[] = ESCALATION_PATHS.flatMap(({ source, steps, on, starts }) =>
  steps.length > 1 || on !== undefined || starts !== undefined
    ? []
    : steps.flat().map((action) => ({ action, risk: "escalation", source, on: "any" })),
);

/** Passing a role to something new takes more than this action, and is its most important part. */
const PASS_ROLE: ListedAction = {
  action: "iam:PassRole",
  risk: "escalation",
  source: "pathfinding",
  on: "any",
};

/** The entries of one list that no escalation path has, which has its own findings. */
function listOf(risk: ListRisk): readonly ListedAction[] {
  const entriesOf = (lists: readonly ListedActions[], on: ListedAction["on"]): readonly ListedAction[] =>
    lists.flatMap(({ source, actions }) => actions.map((action) => ({ action, risk, source, on })));
  return [...entriesOf(LISTS[risk], "any"), ...entriesOf(LISTS_OF_OTHERS[risk] ?? [], "others")].filter(
    ({ action }) => !ALONE.some((path) => path.action === action),
  );
}

/** The rules that judge one list each. */
const RULE_LISTS: Readonly<Record<string, ListRisk>> = {
  "CRED-001": "credential",
  "EXF-001": "exfiltration",
  "EXP-001": "exposure",
  "TMP-001": "tamper",
};

/** The list that the rule judges; null if it judges none. */
export function listOfRule(rule: string): readonly ListedAction[] | null {
  const risk = Object.hasOwn(RULE_LISTS, rule) ? RULE_LISTS[rule] : undefined;
  return risk === undefined ? null : listOf(risk);
}

const ENTRIES: readonly ListedAction[] = [
  ...ALONE,
  PASS_ROLE,
  ...(Object.keys(LISTS) as ListRisk[]).flatMap(listOf),
];

type Entries = readonly (readonly [name: string, entries: readonly ListedAction[]])[];

/** By name in lower case. */
const BY_NAME: ReadonlyMap<string, readonly ListedAction[]> = Map.groupBy(ENTRIES, ({ action }) =>
  action.toLowerCase(),
);
const ALL: Entries = [...BY_NAME];
const ALL_ENTRIES: readonly ListedAction[] = ALL.flatMap(([, entries]) => entries);
/** The same by service, so that a pattern of one service is compared with that service's actions only. */
const BY_SERVICE: ReadonlyMap<string, Entries> = Map.groupBy(BY_NAME, ([action]) => serviceOf(action));

/** The entries whose actions a row includes: most rows include none. */
export function listedActions(actions: NameSet): readonly ListedAction[] {
  if (actions.kind === "any") return ALL_ENTRIES;
  if (actions.kind === "one") return entriesNamed(namesReachedBy(actions.name));
  const names = new Set(namesOf(actions).flatMap(namesReachedBy));
  if (actions.kind !== "all-but" && names.size === 0) return [];
  return entriesNamed(
    ALL.flatMap(([name]) => (names.has(name) === (actions.kind !== "all-but") ? [name] : [])),
  );
}

function entriesNamed(names: readonly string[]): readonly ListedAction[] {
  return names.flatMap((name) => BY_NAME.get(name) ?? []);
}

/** The listed names that an action or a pattern includes. */
function namesReachedBy(pattern: string): readonly string[] {
  const name = pattern.toLowerCase();
  if (!/[*?]/.test(name)) return BY_NAME.has(name) ? [name] : [];
  const service = serviceOf(name);
  // A pattern without a colon, such as `**`, may match the actions of every service.
  const isAnyService = service === "" || /[*?]/.test(service);
  const reaches = actionMatcher({ kind: "one", name });
  return (isAnyService ? ALL : (BY_SERVICE.get(service) ?? [])).flatMap(([each]) =>
    reaches(each) ? [each] : [],
  );
}

function serviceOf(action: string): string {
  return action.slice(0, Math.max(0, action.indexOf(":")));
}
