/** The literal with one part changed: an anchor, quantifier or flag left out, a class turned into its opposite. */
export function regexChanges(literal: string): readonly string[] {
  const end = literal.lastIndexOf("/");
  const [pattern, flags] = [literal.slice(1, end), literal.slice(end + 1)];
  const changed = tokensOf(pattern).flatMap(({ at, token, inClass }) => {
    const other = otherToken(token, inClass);
    if (other === undefined) return [];
    return [`/${pattern.slice(0, at)}${other}${pattern.slice(at + token.length)}/${flags}`];
  });
  const unflagged = flags
    .split("")
    .filter((flag) => flag !== "u")
    .map((flag) => `/${pattern}/${flags.replace(flag, "")}`);
  return [...new Set([...changed, ...unflagged])].filter(isValid);
}

interface Token {
  readonly at: number;
  readonly token: string;
  readonly inClass: boolean;
}

const TOKEN = /\\.|\[\^?|\(\?[:=!]|\{\d+(?:,\d*)?\}|[\s\S]/g;

function tokensOf(pattern: string): readonly Token[] {
  let inClass = false;
  return [...pattern.matchAll(TOKEN)].map(({ index, 0: token }) => {
    const found = { at: index, token, inClass };
    if (token.startsWith("[")) inClass = true;
    if (token === "]") inClass = false;
    return found;
  });
}

const OPPOSITE: Readonly<Record<string, string>> = {
  "\\d": "\\D",
  "\\D": "\\d",
  "\\w": "\\W",
  "\\s": "\\S",
  "\\S": "\\s",
  "[": "[^",
  "[^": "[",
};

function otherToken(token: string, inClass: boolean): string | undefined {
  if (inClass) return undefined;
  if (/^(?:[$*+?^]|\{.*\})$/.test(token)) return "";
  return OPPOSITE[token];
}

function isValid(literal: string): boolean {
  const end = literal.lastIndexOf("/");
  try {
    return end > 1 && RegExp(literal.slice(1, end), literal.slice(end + 1)) instanceof RegExp;
  } catch {
    return false;
  }
}
