/** One thing wrong with a written statement. */
export interface StatementFault {
  /** Inside the statement: `Action[1]`, `Condition.StringEquals.aws:SourceArn`; "" for the statement itself. */
  readonly path: string;
  readonly message: string;
  /** How to mend it. */
  readonly mend: string | null;
}

export function fault(path: string, message: string, mend: string | null): StatementFault {
  return { path, message, mend };
}

/** A string or a list of strings that is not empty, each string checked. */
export function textFaults(
  path: string,
  value: unknown,
  check: (path: string, text: string) => readonly StatementFault[],
): readonly StatementFault[] {
  if (Array.isArray(value) && value.length === 0)
    return [fault(path, `${path} is empty`, "name at least one")];
  const members = Array.isArray(value)
    ? value.map((member, at) => ({ member: member as unknown, place: `${path}[${at}]` }))
    : [{ member: value, place: path }];
  return members.flatMap(({ member, place }) => {
    if (typeof member !== "string") return [fault(place, `${place} is not a string`, "write it as a string")];
    return [...characterFaults(place, member), ...check(place, member)];
  });
}

/** IAM takes tab, newline, carriage return and U+0020 to U+00FF. */
export function characterFaults(path: string, text: string): readonly StatementFault[] {
  const refused = /[^\u0009\u000A\u000D\u0020-\u00FF]/u.exec(text)?.[0];
  if (refused === undefined) return [];
  const code = (refused.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return [fault(path, `${path} holds U+${code}, which IAM does not take`, "use characters up to U+00FF")];
}
