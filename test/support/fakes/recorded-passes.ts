import { untraced } from "../../../src/controller/ports/telemetry.ts";
import { reconcile } from "../../../src/controller/reconcile.ts";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import { undoFinding } from "../../../src/judge/plan-subject.ts";
import { subjectsInScope } from "../../../src/judge/subjects.ts";
import { actionDigest, type Action, approvableDigests, type KeyPlan } from "../../../src/model/plan.ts";
import type { Approval, Suspension } from "../../../src/model/approval.ts";
import type { DesiredAccount, DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import type { UndoFinding } from "../../../src/model/keys/adoption-undo.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { canonicalText } from "../../../src/model/values/digest.ts";
import { complete } from "../../../src/model/values/steps.ts";
import type { PassResult } from "../../../src/settle/outcome/outcome.ts";
import { settle } from "../../../src/settle/settle.ts";
import { STEADY_LOOP } from "../event-loop.ts";
import { NOW_MS } from "../pass/bindings.ts";
import { NO_ACTION_DATA, passOf, settleContext } from "../pass/passes.ts";
import { Death, FakeAws } from "./fake-aws.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryAudit, MemoryRecorder, MemoryStore } from "./fake-ports.ts";
import { allKeys } from "../record/all-keys.ts";

export type States = readonly (DesiredBinding | DesiredPolicy)[];

const ROUNDS = 30;
const UNDONE_MS = 7 * 86_400_000;

/** Passes over one account, with a record that outlives a killed one. */
export class RecordedPasses {
  readonly clock = new FakeClock(NOW_MS);
  readonly audit = new MemoryAudit(this.clock);
  readonly store = new MemoryStore(this.clock);
  readonly aws: FakeAws;
  readonly #account: DesiredAccount;
  #swept: LiveAccount | null = null;
  #plans: ReadonlyMap<Key, KeyPlan> = new Map();
  #approvals: readonly Approval[] = [];
  #suspensions: readonly Suspension[] = [];

  constructor(live: LiveAccount, account: DesiredAccount) {
    this.aws = new FakeAws(live, this.clock);
    this.#account = account;
  }

  /** One pass and what is recorded of it. @throws Death when the process was killed in it */
  async pass(states: States, change: Partial<Pass> = {}): Promise<void> {
    const result = await this.#reconciled({ ...(await this.#passOf(states)), ...change });
    const nowMs = this.clock.nowMs();
    const { settlement } = complete(
      settle(result, settleContext({ nowMs, nowIso: new Date(nowMs).toISOString() })),
    );
    await this.audit.append(settlement.facts);
    await this.store.commit(settlement.change);
    if (result.kind === "done") this.#swept = result.live;
    this.#plans = plansOf(result);
  }

  async #passOf(states: States): Promise<Pass> {
    const records = new Map((await allKeys(this.store)).map((record) => [record.key, record]));
    const pass = passOf(states, {
      records,
      startedAtMs: this.clock.nowMs(),
      account: this.#account,
      base: this.#swept,
      suspensions: this.#suspensions,
    });
    return { ...pass, history: { ...pass.history, approvals: this.#approvals } };
  }

  /** The plan of the last pass; undefined: it made none. */
  plan(key: Key): KeyPlan | undefined {
    return this.#plans.get(key);
  }

  /** What an undo of each adoption would do now. */
  async undoFindings(states: States, change: Partial<Pass> = {}): Promise<ReadonlyMap<Key, UndoFinding>> {
    const [pass, nowMs] = [{ ...(await this.#passOf(states)), ...change }, this.clock.nowMs()];
    const writes = recentWrites(await this.audit.writesSince(this.#account.id, 0));
    const context = { ...pass, writes, nowMs, live: { ...this.aws.live, observedAtMs: nowMs } };
    const subjects = subjectsInScope(pass, { kind: "all" }, nowMs);
    return new Map(subjects.map((subject) => [subject.key, undoFinding(subject, context)]));
  }

  /** Orders those that are planned, each with a suspension of its own. */
  orderUndo(findings: ReadonlyMap<Key, UndoFinding>): void {
    const at = this.clock.nowMs();
    const [ordered, until] = [at, at + UNDONE_MS].map((ms) => new Date(ms).toISOString());
    if (ordered === undefined || until === undefined) throw new Error("a time is missing");
    for (const [key, finding] of findings) {
      if (finding.kind !== "planned") continue;
      const { way, to, shown, plan } = finding;
      const undo = { subject: plan.digest, way, to, shown, covers: plan.actions.map(actionDigest) };
      const scope = { accountId: null, namespace: null, key };
      const suspension = { id: key, scope, reason: "undone", actor: "dana", at: ordered, until, undo };
      this.#suspensions = [...this.#suspensions, suspension];
    }
  }

  #reconciled(pass: Pass): Promise<PassResult> {
    const { clock, audit, store, aws } = this;
    const abort = new AbortController().signal;
    return reconcile(
      pass,
      {
        live: aws,
        actuator: aws,
        audit,
        store,
        clock,
        recorder: new MemoryRecorder(audit, store),
        eventLoop: STEADY_LOOP,
        telemetry: { trace: untraced },
        actionData: { load: () => Promise.resolve(NO_ACTION_DATA) },
      },
      { abort, stopping: abort, control: 0, outdated: () => undefined },
    );
  }

  /**
   * Approves the plans of the last pass, and each part that needs an approval of its own.
   * @param isApproved whether the operator approves these actions of a key; missing: all
   */
  approve(isApproved: (key: Key, actions: readonly Action[]) => boolean = () => true): void {
    const nowMs = this.clock.nowMs();
    const inForce = this.#approvals.filter(({ expiresAt }) => Date.parse(expiresAt) > nowMs);
    const known = new Set<string>(inForce.map(({ subject }) => subject));
    const approvals = [...this.#plans.values()].flatMap((plan) =>
      [plan, ...plan.approvable]
        .filter(({ actions, digest }) => actions.length > 0 && !known.has(digest))
        .filter(({ actions }) => isApproved(plan.key, actions))
        .map((part): Approval => {
          const actions = { [plan.key]: approvableDigests(part) };
          const [at, expiresAt] = [nowMs, nowMs + 3_600_000].map((ms) => new Date(ms).toISOString());
          if (at === undefined || expiresAt === undefined) throw new Error("a time is missing");
          return { subject: part.digest, actor: "dana", reason: "test", at, expiresAt, actions };
        }),
    );
    this.#approvals = [...inForce, ...approvals];
  }

  /** Passes, with time between them, until one finds nothing to do. @returns whether one did */
  async converge(states: States): Promise<boolean> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = this.aws.writes.length;
      await this.pass(states);
      if (this.aws.writes.length === before && (await this.#isSettled(states))) return true;
      this.clock.set(this.clock.nowMs() + 31_000);
    }
    return false;
  }

  async #isSettled(states: States): Promise<boolean> {
    const records = await allKeys(this.store);
    const settled = records.filter(({ status }) => status?.sync === "Synced" && status.plan?.actions === 0);
    return settled.length === states.length;
  }

  /** Writes that reached AWS without an intent of the same call and input, and intents without an outcome. */
  async unexplained(): Promise<readonly string[]> {
    const intended = new Set(
      this.audit.log.flatMap((entry) => (entry.kind === "write-intended" ? [writeText(entry)] : [])),
    );
    const { open } = await this.ledger();
    const silent = this.aws.writes.filter((action) => !intended.has(writeText(action))).map(writeText);
    return open === 0 ? silent : [...silent, `${open} intents have no outcome`];
  }

  /** Each intent has an outcome, and no call was made without an intent. */
  async ledger(): Promise<{ readonly open: number; readonly intents: number }> {
    const open = await this.audit.openIntents(this.#account.id);
    return {
      open: open.length,
      intents: this.audit.log.filter(({ kind }) => kind === "write-intended").length,
    };
  }
}

function writeText({ call, target, input }: Pick<Action, "call" | "target" | "input">): string {
  return `${call} ${target} ${canonicalText(input)}`;
}

function plansOf(result: PassResult): ReadonlyMap<Key, KeyPlan> {
  if (result.kind === "failed") return new Map();
  return new Map(
    result.outcomes.flatMap((outcome) => {
      const judged = "judged" in outcome ? outcome.judged : null;
      return judged === null ? [] : [[judged.subject.key, judged.plan] as const];
    }),
  );
}

/** The work, which a killed process may have ended. */
export async function survive(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
}
