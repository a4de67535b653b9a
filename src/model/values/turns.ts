/** Runs steps one after the other, in the order in which they asked. A step that fails does not stop the next one. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step);
    // The next step waits for the end alone: a result that stays here is in memory until then, 4 KB for each function after
    // a read of the API.
    this.#last = done.then(ended, ended);
    return done;
  }
}

function ended(): void {
  // Keeps neither the result nor the error.
}
