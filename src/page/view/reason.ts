const MOST = 500;

/** Why the controller would refuse a reason; null: it takes it. The text is never cut. */
export function reasonProblem(text: string): string | null {
  const line = text.trim();
  if (line === "") return "A reason is required.";
  if (line.length > MOST) return `The reason has ${line.length} characters; at most ${MOST} are allowed.`;
  return /\p{Cc}/u.test(line) ? "The reason must be one line, without control characters." : null;
}
