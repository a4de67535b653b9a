import type { ReferenceAnswer, References } from "../../../src/controller/ports/estate/references.ts";
import type { ReferencePlace } from "../../../src/model/aws/reference.ts";

/** Answers by the text of the reference, in every account and region; a text without an answer does not exist. */
export class FakeReferences implements References {
  readonly answers = new Map<string, ReferenceAnswer>();
  readonly reads: string[] = [];

  /** The value of a reference; null: it does not exist. */
  set(text: string, value: string | null): void {
    if (value === null) this.answers.delete(text);
    else this.answers.set(text, { kind: "value", value });
  }

  read(places: readonly ReferencePlace[]): Promise<readonly ReferenceAnswer[]> {
    this.reads.push(...places.map(({ text }) => text));
    return Promise.resolve(
      places.map(
        ({ text }) =>
          this.answers.get(text) ?? {
            kind: "unusable",
            reason: "it does not exist",
            fix: "deploy it",
            isTransient: false,
          },
      ),
    );
  }
}
