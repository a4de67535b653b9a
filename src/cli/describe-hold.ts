import { shortRevision } from "../model/revision.ts";
import type { HoldObject } from "../api/overview.ts";
import { accountNames } from "./account-names.ts";
import type { ApiClient } from "./client.ts";
import type { Answer } from "./print.ts";
import { holdLines } from "./render/holds.ts";
import { shortSubject } from "./render/words.ts";

/** What a pending approval changes, from the controller alone. @throws CliError when there is none, or the plan has changed */
export async function describeHold(digest: string, client: ApiClient, nowMs: number): Promise<Answer> {
  const [hold, accounts, overview] = await Promise.all([
    holdNamed(digest, client),
    accountNames(client),
    client.overview(),
  ]);
  const { accepted } = overview.status.source;
  const revision = accepted === null ? "no revision" : shortRevision(accepted);
  return { value: hold, lines: () => holdLines(hold, { nowMs, accounts, revision }) };
}

async function holdNamed(text: string, client: ApiClient): Promise<HoldObject> {
  const digits = text.replace(/^sha256:/, "");
  const found = (await client.list("holds")).filter(
    ({ metadata, status }) =>
      (digits.length >= 7 && metadata.name.startsWith(digits)) || shortSubject(status.subject) === text,
  );
  const [hold] = found;
  // The server knows whether it was the digest of a plan that has changed.
  return hold !== undefined && found.length === 1 ? hold : client.get("holds", digits);
}
