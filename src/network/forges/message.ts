/** The texts of an error, in any of the forms of the forges, in one text; never the token. */
export function forgeMessage(answer: string, token: string): string {
  return textsIn(parsed(answer)).join("; ").replaceAll(token, "***");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** GitHub, Gitea: `message`; GitLab: `message` or `error`, as a text or lists; Bitbucket: `error.message`, `errors[].message`. */
function textsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value === "string") return depth === 0 ? [] : [value];
  if (typeof value !== "object" || value === null || depth > 3) return [];
  if (Array.isArray(value)) return value.flatMap((one) => textsIn(one, depth + 1));
  const { message, error, errors } = value as Readonly<Record<string, unknown>>;
  return [message, error, errors].flatMap((one) => textsIn(one, depth + 1));
}
