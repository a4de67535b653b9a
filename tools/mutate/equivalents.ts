/** Mutants that no test can tell from the original, with the reason. One that is gone, or that a test kills, is an error. */
export interface Equivalents {
  readonly because: string;
  /** `file | line | change`, as the report prints them; one entry stands for all of the kind on such a line. */
  readonly mutants: readonly string[];
}

export const EQUIVALENTS: readonly Equivalents[] = [];
