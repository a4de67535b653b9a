import type { Control } from "../../controller/ports/control.ts";

interface RequestedReconcile {
  readonly requestedAt: string;
  readonly token: string;
}

/** The newest are kept: what asked for an older one has its answer, or has given up. */
const KEPT = 10_000;

/**
 * By uid of an object: the reconcile that the annotation `requestedAt` last asked for. As the reconciles themselves, a
 * restart forgets them.
 */
export class RequestedReconciles {
  readonly #control: Pick<Control, "reconciled">;
  readonly #byUid = new Map<string, RequestedReconcile>();

  constructor(control: Pick<Control, "reconciled">) {
    this.#control = control;
  }

  remember(uid: string, requested: RequestedReconcile): void {
    this.#byUid.delete(uid);
    this.#byUid.set(uid, requested);
    const [oldest] = this.#byUid.keys();
    if (this.#byUid.size > KEPT && oldest !== undefined) this.#byUid.delete(oldest);
  }

  get isEmpty(): boolean {
    return this.#byUid.size === 0;
  }

  /** The text of the annotation, once its reconcile is done; null: none is known, or it is not done. */
  handled(uid: string | undefined): string | null {
    const found = uid === undefined ? undefined : this.#byUid.get(uid);
    if (found === undefined || this.#control.reconciled(found.token)?.done !== true) return null;
    return found.requestedAt;
  }
}
