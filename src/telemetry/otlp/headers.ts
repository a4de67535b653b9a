import { err, ok, type Result } from "../../model/values/result.ts";

/** As HTTP has them: a value is printable ASCII. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.1 */
const HEADER = /^(?<name>[!#$%&'*+.^_`|~\w-]+):[ \t]*(?<value>[!-~](?:[ -~]*[!-~])?)$/;

/**
 * The headers of a file with one `NAME: VALUE` in each line. A problem names the line and never quotes it: a header may be a
 * secret, and what refuses it later would quote it.
 */
export function parseHeaders(text: string): Result<Readonly<Record<string, string>>, string> {
  const headers = new Map<string, string>();
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const { name, value } = HEADER.exec(line.trim())?.groups ?? {};
    if (name === undefined || value === undefined) return err(`line ${at + 1} is not NAME: VALUE`);
    headers.set(name.toLowerCase(), value);
  }
  return ok(Object.fromEntries(headers));
}
