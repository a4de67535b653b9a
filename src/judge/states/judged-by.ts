import type { DesiredTeam } from "../../model/rules/team.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { Desired, DesiredAccount } from "../../model/desired.ts";
import type { JudgedBy } from "../../model/keys/key-record.ts";
import type { Json } from "../../model/values/json.ts";
import { digestOf } from "../../model/values/digest.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { withoutPlaces } from "../../text/json-values.ts";

interface JudgingInputs {
  readonly account: DesiredAccount;
  readonly actionData: Pick<ActionData, "snapshotDate">;
  readonly desired: Pick<Desired, "teams">;
  /** Of Grantkeeper. */
  readonly version: string;
}

/** The version and the fences that judge the keys of a namespace; computed once for each, in one judgement. */
export function judgedByOf({
  account,
  actionData,
  desired,
  version,
}: JudgingInputs): (namespace: string) => JudgedBy {
  const rules = `${version}, action data of ${actionData.snapshotDate}`;
  const ofAccount = fencesOf(account);
  const teams = new Map([...desired.teams].map(([namespace, team]) => [namespace as string, team]));
  const byNamespace = new Map<string, JudgedBy>();
  return (namespace) =>
    getOrAdd(byNamespace, namespace, () => {
      const team = teams.get(namespace);
      const ofTeam = team === undefined ? {} : withValues(fencesOfTeam(team));
      return { rules, fences: digestOf({ account: withValues(ofAccount), team: ofTeam }) };
    });
}

/**
 * Without members that are null or an empty list, at the top: a version that knows one more fence has the same digest
 * until someone uses it. An empty object stays: it can be the narrowest value.
 */
function withValues(fences: Json): Json {
  const members = Object.entries(fences ?? {}) as readonly (readonly [string, Json])[];
  return Object.fromEntries(
    members.filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
}

function fencesOf(account: DesiredAccount): Json {
  const { assumableRoles, boundaries, boundary, controllableResources, fences, passableRoles, tagKeys } =
    account;
  const requiresSourceAccount = account.requiresSourceAccount ?? null;
  const roles = { assumableRoles, passableRoles, requiresSourceAccount };
  const limits = { ...roles, boundaries, boundary, controllableResources, tagKeys };
  return { ...limits, ...fences } as unknown as Json;
}

/** Its profile is judged as a profile; limits and routes allow nothing. */
function fencesOfTeam(team: DesiredTeam): Json {
  if (team.kind === "broken") return { kind: team.kind };
  const { limits: _, profile: __, alerts: ___, ...fences } = team;
  return withoutPlaces(fences as unknown as Json);
}
