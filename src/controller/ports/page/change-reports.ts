/** Reports that something may have changed, not what. */
export interface ChangeReports {
  /** Calls the listener after each change that an answer may show, and also when none has changed. @returns a function that ends it */
  onChange(listener: () => void): () => void;
}
