import type { TextParts } from "./alert-line.ts";

/** A message or digest of the outbox with its first line as a field, also one that an earlier version left there. */
export function storedMessage<Stored extends TextParts>(stored: Stored): Stored {
  const { text, headline }: Partial<TextParts> = stored;
  return headline === undefined ? { ...stored, ...firstLineApart(text) } : stored;
}

/** A body without a text stops no other message of its route. */
function firstLineApart(text: string = ""): Pick<TextParts, "headline" | "details"> {
  const [headline = "", ...details] = text.split("\n");
  return { headline, details };
}
