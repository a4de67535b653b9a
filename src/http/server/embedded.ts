import type { FastifyRequest } from "fastify";

/** What a browser asks for to show it inside another page. */
const EMBEDDED: ReadonlySet<unknown> = new Set(["iframe", "frame", "fencedframe", "embed", "object"]);

/** Whether a browser sent the request for an element of another page, as any page can make it do. */
export function isEmbedded({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return EMBEDDED.has(headers["sec-fetch-dest"]);
}
