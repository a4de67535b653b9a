import type { FastifyReply, FastifyRequest } from "fastify";
import type { SessionRecord } from "../../model/people/session-record.ts";
import type { Person } from "../access/sessions.ts";
import type { HttpContext } from "../request/context.ts";

/** The part of the hash of a session that its entries in the record have. */
export function shortSession({ hash }: SessionRecord): string {
  return hash.slice(0, 8);
}

/** Begins a session with a token that no one had before, and ends the one that the browser had. */
export async function beginSession(
  person: Person,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { sessions, cookies, control }: HttpContext,
): Promise<void> {
  const former = cookies.token(request);
  const { token, session } = await sessions.begin(person);
  const { actor, method } = session;
  await control.recordSession({ kind: "signed-in", actor, method, session: shortSession(session) });
  if (former !== null) {
    const ended = await sessions.find(former);
    if (ended !== null) await sessions.end(ended.session);
  }
  const maxAge = Math.floor((session.endsMs - session.beganMs) / 1_000);
  reply.header("set-cookie", cookies.header(request, { value: token, maxAge }));
}
