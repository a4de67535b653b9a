import { reconcile, type PassPorts } from "../../../../src/controller/reconcile.ts";
import type { ActionDataLoader } from "../../../../src/controller/ports/action-data-loader.ts";
import type { Pass } from "../../../../src/judge/subject.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../../src/model/desired.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveAccount } from "../../../../src/model/live.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import {
  subjectOfOutcome,
  type KeyOutcome,
  type PassResult,
} from "../../../../src/settle/outcome/outcome.ts";
import { settle } from "../../../../src/settle/settle.ts";
import { STEADY_LOOP } from "../../../support/event-loop.ts";
import { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeClock } from "../../../support/fakes/fake-clock.ts";
import { MemoryAudit, MemoryRecorder, MemoryStore } from "../../../support/fakes/fake-ports.ts";
import { allow, binding, compiled, NOW_MS, ORDERS_READ } from "../../../support/pass/bindings.ts";
import { emptyAccount } from "../../../support/pass/live-state.ts";
import { KEY, NO_ACTION_DATA, passOf, settleContext } from "../../../support/pass/passes.ts";
import { untraced } from "../../../../src/controller/ports/telemetry.ts";
import { allKeys } from "../../../support/record/all-keys.ts";

type FinishedPass = Extract<PassResult, { readonly kind: "done" }>;

/** The ports of a pass, in memory, and a way to run one pass after another against them. */
export class ReconcileWorld {
  readonly clock = new FakeClock(NOW_MS);
  readonly audit = new MemoryAudit(this.clock);
  readonly store = new MemoryStore(this.clock);
  readonly recorder = new MemoryRecorder(this.audit, this.store);
  readonly abort = new AbortController();
  readonly stopping = new AbortController();
  aws = new FakeAws(emptyAccount(), this.clock);
  /** The change events of the account. */
  changes: NonNullable<PassPorts["changes"]> = () => Promise.resolve(null);
  actionData: ActionDataLoader = { load: () => Promise.resolve(NO_ACTION_DATA) };

  /** Begins with an account in this state. */
  start(live: LiveAccount): void {
    this.aws = new FakeAws(live, this.clock);
  }

  remember(...records: readonly KeyRecord[]): void {
    for (const record of records) this.store.records.set(record.key, record);
  }

  /** One pass, whose consequences are stored. */
  async run(
    states: readonly (DesiredBinding | DesiredPolicy)[],
    change: Partial<Pass> = {},
  ): Promise<FinishedPass> {
    const { aws, audit, clock, store, recorder, abort, stopping } = this;
    const records = new Map((await allKeys(store)).map((record) => [record.key, record]));
    const pass = passOf(states, { records, startedAtMs: clock.nowMs(), ...change });
    const { actionData } = this;
    const telemetry = { trace: untraced };
    const ports = {
      live: aws,
      actuator: aws,
      audit,
      store,
      clock,
      recorder,
      eventLoop: STEADY_LOOP,
      actionData,
      telemetry,
      changes: this.changes,
    };
    const signals = {
      abort: abort.signal,
      stopping: AbortSignal.any([stopping.signal, abort.signal]),
      control: 0,
      outdated: () => stopping.abort(),
    };
    const result = await reconcile(pass, ports, signals);
    if (result.kind === "failed") throw result.error;
    const { settlement } = complete(settle(result, settleContext({ nowMs: clock.nowMs() })));
    await recorder.record(settlement);
    return result;
  }

  /** The intents and outcomes in the audit record, in order. */
  journal(): readonly string[] {
    return this.audit.log.flatMap((entry) => {
      if (entry.kind === "write-intended") return [`intended ${entry.call}`];
      return entry.kind === "write-finished" ? [entry.outcome] : [];
    });
  }
}

/** The default binding with one more permission. */
export const MORE = binding({
  inline: compiled(ORDERS_READ, allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q")),
});

/** `written`, or the reason why not. */
export function whatOf(result: FinishedPass, key: Key = KEY): string {
  const outcome = result.outcomes.find((one) => subjectOfOutcome(one).key === key);
  if (outcome === undefined) return "none";
  return outcome.kind === "judged" ? outcome.notApplied.kind : outcome.kind;
}

/** The first key that the pass wrote. */
export function writtenIn(result: FinishedPass): Extract<KeyOutcome, { kind: "written" }> {
  const found = result.outcomes.find((outcome) => outcome.kind === "written");
  if (found === undefined) throw new Error("nothing was written");
  return found;
}
