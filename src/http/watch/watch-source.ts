/** What a watch sends, in lines. */
export interface WatchSource {
  /** Events of what exists. */
  initial(): AsyncGenerator<string, void>;
  /** The client keeps it waiting: it keeps nothing large until more is asked of it. */
  release(): void;
  /** The next changes; empty: there are none yet. @throws ApiFailure Expired */
  take(): readonly string[];
  /** Calls the listener once, as soon as there may be more. @returns a function that ends the wait */
  onceChanged(listener: () => void): () => void;
  bookmark(isInitialEnd: boolean): string;
}
