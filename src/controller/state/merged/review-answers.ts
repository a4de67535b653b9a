import type { Namespace } from "../../../model/aws/ids.ts";

/** Why no review approves a plan. */
export interface UncountedReview {
  /**
   * `unread`: it is not known whether one does. `awaited`: no listed person has approved it there. `none`: none counts. Only
   * this is shown to everyone: the text may name people, groups and tokens.
   */
  readonly kind: "unread" | "awaited" | "none";
  readonly text: string;
}

/** Why no review approves what is pending, by the subjects of each source. In memory: it is found again. */
export class ReviewAnswers {
  readonly #bySource = new Map<Namespace | null, ReadonlyMap<string, UncountedReview>>();

  /** null: nothing is known against it, or its source has no listed reviewers. */
  of(subject: string): UncountedReview | null {
    for (const answers of this.#bySource.values()) {
      const found = answers.get(subject);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The reason of a pending approval, with what a person must know to approve it. */
  reasonOf({ subject, reason }: { readonly subject: string; readonly reason: string }): string {
    const found = this.of(subject);
    return found === null ? reason : `${reason}; ${found.text}`;
  }

  /** @returns whether a screen shows something else now */
  found(namespace: Namespace | null, answers: ReadonlyMap<string, UncountedReview>): boolean {
    const before = this.#bySource.get(namespace) ?? new Map<string, UncountedReview>();
    this.#bySource.set(namespace, answers);
    const isSame =
      before.size === answers.size &&
      [...answers].every(([subject, { text }]) => before.get(subject)?.text === text);
    return !isSame;
  }
}
