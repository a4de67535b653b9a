import { errorCode } from "../../model/values/error-code.ts";
import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { networkProblem } from "./network-problem.ts";
import { refused, retry, type Delivery } from "./sink.ts";

/** The steps of SMTP that failed, by the code of nodemailer. The server's text is left out: it may repeat addresses. */
export const MAIL_FAILURES: Readonly<Record<string, SinkProblem>> = {
  EAUTH: { cause: "the server refused the login", fix: "correct user and passwordFile" },
  ENOAUTH: { cause: "the server offers no login", fix: "use another port, or security: starttls or tls" },
  ETLS: {
    cause: "the connection could not change to TLS",
    fix: "use security: tls, or a server that supports STARTTLS; for its certificate set caFile",
  },
  EENVELOPE: { cause: "the server refused the sender or every recipient", fix: "correct from and to" },
  EMESSAGE: { cause: "the server refused the message", fix: "look at the log of the mail server" },
  EPROTOCOL: { cause: "answered something that is not SMTP", fix: "correct host and port" },
};

/** A message that the server refuses for ever (5xx after its text was sent) is not sent again. */
export function mailDelivery(cause: unknown): Delivery {
  const code = errorCode(cause) ?? "";
  const status = memberOf(cause, "responseCode");
  const isPermanent = memberOf(cause, "permanent") === true;
  const step = MAIL_FAILURES[code];
  const answered = typeof status === "number" ? ` (${status})` : "";
  if (step === undefined) return retry(networkProblem(originOf(cause)));
  const problem = { cause: `${step.cause}${answered}`, fix: step.fix };
  return code === "EMESSAGE" && isPermanent ? refused(problem) : retry(problem);
}

/** Nodemailer replaces the code of a failed connection by its own. */
function originOf(cause: unknown): unknown {
  const code = memberOf(cause, "originalCode");
  return typeof code === "string" ? { code } : cause;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
