/** What a person does about one state of the product. In Markdown, one line each. */
export interface Runbook {
  /** The argument of `grantkeeper runbook`, and the name of its page. */
  readonly id: string;
  readonly title: string;
  /** What has happened. */
  readonly means: string;
  /** What may go wrong while it lasts, and what cannot. */
  readonly risk: string;
  /** Commands that show it, each with what they show. */
  readonly see: readonly (readonly [command: string, shows: string])[];
  /** The steps, in their order. */
  readonly steps: readonly string[];
  /** How to know that it is over. */
  readonly over: string;
}
