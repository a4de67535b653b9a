/**
 * Whether a person has done something since the last request. The reads of an open tab go on after they left: only a request
 * after an act keeps the session alive.
 */
export class Acts {
  /** To open the page is an act. */
  #hasActed = true;

  readonly note = (): void => {
    this.#hasActed = true;
  };

  /** Whether the request that is sent now is the first one after an act. */
  take(): boolean {
    const hasActed = this.#hasActed;
    this.#hasActed = false;
    return hasActed;
  }
}
