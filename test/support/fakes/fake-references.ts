import type { ReferenceAnswer, References } from "../../../src/controller/ports/estate/references.ts";
import type { ReferencePlace, StackId } from "../../../src/model/aws/reference.ts";
import type { DesiredAccount } from "../../../src/model/desired.ts";

const ABSENT: ReferenceAnswer = {
  kind: "unusable",
  reason: "it does not exist",
  fix: "deploy it",
  isTransient: false,
};

/** Answers by the text of the reference, in every account and region; a text without an answer does not exist. */
export class FakeReferences implements References {
  readonly answers = new Map<string, ReferenceAnswer>();
  readonly reads: string[] = [];
  /** A read with one of these gives no answer before it is stopped. */
  readonly hanging = new Set<string>();

  /** The value of a reference; null: it does not exist. */
  set(text: string, value: string | null, stackId?: StackId): void {
    if (value === null) this.answers.delete(text);
    else this.answers.set(text, { kind: "value", value, ...(stackId !== undefined && { stackId }) });
  }

  async read(
    places: readonly ReferencePlace[],
    _account: DesiredAccount,
    signal: AbortSignal,
  ): Promise<readonly ReferenceAnswer[]> {
    if (places.some(({ text }) => this.hanging.has(text))) await whenAborted(signal);
    this.reads.push(...places.map(({ text }) => text));
    return places.map(({ text }) => this.answers.get(text) ?? ABSENT);
  }
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  signal.throwIfAborted();
}
