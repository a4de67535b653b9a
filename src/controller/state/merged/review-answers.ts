import type { Namespace } from "../../../model/aws/ids.ts";

/** Why no review approves what is pending, by the subjects of each source. In memory: it is found again. */
export class ReviewAnswers {
  readonly #bySource = new Map<Namespace | null, ReadonlyMap<string, string>>();

  /** null: nothing is known against it, or its source has no listed reviewers. */
  of(subject: string): string | null {
    for (const answers of this.#bySource.values()) {
      const found = answers.get(subject);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The reason of a pending approval, with what a person must know to approve it. */
  reasonOf({ subject, reason }: { readonly subject: string; readonly reason: string }): string {
    const found = this.of(subject);
    return found === null ? reason : `${reason}; ${found}`;
  }

  /** @returns whether a screen shows something else now */
  found(namespace: Namespace | null, answers: ReadonlyMap<string, string>): boolean {
    const before = this.#bySource.get(namespace) ?? new Map<string, string>();
    this.#bySource.set(namespace, answers);
    const isSame =
      before.size === answers.size && [...answers].every(([subject, text]) => before.get(subject) === text);
    return !isSame;
  }
}
