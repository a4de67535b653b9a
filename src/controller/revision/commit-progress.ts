import type { AccountId, Namespace } from "../../model/aws/ids.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { CommitState } from "../../model/records/commit-status.ts";
import { prefixOf, withoutPrefix } from "../../model/keys/source-prefix.ts";
import { accountIdOf, keyParts, type Key, targetText } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Revision } from "../../model/values/revision.ts";
import { counted } from "../../text/phrases.ts";
import type { ControllerContext } from "../settings.ts";
import type { EnforcedNow } from "../state/controller-state.ts";
import { BEING_APPLIED, commitStatusEvents } from "./commit-status.ts";

/** How far one account is with the accepted revision. */
interface AccountProgress {
  /** As declared, and read from AWS since the revision was accepted. */
  readonly done: number;
  /** Observed only: they differ, and no pass changes them. */
  readonly different: number;
  /** `orders/orders-api@prod/eu-west-1: message`: they wait for a person. */
  readonly failed: readonly string[];
  /** What Git no longer declares, and AWS still has: it is deleted later, after an approval, or kept. */
  readonly left: number;
}

const NOTHING: AccountProgress = { done: 0, different: 0, failed: [], left: 0 };

/**
 * Reports to the forge of one source how far its accepted revision is applied, after each pass, until all of it was read from
 * AWS as declared. That ends it: later drift is no property of the commit.
 */
export class CommitProgress {
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly #context: ControllerContext;
  readonly #accounts = new Map<AccountId, AccountProgress>();
  #revision: Revision | null = null;
  /** The platform's: a change of it may change what all namespaces declare. */
  #platform: Revision | null = null;
  #shown = "";
  #isDone = false;

  constructor(namespace: Namespace | null, context: ControllerContext) {
    this.namespace = namespace;
    this.#context = context;
  }

  /** After a pass over this account; null: after a fetch. */
  async report(accountId: AccountId | null): Promise<void> {
    const { state, ports } = this.#context;
    const { enforced } = state;
    const revision = enforced?.inputs.get(this.namespace)?.revision ?? null;
    if (enforced === null || revision === null) return;
    if (revision !== this.#revision) this.#begin(revision);
    if (this.#isDone) return;
    if (enforced.revision !== this.#platform) this.#accounts.clear();
    this.#platform = enforced.revision;
    if (accountId !== null) {
      const records = await ports.store.keys(accountId);
      if (state.enforced !== enforced) return;
      this.#accounts.set(accountId, this.#progressOf(accountId, records, enforced));
    }
    await this.#show(revision, enforced);
  }

  #begin(revision: Revision): void {
    this.#revision = revision;
    this.#accounts.clear();
    this.#shown = "";
    this.#isDone = false;
  }

  #progressOf(accountId: AccountId, records: readonly KeyRecord[], enforced: EnforcedNow): AccountProgress {
    const { unobserved } = this.#context.state;
    const account = enforced.accounts.get(accountId)?.name ?? accountId;
    const declared = this.#declaredKeys(enforced);
    const isUnread = this.#context.state.account(accountId).failure !== null;
    const left = records.filter(
      ({ key, inventory }) => inventory.length > 0 && !declared.has(key) && this.#isOfSource(key),
    ).length;
    return records
      .filter(({ key }) => declared.has(key) && (isUnread || !unobserved.has(key)))
      .reduce((sum, record) => plus(sum, record, targetText({ key: record.key, account })), {
        ...NOTHING,
        left,
      });
  }

  async #show(revision: Revision, enforced: EnforcedNow): Promise<void> {
    const { ports } = this.#context;
    const declared = [...this.#declaredKeys(enforced)];
    const inForce = declared.filter((key) => enforced.accounts.has(accountIdOf(key))).length;
    const progress = { inForce, accounts: [...this.#accounts.values()] };
    const status = statusOf(this.#problems(enforced), progress, ports.clock.nowMs());
    const shown = `${status.state} ${status.text}`;
    if (shown === this.#shown) return;
    const alerts = commitStatusEvents(this.#context, revision, { ...status, isNew: false });
    await ports.recorder.record({ facts: [], change: {}, alerts });
    this.#shown = shown;
    this.#isDone = status.state === "success";
  }

  #problems({ compilation }: EnforcedNow): readonly Diagnostic[] {
    return compilation.diagnostics.filter(
      ({ severity, origin }) => severity === "error" && prefixOf(origin.file) === this.namespace,
    );
  }

  /** By the commit itself: the platform source has no keys of a namespace with a source of its own. */
  #declaredKeys({ compilation, brokenFileKeys }: EnforcedNow): ReadonlySet<Key> {
    const { desired, invalid } = compilation;
    const keys = [
      ...desired.bindings.keys(),
      ...desired.policies.keys(),
      ...invalid.keys(),
      ...brokenFileKeys.keys(),
    ];
    return new Set(keys.filter((key) => this.#isOfSource(key)));
  }

  #isOfSource(key: Key): boolean {
    const { namespace } = keyParts(key);
    const { namespaceSources } = this.#context.settings.compile;
    return this.namespace === null ? namespaceSources?.has(namespace) !== true : namespace === this.namespace;
  }
}

function plus(sum: AccountProgress, { status }: KeyRecord, target: string): AccountProgress {
  const ready = status?.conditions.find(({ type }) => type === "Ready");
  if (status === null || ready === undefined || ready.status === "Unknown") return sum;
  if (ready.status === "False") return { ...sum, failed: [...sum.failed, `${target}: ${ready.message}`] };
  if (status.sync === "Synced") return { ...sum, done: sum.done + 1 };
  return status.sync === "OutOfSync" ? { ...sum, different: sum.different + 1 } : sum;
}

interface Progress {
  /** The keys that the commit declares in accounts that are in force. */
  readonly inForce: number;
  readonly accounts: readonly AccountProgress[];
}

interface ShownState {
  readonly state: CommitState;
  readonly text: string;
}

/** Without counts that change with each pass: a forge keeps every text. */
function statusOf(
  invalid: readonly Diagnostic[],
  { inForce, accounts }: Progress,
  nowMs: number,
): ShownState {
  const failed = accounts.flatMap((account) => account.failed).toSorted();
  const [problem] = invalid;
  if (problem !== undefined) {
    const { file, line } = problem.origin;
    return {
      state: "failure",
      text: `${counted(invalid.length, "error")}, the first in ${withoutPrefix(file)}:${line}`,
    };
  }
  const [first] = failed;
  if (first !== undefined)
    return {
      state: "failure",
      text: `not applied: ${first}${failed.length > 1 ? `; and ${failed.length - 1} more` : ""}`,
    };
  const done = accounts.reduce((sum, account) => sum + account.done, 0);
  const different = accounts.reduce((sum, account) => sum + account.different, 0);
  if (done + different < inForce) return { state: "pending", text: BEING_APPLIED };
  if (different > 0)
    return {
      state: "pending",
      text: `compared, observe only: ${counted(different, "object")} of ${inForce} differ`,
    };
  const left = accounts.reduce((sum, account) => sum + account.left, 0);
  const kept = left === 0 ? "" : `; ${counted(left, "object")} no longer declared and still in AWS`;
  if (inForce === 0) return { state: "success", text: `no functions and no policies declared${kept}` };
  const at = `${new Date(nowMs).toISOString().slice(0, 16)}Z`;
  return {
    state: "success",
    text: `${counted(inForce, "object")} as declared, read from AWS at ${at}${kept}`,
  };
}
