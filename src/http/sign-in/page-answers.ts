import type { FastifyInstance, FastifyReply } from "fastify";
import { FAILURE_CODES } from "../../api/failure.ts";
import type { HttpContext } from "../request/context.ts";
import { asFailure } from "../request/failure.ts";
import { noteRefusal } from "../server/answers.ts";

export function sendPage(reply: FastifyReply, code: number, html: string): FastifyReply {
  return reply
    .code(code)
    .headers({ "content-security-policy": SIGN_IN_POLICY, "content-type": "text/html; charset=utf-8" })
    .send(html);
}

/** In this plugin, a refusal is a page for people. It is recorded like any other. */
export function withPages(pages: FastifyInstance, context: HttpContext): void {
  pages.setErrorHandler((error, request, reply) => {
    const failure = asFailure(error);
    if (failure === null) throw error;
    noteRefusal(context, request, failure);
    const { message, reason, details } = failure;
    const shown = { title: "Not signed in", text: `${message}.`, hint: details.hint ?? null };
    return sendPage(reply, FAILURE_CODES[reason], messagePage(shown));
  });
}

/** The pages of a sign-in that has no page yet, or has failed: plain HTML without script and style. */
interface SignInPage {
  readonly title: string;
  readonly text: string;
  /** The command or the action that helps; null: none. */
  readonly hint: string | null;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

function messagePage({ title, text, hint }: SignInPage): string {
  const help = hint === null ? "" : `<p>${escaped(hint)}</p>`;
  return documentOf(title, `<p>${escaped(text)}</p>${help}`);
}

/** The button: to open the address alone, as a program that looks ahead does, signs no one in. */
export function localSignInPage(code: string): string {
  return documentOf(
    "Sign in to Grantkeeper",
    `<form method="post" action="/auth/local"><input type="hidden" name="code" value="${escaped(code)}">` +
      "<button autofocus>Sign in</button></form>",
  );
}

function documentOf(title: string, body: string): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>`;
  return `<!doctype html>\n<html lang="en"><head>${head}</head><body><main><h1>${escaped(title)}</h1>${body}</main></body></html>\n`;
}

/** Of these pages alone. */
const SIGN_IN_POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
