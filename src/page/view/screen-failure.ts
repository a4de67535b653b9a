/** Whether the controller answers now. */
export type AnswerState = "asking" | "answers" | "silent";

/** What is stated about a screen that could not be shown; only a controller that answers can have a newer page. */
export function screenFailureText(message: string, reach: AnswerState): readonly string[] {
  switch (reach) {
    case "asking":
      return ["This screen could not be shown. Asking whether the controller answers."];
    case "silent":
      return [
        "This screen is not loaded yet, and the controller does not answer. It is loaded as soon as it does.",
      ];
    case "answers":
      return [
        `This screen failed: ${message}`,
        "The controller answers, so a newer version of the page may have been installed.",
      ];
  }
}
