import { approvingReviews, type Approving } from "../../judge/approvals/review-approvals.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { MergedChange } from "../../model/records/pull-requests/merged-change.ts";
import type { ReviewedRequest } from "../../model/records/pull-requests/reviewed.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { revisionParts } from "../../model/values/revision.ts";
import type { ApprovalAnswers } from "../control/approval-answers.ts";
import type { ForgeReviewer, ReviewedSource } from "../ports/reviews/reviews.ts";
import { knownSourceOf } from "../revision/sources/known-sources.ts";
import type { ControllerContext } from "../settings.ts";
import { isOnlyOf, reviewable, type ReviewableChange } from "./candidates.ts";
import { noReview, refusedReviewText, unreadReviewText, unsuited, type Unsuited } from "./texts.ts";
import type { UncountedReview } from "../state/merged/review-answers.ts";

/** Between two looks at a forge, while something is pending. */
const EVERY_MS = 60_000;
const APPROVED_FOR_MS = 3_600_000;
/** The clock of a database and that of this process may differ. */
const CLOCKS_MS = 3_600_000;

interface CountingReviews {
  readonly request: ReviewedRequest;
  readonly by: readonly Approving<ForgeReviewer>[];
}

interface Looked {
  /** Of what was pending. */
  readonly name: string;
  readonly dueMs: number;
}

/** Approvals are given, and what is shown of reviews has changed. */
interface ReviewSteps {
  readonly answers: Pick<ApprovalAnswers, "approve">;
  readonly changed: (namespace: Namespace | null) => Promise<void>;
}

/**
 * Gives the approvals of merged pull requests that their reviews gave on the forge, by the same checks as the command. The forge is asked
 * next to everything else: it delays no pass.
 */
export class ReviewApprovals {
  readonly #context: ControllerContext;
  readonly #steps: ReviewSteps;
  readonly #looked = new Map<Namespace | null, Looked>();
  readonly #looking = new Map<Namespace | null, Promise<void>>();
  /** When a forge may be asked again, also about something else. */
  readonly #notBeforeMs = new Map<Namespace | null, number>();

  constructor(context: ControllerContext, steps: ReviewSteps) {
    this.#context = context;
    this.#steps = steps;
  }

  /** Starts to look at the reviews that are due. */
  lookDue(signal: AbortSignal): void {
    const { state, ports } = this.#context;
    const nowMs = ports.clock.nowMs();
    for (const source of ports.reviewedSources) {
      const { namespace } = source;
      if (this.#looking.has(namespace)) continue;
      const found = reviewable(namespace, this.#context);
      if (found === null) {
        this.#looked.delete(namespace);
        state.reviews.found(namespace, new Map());
        continue;
      }
      const name = nameOf(found);
      const before = this.#looked.get(namespace);
      if (nowMs < (this.#notBeforeMs.get(namespace) ?? 0)) continue;
      if (before?.name === name && nowMs < before.dueMs) continue;
      this.#looked.set(namespace, { name, dueMs: nowMs + EVERY_MS });
      this.#start(source, found, signal);
    }
  }

  /** Waits for the forges that are being asked. */
  async idle(): Promise<void> {
    await Promise.all(this.#looking.values());
  }

  #start(source: ReviewedSource, found: ReviewableChange, signal: AbortSignal): void {
    const { telemetry } = this.#context.ports;
    const looking = this.#look(source, found, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) telemetry.error("reviews not read", { reason: String(error) });
      })
      .finally(() => this.#looking.delete(source.namespace));
    this.#looking.set(source.namespace, looking);
  }

  async #look(source: ReviewedSource, found: ReviewableChange, signal: AbortSignal): Promise<void> {
    const { state } = this.#context;
    const shown = new Map<string, UncountedReview>();
    const suited: Hold[] = [];
    const answered = await this.#answered();
    for (const hold of found.holds.filter(({ subject }) => !answered.has(subject))) {
      const why = await this.#unsuited(hold, found);
      if (why === null) suited.push(hold);
      else shown.set(hold.subject, unsuited(why));
    }
    if (found.change !== null && suited.length > 0) {
      const reviews = await this.#reviewsOf(found.change, source, signal);
      for (const hold of suited) {
        const answer = await this.#answer(hold, found.change, { source, reviews });
        if (answer !== null) shown.set(hold.subject, answer);
      }
    }
    if (!state.reviews.found(source.namespace, shown)) return;
    state.signal.changed();
    await this.#steps.changed(source.namespace);
  }

  /** The subjects that a person or a review has approved or rejected. A pass may not know it yet. */
  async #answered(): Promise<ReadonlySet<string>> {
    const { store } = this.#context.ports;
    const answers = [...(await store.approvals(await store.nowMs())), ...(await store.rejections())];
    return new Set(answers.map(({ subject }) => subject));
  }

  /** null: a review may give it. */
  async #unsuited(hold: Hold, { change, changes }: ReviewableChange): Promise<Unsuited | null> {
    const { state, ports } = this.#context;
    const { enforced } = state;
    if (change === null || enforced === null) return "not-exact";
    if (hold.coversUnseen === true) return "unseen";
    const applied = await ports.store.appliedStates(hold.keys);
    const isOnly = hold.keys.every((key) =>
      isOnlyOf(change, key, { changes, applied: applied.get(key), enforced }),
    );
    if (!isOnly) return "earlier-changes";
    return this.#formerAnswer(hold, change);
  }

  /**
   * A review approves a plan once: a plan that is made again, or an approval that ended, needs a person. So does what a
   * person has rejected since the revision was accepted, also with another plan.
   */
  async #formerAnswer(
    { keys }: Hold,
    { acceptedAt, revision }: MergedChange,
  ): Promise<"used" | "rejected" | null> {
    const sinceMs = Date.parse(acceptedAt) - CLOCKS_MS;
    const kinds = ["approved", "rejected", "revision-accepted"] as const;
    let isOfRevision = true;
    for await (const entry of this.#context.ports.audit.entries({ kinds, sinceMs, newestFirst: true })) {
      if (entry.kind === "revision-accepted" && entry.revision === revision) isOfRevision = false;
      if (entry.kind !== "approved" && entry.kind !== "rejected") continue;
      if (!entry.covers.some(({ key }) => keys.includes(key))) continue;
      if (entry.kind === "approved" && entry.review !== undefined) return "used";
      if (entry.kind === "rejected" && isOfRevision) return "rejected";
    }
    return null;
  }

  /** The reviews that count; else why there is none. */
  async #reviewsOf(
    { previous, revision }: MergedChange,
    { namespace, reader, listed }: ReviewedSource,
    signal: AbortSignal,
  ): Promise<Result<CountingReviews, UncountedReview>> {
    const read = await reader.mergedInto(revisionParts(revision).hash, signal);
    if (read.kind === "err") {
      this.#notBeforeMs.set(namespace, this.#context.ports.clock.nowMs() + read.error.afterMs);
      return err(unreadReviewText(read.error.cause));
    }
    const [request, ...more] = read.value;
    if (request === undefined) return err(unsuited("no-request"));
    if (more.length > 0) return err(unsuited("several-requests"));
    const { source } = knownSourceOf(namespace, this.#context);
    const merge = { from: previous, to: revision, head: request.head };
    const content = await source.reviewed?.(merge, signal);
    if (content === undefined) return err(unreadReviewText("the source has no commits"));
    if (content.kind === "err") return err(unreadReviewText(content.error.text));
    const decision = approvingReviews(request, content.value, listed);
    return decision.kind === "none" ? err(noReview(decision.why, request)) : ok({ request, by: decision.by });
  }

  /** null: it is approved. Else why not. */
  async #answer(
    hold: Hold,
    { revision }: MergedChange,
    {
      source,
      reviews,
    }: { readonly source: ReviewedSource; readonly reviews: Result<CountingReviews, UncountedReview> },
  ): Promise<UncountedReview | null> {
    if (reviews.kind === "err") return reviews.error;
    const { request, by } = reviews.value;
    const refusals: string[] = [];
    for (const one of by) {
      // Another revision may have been accepted while the forge was asked.
      if (this.#context.state.enforced?.inputs.get(source.namespace)?.revision !== revision) return null;
      const refusal =
        this.#outside(hold, one.reviewer) ?? (await this.#approve(hold, one, { request, source }));
      if (refusal === null) return null;
      refusals.push(refusal);
    }
    return refusedReviewText(request.number, refusals);
  }

  /** null: it is approved. */
  async #approve(
    { subject }: Hold,
    { reviewer: { accountId, actor }, review }: Approving<ForgeReviewer>,
    { request, source: { forge } }: { readonly request: ReviewedRequest; readonly source: ReviewedSource },
  ): Promise<string | null> {
    const { number: pullRequest, head: commit } = request;
    const { id, at } = review;
    const answer = await this.#steps.answers.approve(
      {
        subject,
        reason: `${forge}: review ${id ?? "without an id"} of pull request ${pullRequest}, given at ${at}`,
        forMs: APPROVED_FOR_MS,
        review: { forge, pullRequest, id, accountId, commit, at },
      },
      actor,
    );
    if (answer.kind === "err") return answer.error.message;
    this.#context.ports.telemetry.info("approved by a review", { subject, actor, pullRequest });
    return null;
  }

  /** What the API checks before it hands an approval on: the token, and its namespaces. */
  #outside({ keys }: Hold, { actor, endsMs, namespaces }: ForgeReviewer): string | null {
    if (endsMs <= this.#context.ports.clock.nowMs()) return `token "${actor}" has expired`;
    const isOwn = namespaces === "all" || keys.every((key) => namespaces.has(keyParts(key).namespace));
    return isOwn ? null : `token "${actor}" may not approve all of its namespaces`;
  }
}

function nameOf({ change, holds }: ReviewableChange): string {
  return JSON.stringify([change?.revision ?? null, holds.map(({ subject }) => subject).sort()]);
}
