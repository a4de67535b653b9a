import type { EstateProgress, EstateRequest } from "../../controller/ports/estate/estate-reader.ts";

const NOTHING: EstateProgress = { functions: { done: 0, total: 0 }, roles: { done: 0, total: 0 } };

/** Counts the parts of an estate that were read, and reports each step. */
export class ProgressCount {
  readonly #report: EstateRequest["progress"];
  #read = NOTHING;

  constructor(report: EstateRequest["progress"]) {
    this.#report = report;
  }

  begin(part: keyof EstateProgress, total: number): void {
    this.#read = { ...this.#read, [part]: { done: 0, total } };
  }

  add(part: keyof EstateProgress): void {
    const { done, total } = this.#read[part];
    this.#read = { ...this.#read, [part]: { done: done + 1, total } };
    this.#report(this.#read);
  }
}
