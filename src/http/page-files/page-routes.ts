import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ApiFailure } from "../request/failure.ts";
import { PageFiles, type PageFile } from "./page-files.ts";

/** Of the page alone: everything that it loads comes from this server, and nothing is inline. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HASHED_FILES = "public, max-age=31536000, immutable";
const INDEX = "index.html";
const NOT_BUILT =
  'the page is not built: run "npm run build" in the folder of Grantkeeper, then load the page again';
/** A path that the page itself resolves is no file; the files of the build are in this folder. */
const ASSETS = "assets/";

/** The files of the page, for everyone: they have no data. */
export function registerPage(app: FastifyInstance, folder: string): void {
  const files = new PageFiles(folder);
  app.get("/", async (request, reply) => {
    if (request.headers.accept?.includes("text/html") !== true)
      throw new ApiFailure("NotFound", "there is no GET /");
    return reply.redirect("/ui/", 302);
  });
  app.get("/ui", async (_request, reply) => reply.redirect("/ui/", 302));
  app.get<{ Params: { readonly "*": string } }>("/ui/*", async (request, reply) => {
    const path = request.params["*"];
    const file = (await files.file(path)) ?? (path.startsWith(ASSETS) ? null : await files.file(INDEX));
    if (file !== null) return sendFile(file, request, reply);
    if ((await files.file(INDEX)) === null)
      throw new ApiFailure("NotFound", NOT_BUILT, { hint: "npm run build" });
    throw new ApiFailure("NotFound", "the page has no such file: load it again");
  });
}

function sendFile(
  { type, isHashed, bytes, gzipped }: PageFile,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.headers({
    "content-type": type,
    "content-security-policy": PAGE_POLICY,
    "cache-control": isHashed ? HASHED_FILES : "no-cache",
    vary: "accept-encoding",
  });
  const encodings = request.headers["accept-encoding"] ?? "";
  if (gzipped === null || !/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(encodings)) return reply.send(bytes);
  return reply.header("content-encoding", "gzip").send(gzipped);
}
