/** Whether the record answers. Without it the controller can neither write to AWS nor answer requests. */
export class RecordAccess {
  #problem: string | null = null;

  /** null: it answered last. */
  get problem(): string | null {
    return this.#problem;
  }

  /** @returns whether this is news */
  failed(problem: string): boolean {
    const isNew = this.#problem === null;
    this.#problem = problem;
    return isNew;
  }

  /** @returns whether this is news */
  answered(): boolean {
    const isNew = this.#problem !== null;
    this.#problem = null;
    return isNew;
  }
}
