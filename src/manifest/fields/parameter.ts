import type { Mistake } from "../../model/diagnostic.ts";
import { shown, wrongText, type TextSyntax } from "./field.ts";

export const PARAMETER_NAME: TextSyntax = {
  what: "a parameter's name (a lower-case letter, then letters and digits)",
  pattern: /^[a-z][A-Za-z0-9]{0,63}$/,
  example: "queueName",
};

/**
 * `$`, `{` and `}` could become a variable together with the text around them, `*` and `?` would match more than one
 * resource.
 */
export const PARAMETER_VALUE: TextSyntax = {
  what: "a parameter's value (1 to 256 visible ASCII characters without $, *, ?, { and })",
  pattern: /^[!-#%-)+->@-z|~]{1,256}$/,
  example: "orders-in",
};

/** Without a separator of ARNs and paths, a value cannot leave its part of a name. */
const PLAIN_VALUE: TextSyntax = {
  what: "of letters, digits, _, . and -, which a parameter without a pattern has",
  pattern: /^[\w.-]{1,256}$/,
  example: "orders-in",
};

/** One character, `\d`, `\w`, an escaped sign or a class, and how often it is repeated. */
const PIECE = String.raw`(?:[\w/:=@,#-]|\\[dw.+/\\^|()]|\[\^?(?:[^[\]\\]|\\[dw.\-\]\[^\\])+\])`;
const REPEATED = String.raw`(?:[?*+]|\{\d{1,3}(?:,\d{0,3})?\})`;

/** The part of the syntax of regular expressions that has neither groups nor alternatives. */
export const PARAMETER_PATTERN: TextSyntax = {
  what: "a pattern of characters, classes and repetitions, for the complete value",
  pattern: new RegExp(`^(?=.{1,200}$)(?:${PIECE}${REPEATED}?)+$`),
  example: '"orders-[a-z0-9-]+"',
  advice: (text) =>
    /^\^|\$$/.test(text)
      ? "leave ^ and $ out: the pattern is for the complete value"
      : "write characters, classes such as [a-z0-9-] and repetitions such as +; escape the signs, as in \\.",
};

/** More of them would make the time of a match more than quadratic in the length of the value. */
const MAX_REPETITIONS = 2;

/** Null for a pattern that cannot be used. */
function compiledPattern(pattern: string): RegExp | null {
  const pieces = pattern.match(new RegExp(`${PIECE}${REPEATED}?`, "g")) ?? [];
  const open = pieces.filter((piece) => /([^\\][?*+]|,\d{0,3}\})$/.test(piece));
  if (open.length > MAX_REPETITIONS) return null;
  try {
    return new RegExp(`^(?:${pattern})$`, "u");
  } catch {
    return null;
  }
}

export interface ParameterSpec {
  readonly pattern?: string | undefined;
  readonly default?: string | undefined;
  readonly description?: string | undefined;
}

export function patternProblem(pattern: string): Mistake | null {
  if (compiledPattern(pattern) !== null) return null;
  const message = `${shown(pattern)} is not a pattern that can be used`;
  const fix = `write valid classes, and at most ${MAX_REPETITIONS} repetitions without a fixed number`;
  return { message, fix };
}

/** The problem of a value, which is given for the parameter or is its default; a use shows neither its pattern nor its meaning. */
export function valueProblem(
  name: string,
  { pattern, description }: ParameterSpec,
  value: string,
): Mistake | null {
  const meaning = description === undefined ? "" : ` (${description})`;
  if (pattern === undefined) {
    if (PLAIN_VALUE.pattern.test(value)) return null;
    const message = `parameter ${name}: ${wrongText(PLAIN_VALUE, value)}`;
    return { message, fix: `write it like ${PLAIN_VALUE.example}${meaning}` };
  }
  if (compiledPattern(pattern)?.test(value) === true) return null;
  const message = `parameter ${name}: ${shown(value)} does not match the pattern ${shown(pattern)}`;
  return { message, fix: `write a value that matches it${meaning}` };
}
