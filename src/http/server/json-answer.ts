import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { AnswerLimits } from "../request/context.ts";
import { answeredInSlices } from "../request/slices.ts";

/** Characters of one piece: a few network packets, and far less than a list of thousands of objects. */
const PIECE = 65_536;

/** A list's objects, and the lists in their status, are each a text of their own. Deeper values are small. */
const DEPTH = 5;

/**
 * Answers with the JSON text of the value. A long text is sent in pieces, as fast as the client reads: a pending
 * approval of a thousand functions has eight megabytes, which as one text would be in memory several times. A fast client
 * does not keep others waiting: the pieces are made in turns. A slow client is dropped, and the value released.
 */
export function sendJson(reply: FastifyReply, value: object, limits: AnswerLimits): FastifyReply {
  reply.type("application/json; charset=utf-8");
  const pieces = jsonPieces(value);
  const first = pieces.next().value ?? "";
  const second = pieces.next();
  return reply.send(second.done === true ? first : paced(joined([first, second.value], pieces), limits));
}

/** The pieces as a stream. It is destroyed when its reader is too slow; the rest of the pieces is not made then. */
export function paced(pieces: Iterable<string>, { slowMs, answerMs }: AnswerLimits): Readable {
  const drop = (): void => void stream.destroy();
  async function* awaited(): AsyncGenerator<string, void> {
    const late = setTimeout(drop, answerMs);
    // Another piece is asked for only when the client has taken those before.
    let slow: NodeJS.Timeout | undefined;
    try {
      for await (const piece of answeredInSlices(pieces)) {
        slow = setTimeout(drop, slowMs);
        yield piece;
        clearTimeout(slow);
      }
    } finally {
      clearTimeout(slow);
      clearTimeout(late);
    }
  }
  const stream = Readable.from(awaited());
  return stream;
}

/** The JSON text of plain data, in pieces of about `PIECE` characters; one deep value is never divided. */
export function* jsonPieces(value: object): Generator<string, undefined> {
  let piece = "";
  for (const text of texts(value, DEPTH)) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

function* joined(first: readonly string[], rest: Iterable<string>): Generator<string> {
  yield* first;
  yield* rest;
}

function* texts(value: unknown, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== "object" || value === null) {
    yield JSON.stringify(value) ?? "null";
    return;
  }
  const isList = Array.isArray(value);
  let separator = isList ? "[" : "{";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined && !isList) continue;
    yield isList ? separator : `${separator}${JSON.stringify(name)}:`;
    yield* texts(member, depth - 1);
    separator = ",";
  }
  const isEmpty = separator !== ",";
  yield `${isEmpty ? separator : ""}${isList ? "]" : "}"}`;
}
