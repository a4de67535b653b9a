import { reviewRefusal } from "../../judge/approvals/review-refusal.ts";
import { waitsByItself } from "../../model/verdict.ts";
import type { Hold } from "../../model/answers/hold.ts";
import {
  authorConflict,
  type Approval,
  type ApproveRequest,
  type Approver,
  type AuthorConflict,
  type Rejection,
} from "../../model/approval.ts";
import { groupExample } from "../../model/rules/guardrail-profile.ts";
import { isNamedBy } from "../../model/rules/approval-subject.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import { actorId, isOfProvider, isPerson } from "../../model/people/actor.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import {
  approvedActions,
  coveredKeys,
  heldChangesOf,
  heldUnder,
  keysOf,
  namedHold,
  othersUnder,
  overrideRefusal,
  waitRejectionRefusal,
  pendingHolds,
  sharedName,
} from "./pending-approvals.ts";
import type { HeldChange, Refusal } from "../ports/control.ts";
import type { ControllerContext, ControllerPorts, ControllerSettings } from "../settings.ts";
import type { ControllerState } from "../state/controller-state.ts";
import { rejectedAlerts, rejectedNotes } from "../revision/merged/rejected.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";

/** The maximum number of held plans, newest first, that one lookup of a former digest reads: any reader may ask. */
const HELD_READ = 20_000;

interface RejectRequest {
  readonly subject: string;
  readonly reason: string;
}

interface GroupMember extends Approver {
  readonly groups: readonly string[];
}

/**
 * Records approvals and rejections, one after the other: each sees the record with the one before. An answer is in the
 * record before it takes effect.
 */
export class ApprovalAnswers {
  readonly #state: ControllerState;
  readonly #ports: ControllerPorts;
  readonly #approvers: ControllerSettings["approvers"];
  readonly #mails: ControllerSettings["mails"];
  readonly #instance: ControllerSettings["instance"];
  readonly #wake: () => void;

  constructor({ state, ports, settings }: ControllerContext, wake: () => void) {
    this.#state = state;
    this.#ports = ports;
    this.#approvers = settings.approvers;
    this.#mails = settings.mails;
    this.#instance = settings.instance;
    this.#wake = wake;
  }

  approve(request: ApproveRequest, actor: string): Promise<Result<Approval, Refusal>> {
    return this.#state.answers.inTurn(() => this.#approve(request, actor));
  }

  async #approve(request: ApproveRequest, actor: string): Promise<Result<Approval, Refusal>> {
    if (request.reason.trim() === "") return err({ code: "invalid", message: "an approval needs a reason" });
    if (!(request.forMs > 0)) return err({ code: "invalid", message: "an approval needs a duration" });
    const answered = await this.#answered(request.subject);
    if (answered.kind === "err") return answered;
    const hold = answered.value;
    const groups = this.#groupsOf(actor);
    const mails = this.#mailsOf(actor, request.mail);
    const refusal = overrideRefusal(hold, request) ?? this.#refusalOf(hold, { actor, groups, mails });
    if (refusal !== null) return err(refusal);
    const changes = this.#changesOf(hold);
    const approvedMs = await this.#ports.store.nowMs();
    const approval: Approval = {
      subject: hold.subject,
      actor,
      ...(groups.length > 0 && { groups }),
      ...(mails !== null && { mails }),
      reason: request.reason,
      at: new Date(approvedMs).toISOString(),
      expiresAt: new Date(approvedMs + request.forMs).toISOString(),
      actions: approvedActions(changes),
      ...(hold.cause !== undefined && { overrides: hold.cause }),
      ...(hold.code === "wave" && hold.wave !== undefined && { wave: hold.wave }),
      ...(request.review !== undefined && { review: request.review }),
    };
    const barred = await this.#barred(hold, request);
    if (barred !== null) return err(barred);
    await this.#record(approval, changes);
    this.#continue(hold, this.#ports.clock.nowMs());
    return ok(approval);
  }

  /** What a command may approve and a review may not. Read last: another process may have recorded a rejection. */
  async #barred(hold: Hold, { review }: ApproveRequest): Promise<Refusal | null> {
    if (review === undefined) return null;
    const message = reviewRefusal(hold, await this.#ports.store.rejections());
    return message === null ? null : { code: "conflict", message };
  }

  /** Only a command ends a rejection. */
  #record(approval: Approval, changes: readonly HeldChange[]): Promise<void> {
    const { subject, actor, groups, overrides, review, reason, expiresAt } = approval;
    const endedRejections = review === undefined ? [subject] : [];
    return this.#ports.recorder.record({
      facts: [
        {
          kind: "approved",
          subject,
          actor,
          ...(groups !== undefined && { groups }),
          ...(overrides !== undefined && { overrides }),
          ...(review !== undefined && { review }),
          reason,
          expiresAt,
          covers: coveredKeys(changes),
        },
      ],
      change: { approvals: [approval], endedRejections },
      alerts: [],
    });
  }

  /** Why the actor may not approve it; null if nothing is against it. */
  #refusalOf(hold: Hold, { groups, ...approver }: GroupMember): Refusal | null {
    const { group, authors = [], unlistedAuthors = null } = hold;
    if (group !== undefined && !groups.includes(group)) return this.#notInGroup(group);
    const conflict = authorConflict(approver, { authors, unlistedAuthors });
    return conflict === null ? null : ofOwnChange(conflict, approver.actor);
  }

  /** Due as a sweep: only a pass over the entire account can show that nothing of it is held any more. */
  #continue({ keys, subject }: Hold, nowMs: number): void {
    for (const key of keys) this.#state.queue.addSweep(accountIdOf(key), nowMs);
    if (keys.length === 0) this.#state.sourceOf(prefixOf(subject)).fetchAt(nowMs);
    this.#wake();
  }

  reject(request: RejectRequest, actor: string): Promise<Result<Rejection, Refusal>> {
    return this.#state.answers.inTurn(() => this.#reject(request, actor));
  }

  async #reject(request: RejectRequest, actor: string): Promise<Result<Rejection, Refusal>> {
    const { reason } = request;
    if (reason.trim() === "") return err({ code: "invalid", message: "a rejection needs a reason" });
    const answered = await this.#answered(request.subject);
    if (answered.kind === "err") return answered;
    const hold = answered.value;
    if (waitsByItself(hold.code)) return err(waitRejectionRefusal(hold));
    const { subject, keys } = hold;
    const nowMs = await this.#ports.store.nowMs();
    const approvals = await this.#ports.store.approvals(nowMs);
    const approval = approvals.find((one) => one.subject === subject);
    if (approval !== undefined)
      return err({
        code: "conflict",
        message: `${approval.actor} has approved it, and its calls are running or wait until they are due; suspend the functions to stop them`,
      });
    const [first] = keys;
    const accountId = first === undefined ? null : accountIdOf(first);
    const rejection: Rejection = { subject, accountId, actor, reason, at: new Date(nowMs).toISOString() };
    const covers = coveredKeys(this.#changesOf(hold));
    await this.#ports.recorder.record({
      facts: [{ kind: "rejected", subject, actor, reason, covers }],
      change: { rejections: [rejection] },
      alerts: [
        ...rejectedAlerts(hold, this.#ports),
        ...rejectedNotes(hold, { ...this.#ports, instance: this.#instance }, { actor, reason }),
      ],
    });
    return ok(rejection);
  }

  async formerlyHeld(digest: string): Promise<readonly Key[]> {
    const range = { kind: "plan-held", newestFirst: true, limit: HELD_READ } as const;
    const keys = new Set<Key>();
    for await (const entry of this.#ports.audit.entries(range))
      if (entry.kind === "plan-held" && isNamedBy(entry.subject, digest)) keys.add(entry.key);
    return [...keys].sort();
  }

  async namesakes(subject: string, name: string): Promise<readonly Key[]> {
    return keysOf(othersUnder(await heldUnder(this.#ports.audit, name), subject, name));
  }

  /** Finds the pending approval by name. Fails if the name also fits another approval, pending or past. */
  async #answered(name: string): Promise<Result<Hold, Refusal>> {
    const past = await heldUnder(this.#ports.audit, name);
    // Read last, so that nothing changes between this lookup and the answer.
    const hold = namedHold(pendingHolds(this.#state), name);
    if (hold.kind === "err") return hold;
    return othersUnder(past, hold.value.subject, name).length > 0 ? err(sharedName(name)) : hold;
  }

  /** Sorted. */
  #groupsOf(actor: string): readonly string[] {
    const groups = Object.entries(this.#approvers).filter(([, members]) => members.includes(actorId(actor)));
    return groups.map(([name]) => name).sort();
  }

  /** null: the operator's file does not ask for another person than the authors. */
  #mailsOf(actor: string, mail: string | undefined): readonly string[] | null {
    const hasAddresses = Object.values(this.#mails).some((mails) => mails.length > 0);
    const comparesPeople = hasAddresses || Object.values(this.#approvers).flat().some(isOfProvider);
    if (isOfProvider(actor) ? !comparesPeople : !hasAddresses) return null;
    if (mail !== undefined) return [mail];
    const id = actorId(actor);
    return Object.hasOwn(this.#mails, id) ? (this.#mails[id] ?? []) : [];
  }

  #notInGroup(group: string): Refusal {
    const members = Object.hasOwn(this.#approvers, group) ? (this.#approvers[group] ?? []) : [];
    const message = `only group ${group} may approve this`;
    if (members.length > 0) return { code: "invalid", message, hint: `ask ${members.join(" or ")}` };
    return {
      code: "invalid",
      message,
      hint: `name its members in grantkeeper.yaml: ${groupExample(group)}`,
    };
  }

  #changesOf(hold: Hold): readonly HeldChange[] {
    return heldChangesOf(hold, (key) => this.#state.account(accountIdOf(key)).views.get(key) ?? null);
  }
}

function ofOwnChange(conflict: AuthorConflict, actor: string): Refusal {
  if (conflict.kind === "author") {
    const message = `${conflict.mail} is an author of the change, and may not approve it`;
    return { code: "invalid", message, hint: "ask another operator to review and approve it" };
  }
  if (conflict.kind === "no-address")
    return {
      code: "invalid",
      message: `the provider sent no verified e-mail address of ${actor} to compare with the authors of the change`,
      hint: "let the provider send the claim email (scope email) with email_verified: true and sign in again, or approve it with a token that has mails in grantkeeper.yaml",
    };
  const why = isPerson(actor)
    ? `${actor} may be one of them`
    : `token ${actor} has no address to compare them with`;
  return {
    code: "invalid",
    message: `the authors of the change are not all known (${conflict.reason}), and ${why}`,
    hint: "approve it with a token that has mails in grantkeeper.yaml",
  };
}
