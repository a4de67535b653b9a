import { GetAccountSummaryCommand, type GetAccountSummaryCommandOutput } from "@aws-sdk/client-iam";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { DEFAULT_QUOTAS, type AccountQuotas } from "../../model/live.ts";
import { unknownBecause } from "./failure.ts";
import type { AccountReader } from "./reader.ts";

/** AWS changes a quota on request only. A sweep that a change does not fit into asks for fresh ones. */
const KEPT_MS = 3_600_000;

/**
 * The account's own quotas. They only make plans more exact, since the defaults of AWS are never larger: if they cannot
 * be read, the defaults are used, and the next sweep reads again.
 */
export class KnownQuotas {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #telemetry: Telemetry;
  readonly #known = new Map<AccountId, { readonly quotas: AccountQuotas; readonly readMs: number }>();

  constructor(clock: Pick<Clock, "nowMs">, telemetry: Telemetry) {
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  /** Those of the last hour. */
  async read(reader: AccountReader): Promise<AccountQuotas> {
    const known = this.#known.get(reader.account.id);
    const isKept = known !== undefined && this.#clock.nowMs() - known.readMs < KEPT_MS;
    return isKept ? known.quotas : this.readFresh(reader);
  }

  async readFresh(reader: AccountReader): Promise<AccountQuotas> {
    const readMs = this.#clock.nowMs();
    try {
      const { SummaryMap = {} } = await reader.iam("iam:GetAccountSummary", GetAccountSummaryCommand, {});
      const quotas = quotasOf(SummaryMap);
      this.#known.set(reader.account.id, { quotas, readMs });
      return quotas;
    } catch (cause) {
      this.#telemetry.warn("quotas were not read, the defaults of AWS are used", {
        account: reader.account.name,
        reason: unknownBecause(cause).reason,
      });
      return DEFAULT_QUOTAS;
    }
  }
}

function quotasOf(summary: NonNullable<GetAccountSummaryCommandOutput["SummaryMap"]>): AccountQuotas {
  const numbers = summary as Readonly<Record<string, number | undefined>>;
  return {
    rolePolicySize: numbers["RolePolicySizeQuota"] ?? DEFAULT_QUOTAS.rolePolicySize,
    attachedPoliciesPerRole:
      numbers["AttachedPoliciesPerRoleQuota"] ?? DEFAULT_QUOTAS.attachedPoliciesPerRole,
    assumeRolePolicySize: numbers["AssumeRolePolicySizeQuota"] ?? DEFAULT_QUOTAS.assumeRolePolicySize,
    versionsPerPolicy: numbers["VersionsPerPolicyQuota"] ?? DEFAULT_QUOTAS.versionsPerPolicy,
    policySize: numbers["PolicySizeQuota"] ?? DEFAULT_QUOTAS.policySize,
  };
}
