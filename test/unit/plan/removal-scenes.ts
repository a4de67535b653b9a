import { type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveRole } from "../../../src/model/live.ts";
import type { PlanContext } from "../../../src/plan/inputs/context.ts";
import {
  allow,
  appliedRecord,
  attachment,
  binding,
  caller,
  documentOf,
} from "../../support/pass/bindings.ts";
import { context } from "../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../support/pass/live-state.ts";
import { UNBINDING } from "./unbinding.ts";

export const GONE = binding(
  { attachments: [attachment("audit-read")] },
  { deletionPolicy: "delete", callers: [caller("one"), caller("one", "live")] },
);

export const TEAMS = { file: "platform/teams.yaml", line: 1, column: 1, path: "" };

const OTHER_ROLE = "arn:aws:iam::111122223333:role/other";

export interface Scene {
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<LiveFunction>;
  readonly account?: Partial<LiveAccount>;
  readonly record?: Partial<KeyRecord>;
  readonly at?: Partial<PlanContext>;
  readonly gone?: typeof GONE;
}

export function setting({ role = {}, found = {}, account = {}, record = {}, at = {}, gone = GONE }: Scene) {
  const live = accountWith(
    {
      role: liveRoleOf(gone, role),
      found: liveFunctionOf(gone, { roleArn: OTHER_ROLE, ...found }),
      policies: [livePolicyOf(attachment("audit-read").arn, [documentOf(allow("s3:GetObject"))])],
    },
    {},
  );
  const known = appliedRecord(gone, { unbinding: UNBINDING, ...record });
  return { record: known, at: context({ ...live, ...account }, { record: known, ...at }) };
}
