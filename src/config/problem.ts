/** One error of the configuration: its place, and a message that says what is expected. */
export interface ConfigProblem {
  readonly where: string;
  readonly message: string;
}
