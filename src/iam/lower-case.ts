/**
 * For names whose case IAM ignores. Only characters that IAM takes: JavaScript makes a `k` of the Kelvin sign, and
 * a name with it, which IAM refuses, is not the name without.
 */
export function lowerCase(text: string): string {
  if (!/[^\u0000-\u00FF]/.test(text)) return text.toLowerCase();
  return text.replace(/[\u0000-\u00FF]+/g, (part) => part.toLowerCase());
}
