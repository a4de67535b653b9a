import { sha256Hex } from "../../model/values/digest.ts";
import { createHmac } from "node:crypto";

interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What is signed: the repository, at one time. */
interface PasswordScope {
  /** `https://git-codecommit.REGION.amazonaws.com/v1/repos/NAME` */
  readonly url: string;
  readonly region: string;
  readonly nowMs: number;
}

/**
 * The password that CodeCommit accepts from the owner of an access key, for a few minutes: the time, and a signature of
 * the repository's URL. It is Signature Version 4 over a request in a form of its own: with the method GIT, and with a time
 * without its zone.
 * @see https://github.com/aws/aws-cli/blob/v2/awscli/customizations/codecommit.py (the credential helper)
 */
export function codeCommitPassword(
  { secretAccessKey }: Pick<SigningKey, "secretAccessKey">,
  { url, region, nowMs }: PasswordScope,
): string {
  const { hostname, pathname } = new URL(url);
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}Z$/g, "");
  const scope = [time.slice(0, 8), region, "codecommit", "aws4_request"];
  const request = `GIT\n${pathname}\n\nhost:${hostname}\n\nhost\n`;
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256Hex(request)].join("\n");
  const start: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  const key = scope.reduce((above, part) => hmac(above, part), start);
  return `${time}Z${hmac(key, text).toString("hex")}`;
}

/** The access key and, for temporary credentials, their session token. */
export function codeCommitUser({ accessKeyId, sessionToken }: Omit<SigningKey, "secretAccessKey">): string {
  return sessionToken === undefined ? accessKeyId : `${accessKeyId}%${sessionToken}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
