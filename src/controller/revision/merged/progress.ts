import { holdsOfPlans, rejectionsByKey } from "../../../model/answers/hold.ts";
import type { Rejection } from "../../../model/approval.ts";
import { accountIdOf, type Key } from "../../../model/keys/key.ts";
import type { KeyRecordSummary } from "../../../model/keys/key-record.ts";
import type { AccountId, Namespace } from "../../../model/aws/ids.ts";
import type { MergedChange } from "../../../model/records/pull-requests/merged-change.ts";
import type { Revision } from "../../../model/values/revision.ts";
import { isAppliedAt } from "../../../model/records/key-revision.ts";
import type { ControllerContext } from "../../settings.ts";
import type { NotedOutcome } from "../../state/merged/merged-memory.ts";
import type { EnforcedNow } from "../../state/controller-state.ts";
import { knownSourceOf } from "../sources/known-sources.ts";
import { awaitedHold, currentText } from "./note-facts.ts";
import { noteEvent } from "./notes.ts";
import { notedOutcome } from "./outcome.ts";

/**
 * Shows in the merged pull requests of one source what became of them, after each pass: as long as their revision is in
 * force, or until everything that it changed was seen as declared.
 */
export class MergedProgress {
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly #context: ControllerContext;
  /** By revision: the outcomes and pending approvals that its note has. */
  readonly #shown = new Map<Revision, string>();

  constructor(namespace: Namespace | null, context: ControllerContext) {
    this.namespace = namespace;
    this.#context = context;
  }

  /** After a pass over this account; null: after a fetch. */
  async report(accountId: AccountId | null): Promise<void> {
    const { state } = this.#context;
    const followed = (await this.#changes()).filter(
      ({ isEnded, keys }) => !isEnded && keys.kind === "followed",
    );
    const { enforced } = state;
    if (followed.length === 0 || enforced === null || !this.#isCurrent(enforced)) return;
    const open = new Set(followed.flatMap(({ keys }) => (keys.kind === "followed" ? keys.open : [])));
    await this.#look([...open], accountId, enforced);
    for (const change of followed) await this.#show(change, enforced);
  }

  /** Those of the record, for a process that has accepted no revision yet. */
  async #changes(): Promise<readonly MergedChange[]> {
    const { state, ports } = this.#context;
    const known = state.merged.of(this.namespace);
    if (known !== null) return known.changes;
    const { source } = knownSourceOf(this.namespace, this.#context);
    const record = await ports.store.source(source.name);
    if (state.merged.of(this.namespace) !== null) return state.merged.of(this.namespace)?.changes ?? [];
    const { acceptedRevision: revision = null, merged: changes } = record ?? {};
    if (revision === null || changes === undefined) return [];
    state.merged.recorded(this.namespace, { revision, changes }, []);
    return changes;
  }

  /** False also between the record of a new revision and its enforcement: passes still compare with the one before. */
  #isCurrent(enforced: EnforcedNow): boolean {
    const { state } = this.#context;
    const recorded = state.merged.of(this.namespace)?.revision;
    return state.enforced === enforced && enforced.inputs.get(this.namespace)?.revision === recorded;
  }

  async #look(open: readonly Key[], passed: AccountId | null, enforced: EnforcedNow): Promise<void> {
    const { state, ports } = this.#context;
    for (const key of open) {
      const accountId = accountIdOf(key);
      if (!enforced.accounts.has(accountId)) state.merged.found(key, notSeen("no-account"));
      else if (state.account(accountId).failure !== null && state.merged.outcome(key) === undefined)
        state.merged.found(key, notSeen("unread"));
    }
    const compared = open.filter(
      (key) =>
        accountIdOf(key) === passed &&
        enforced.accounts.has(passed) &&
        state.account(passed).failure === null &&
        !state.unobserved.has(key) &&
        !state.uncompared.has(key),
    );
    if (compared.length === 0) return;
    const records = new Map((await ports.store.keySummaries(compared)).map((record) => [record.key, record]));
    const applied = await ports.store.appliedStates(outOfSync([...records.values()]));
    const rejected = await this.#rejectedIn(passed);
    if (!this.#isCurrent(enforced)) return;
    const declared = declaredIn(enforced);
    for (const key of compared) {
      const facts = {
        isDeclared: declared(key),
        isApplied: isAppliedAt(applied.get(key), key, enforced),
        rejection: rejected.get(key),
      };
      state.merged.found(key, notedOutcome(records.get(key), facts, state.merged.outcome(key)));
    }
  }

  /** The record of a key has the plan that is held, and not that an operator rejected it. */
  async #rejectedIn(accountId: AccountId | null): Promise<ReadonlyMap<Key, Rejection>> {
    const { state, ports } = this.#context;
    const holds = accountId === null ? [] : holdsOfPlans(state.account(accountId).holds);
    return holds.length === 0 ? new Map() : rejectionsByKey(holds, await ports.store.rejections());
  }

  /** What is to be approved, and why no review does; null: nothing. Another plan may be held for the same reason. */
  #awaitedOf(key: Key): readonly (string | null)[] | null {
    const { state } = this.#context;
    const hold = state.merged.outcome(key)?.kind === "held" ? awaitedHold(key, state) : undefined;
    return hold === undefined ? null : [hold.subject, state.reviews.of(hold.subject)?.text ?? null];
  }

  async #show(change: MergedChange, enforced: EnforcedNow): Promise<void> {
    const { state, ports } = this.#context;
    const { revision, commits, keys } = change;
    if (keys.kind !== "followed") return;
    const outcomes = keys.open.map((key) => state.merged.outcome(key));
    const isInForce = enforced.inputs.get(this.namespace)?.revision === revision;
    const isLast = !isInForce && outcomes.every((one) => one?.kind === "applied" || one?.kind === "deleted");
    const shown = JSON.stringify([outcomes, isLast, keys.open.map((key) => this.#awaitedOf(key))]);
    if (this.#shown.get(revision) === shown) return;
    const text = await currentText(change, this.namespace, this.#context);
    if (text === null || !this.#isCurrent(enforced)) return;
    const note = { revision, commits, text, isNew: false, isLast };
    const alerts = [noteEvent(note, this.namespace, this.#context)];
    await ports.recorder.record({ facts: [], change: {}, alerts });
    this.#shown.set(revision, shown);
  }
}

/** Only of these it counts whether they were applied, which is much to read. */
function outOfSync(records: readonly KeyRecordSummary[]): readonly Key[] {
  return records.flatMap(({ key, status }) => (status?.sync === "OutOfSync" ? [key] : []));
}

function notSeen(kind: "no-account" | "unread"): NotedOutcome {
  return { kind, why: null, revertedMs: null };
}

function declaredIn({
  compilation: { desired, invalid },
  brokenFileKeys,
}: EnforcedNow): (key: Key) => boolean {
  return (key) =>
    desired.bindings.has(key) || desired.policies.has(key) || invalid.has(key) || brokenFileKeys.has(key);
}
