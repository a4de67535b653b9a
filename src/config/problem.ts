/** One error of the configuration: its position, and a message with the expected value. */
export interface ConfigProblem {
  readonly where: string;
  readonly message: string;
  readonly fix?: string;
}
