/** Runs steps one after the other, in the order in which they asked. A step that fails does not stop the next one. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
