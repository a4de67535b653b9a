import type { AdoptedRole } from "../../model/keys/adopted-role.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";

/** Git takes over the role in place, and no pass has found it complete yet. */
export function isTakingOver(
  { role, released }: Pick<DesiredBinding, "role" | "released">,
  record: Pick<KeyRecord, "applied"> | null,
): boolean {
  return role.adopt === "reviewed" && released !== true && !isAppliedRole(role.arn, record);
}

/** The last applied state of the key has this role. */
function isAppliedRole(arn: string, record: Pick<KeyRecord, "applied"> | null): boolean {
  const applied = record?.applied?.desired;
  return applied?.kind === "binding" && applied.binding.role.arn === arn;
}

/** The recorded take-over of the role; null: there is none. */
export function adoptedRoleOf(
  arn: string,
  record: Pick<KeyRecord, "adoptedRole"> | null,
): AdoptedRole | null {
  const adopted = record?.adoptedRole;
  return adopted?.arn === arn ? adopted : null;
}

/**
 * Its next step is a write: the equality of its permissions is proven, or it has the ownership tags. Before that, no one
 * needs to know which stack owns the role or who else uses it.
 */
export function isBeforeTakeOver(
  state: DesiredBinding | DesiredPolicy,
  record: Pick<KeyRecord, "applied" | "adoption" | "adoptedRole">,
): state is DesiredBinding {
  if (!isBinding(state) || !isTakingOver(state, record)) return false;
  return (
    adoptedRoleOf(state.role.arn, record) !== null || (record.adoption?.proof?.provenMs ?? null) !== null
  );
}
