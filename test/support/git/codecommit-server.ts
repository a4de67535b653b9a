import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** An access key that the server knows. */
export interface KnownKey {
  readonly secret: string;
  /** null: a long-lived key. */
  readonly sessionToken: string | null;
}

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

const MOST_SKEW_MS = 900_000;

/**
 * The Git endpoint of CodeCommit, by the rules of its documentation and of the AWS CLI's credential helper. It shares no
 * code with the product, which signs.
 */
export class CodeCommitServer {
  readonly keys = new Map<string, KnownKey>();
  /** The user names and passwords that it received, in their order. */
  readonly logins: { readonly user: string; readonly password: string }[] = [];
  /** Called with each request that has a login. */
  onLogin: () => void = () => undefined;
  readonly #region: string;
  readonly #serve: Serve;

  /** @param serve the repositories */
  constructor(region: string, serve: Serve) {
    this.#region = region;
    this.#serve = serve;
  }

  /** As AWS: 401 without a login, 403 for one that is wrong or too old. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const login = loginOf(request);
    if (login === null) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="AWS CodeCommit"' }).end();
      return;
    }
    this.logins.push(login);
    this.onLogin();
    if (this.#isRight(request, login)) this.#serve(request, response);
    else response.writeHead(403).end();
  }

  #isRight(request: IncomingMessage, { user, password }: { user: string; password: string }): boolean {
    const [id = "", token = null] = user.split(/%(.*)/s);
    const key = this.keys.get(id);
    if (key === undefined || key.sessionToken !== token) return false;
    const [, date = "", time = "", signature = ""] = /^(\d{8})T(\d{6})Z([0-9a-f]{64})$/.exec(password) ?? [];
    const iso = `${date}T${time}`.replace(/^(....)(..)(..)T(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z");
    if (!(Math.abs(Date.now() - Date.parse(iso)) < MOST_SKEW_MS)) return false;
    const repository = /^\/v1\/repos\/[^/?]+/.exec(request.url ?? "")?.[0] ?? "";
    const canonical = ["GIT", repository, "", `host:${request.headers.host}`, "", "host", ""].join("\n");
    const scope = `${date}/${this.#region}/codecommit/aws4_request`;
    const hashed = createHash("sha256").update(canonical).digest("hex");
    const text = `AWS4-HMAC-SHA256\n${date}T${time}\n${scope}\n${hashed}`;
    const mac = (by: Buffer | string, of: string): Buffer => createHmac("sha256", by).update(of).digest();
    const dated = mac(`AWS4${key.secret}`, date);
    const signing = mac(mac(mac(dated, this.#region), "codecommit"), "aws4_request");
    return mac(signing, text).toString("hex") === signature;
  }
}

function loginOf({ headers }: IncomingMessage): { user: string; password: string } | null {
  const [, encoded] = /^Basic (.+)$/.exec(headers.authorization ?? "") ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
