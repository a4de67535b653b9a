import type { ApiCli } from "./api-cli.ts";
import { NOW } from "../fakes/fake-control.ts";
import type { FakeState } from "../fakes/fake-state.ts";
import { LOCAL_TOKEN } from "./http-server.ts";
import { cli, type CliRun, type CliSetting } from "./cli.ts";
import type { ReconcileProgress } from "../../../src/controller/ports/control.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { KeyStatus } from "../../../src/model/status.ts";
import { fakeState } from "./api-world.ts";
import { ORDERS_API } from "./world-keys.ts";
import { condition, record } from "./world-states.ts";
import { REVISION } from "../record/audit-facts.ts";

export const DONE: ReconcileProgress = {
  done: true,
  keys: [ORDERS_API],
  waitingFor: [],
  unreadable: [],
  revision: REVISION,
};
export const TARGET = "orders/orders-api@prod/eu-west-1";
export const SUBJECT = digestOf("own");

/** The source was fetched and its revision is accepted. */
export function fetched(change: Partial<FakeState> = {}): Partial<FakeState> {
  const { overview } = fakeState();
  const source = { ...overview.source, held: null, failure: null };
  return { overview: { ...overview, source, accounts: accounts(null), diagnostics: [] }, ...change };
}

/** The account of this world, whose own reads fail for this reason. */
export function accounts(reason: string | null): FakeState["overview"]["accounts"] {
  const failing = reason === null ? null : { sinceMs: 0, reason };
  return fakeState().overview.accounts.map((account) =>
    account.record === null ? account : { ...account, record: { ...account.record, failing } },
  );
}

export function of(change: Partial<KeyStatus>): Partial<FakeState> {
  return fetched({ records: [record(ORDERS_API, change)] });
}

export const ready = (change: Parameters<typeof condition>[0]): Pick<KeyStatus, "conditions"> => ({
  conditions: [condition(change)],
});

export const PENDING: Partial<KeyStatus> = {
  ...ready({ status: "Unknown", reason: "Progressing", message: "changes are being applied" }),
  sync: "OutOfSync",
  plan: { digest: SUBJECT, actions: 1, withheld: [] },
};

/** Runs a command that waits, with a clock that jumps ahead instead of sleeping. */
export async function waitRun(
  api: ApiCli,
  state: Partial<FakeState>,
  argv: readonly string[],
  reconciled: ReconcileProgress = DONE,
  given: CliSetting = {},
): Promise<CliRun> {
  let nowMs = Date.parse(NOW);
  const clock = { nowMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };
  const { control, url } = await api.start({ state });
  control.reconciled = () => reconciled;
  return cli([...argv, "--timeout", "2s", "--server", url], {
    env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
    clock,
    ...given,
  });
}

export function reconcileRun(
  api: ApiCli,
  state: Partial<FakeState>,
  reconciled: ReconcileProgress = DONE,
  argv: readonly string[] = ["orders/orders-api@prod"],
  setting: CliSetting = {},
): Promise<CliRun> {
  return waitRun(api, state, ["reconcile", ...argv, "--wait"], reconciled, setting);
}
