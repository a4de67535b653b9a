import type { DesiredAccount, DesiredRole } from "../../../../src/model/desired.ts";
import type { AdoptedRole } from "../../../../src/model/keys/adopted-role.ts";
import { contentOf } from "../../../../src/model/keys/adopted-role.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveRole, Reading } from "../../../../src/model/live.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import {
  allow,
  binding,
  BOUNDARY,
  desiredAccount,
  desiredOf,
  documentOf,
  NOW_MS,
  ORDERS_READ,
  REGION,
  role,
} from "../../../support/pass/bindings.ts";
import { withFunction } from "../../../support/pass/apply.ts";
import { context, planOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";

const PATH = "/service-role/";
const IN_PLACE: Partial<DesiredRole> = { path: PATH, adopt: "reviewed" };
export const DECLARED = binding(IN_PLACE);
export const ROLE_ARN = DECLARED.role.arn;
/** The role as a deployment made it: one inline policy of its own, and no boundary. */
export const FORMER: Partial<LiveRole> = {
  boundary: null,
  inline: [{ name: "legacy", text: documentOf(ORDERS_READ) }],
  tags: [],
  description: "made by hand",
};
const ROLE_ID = "AROAORDERSAPI00000001";
export const CLAIMED = role().tags;

export interface TakeOver {
  readonly git?: Partial<DesiredRole>;
  readonly live?: Partial<LiveRole> | null;
  /** null: the function does not exist. */
  readonly found?: Partial<LiveFunction> | null;
  readonly others?: readonly LiveFunction[];
  readonly account?: Partial<DesiredAccount>;
  readonly stack?: Reading<string> | null;
  readonly adopted?: Partial<AdoptedRole>;
  readonly isProven?: boolean;
  readonly record?: Partial<KeyRecord>;
  readonly seen?: Partial<LiveAccount>;
  /** The text of the boundary. Default: it allows everything. */
  readonly boundary?: string;
}

const ABSENT = { kind: "absent" } as const;

/** By default the proof is complete, everything was read, and nothing is against the take-over. */
export function takeOverPlan(scene: TakeOver = {}): KeyPlan {
  const { git = {}, found = {}, others = [], account = {}, stack = ABSENT, seen = {} } = scene;
  const desired = binding({ ...IN_PLACE, ...git });
  const live = scene.live === null ? null : liveRoleOf(desired, { ...FORMER, ...scene.live });
  const state = accountWith(
    {
      ...(live !== null && { role: live }),
      ...(found !== null && { found: liveFunctionOf(desired, found) }),
      policies: [livePolicyOf(BOUNDARY, [scene.boundary ?? documentOf(allow("*"))])],
    },
    {
      ...(stack !== null && { roleStacks: new Map([[desired.role.name.toLowerCase(), stack]]) }),
      ...seen,
    },
  );
  const planning = context(withFunctions(state, others), {
    record: recordOf(scene, live),
    account: desiredAccount({ adoptableRoles: [ROLE_ARN], ...account }),
    desired: desiredOf([desired]),
  });
  return planOfBinding(desired, planning);
}

function recordOf({ isProven = true, adopted, record = {} }: TakeOver, live: LiveRole | null): KeyRecord {
  const proof = {
    roles: [{ arn: ROLE_ARN, roleId: ROLE_ID }],
    sinceMs: NOW_MS - 2,
    provenMs: isProven ? NOW_MS - 1 : null,
  };
  const former = live === null ? null : contentOf(live);
  return {
    ...emptyKeyRecord(DECLARED.key),
    adoption: { proof } as never,
    ...(adopted !== undefined &&
      former !== null && {
        adoptedRole: {
          arn: ROLE_ARN,
          roleId: ROLE_ID,
          atMs: NOW_MS,
          former,
          changedAtMs: null,
          lastWritten: null,
          ...adopted,
        },
      }),
    ...record,
  };
}

function withFunctions(live: LiveAccount, others: readonly LiveFunction[]): LiveAccount {
  return others.reduce((state, one) => withFunction(state, REGION, one), live);
}

export function otherFunction(change: Partial<LiveFunction>): LiveFunction {
  const other = binding({}, { functionName: "reports" });
  return liveFunctionOf(other, { roleArn: "arn:aws:iam::111122223333:role/other", ...change });
}
