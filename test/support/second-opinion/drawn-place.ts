import fc from "fast-check";
import type { Dialect } from "../../../src/model/aws/policy-document.ts";
import { isForObjectOfBucket } from "../policies/impossible-requests.ts";
import { Chance } from "./chance.ts";
import { questionOf } from "./drawn-question.ts";
import { ANYTHING, identityPolicy, resourcePolicy, trustPolicy } from "./drawn-world.ts";
import { secondOpinion } from "./opinion.ts";
import { CALLERS } from "./vocabulary.ts";
import { Undocumented, type Asker, type Documents, type Question, type Written } from "./world.ts";

/** A document as data, to be written in another way or changed. */
export interface PlacedDocument extends Written {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Written[];
}

/** One document and who asks about it. */
export interface DrawnPlace {
  readonly dialect: Dialect;
  readonly caller: Asker;
  readonly document: PlacedDocument;
}

const [session, , user] = CALLERS;

function place(
  dialect: Dialect,
  callers: readonly Asker[],
  text: fc.Arbitrary<string>,
): fc.Arbitrary<DrawnPlace> {
  return fc
    .tuple(fc.constantFrom(...callers), text)
    .map(([caller, text]) => ({ dialect, caller, document: JSON.parse(text) as PlacedDocument }));
}

const own = [session, user].filter((caller) => caller !== undefined);

export const identityPlace = place("identity", own, identityPolicy);
const boundaryPlace = place("boundary", own, identityPolicy);
export const resourcePlace = place("resource", CALLERS, resourcePolicy);
export const trustPlace = place(
  "trust",
  CALLERS.filter(({ kind }) => kind !== "account" && kind !== "anonymous"),
  trustPolicy,
);
export const anyPlace = fc.oneof(identityPlace, boundaryPlace, resourcePlace, trustPlace);

/** The document in its place; a boundary and a resource's policy together with identity policies that allow everything. */
export function documentsWith({ dialect, caller }: DrawnPlace, text: string): Documents {
  const none = { identity: [], boundary: null, session: [], resource: { kind: "none" } } as const;
  if (dialect === "identity") return { ...none, identity: [text] };
  if (dialect === "boundary") return { ...none, identity: [ANYTHING], boundary: text };
  const resource = { kind: dialect, text } as const;
  return caller.kind === "role" ? { ...none, identity: [ANYTHING], resource } : { ...none, resource };
}

/** Requests near to each of the documents, without those that AWS never makes. */
export function questionsNear(
  place: DrawnPlace,
  texts: readonly string[],
  seed: number,
  each: number,
): readonly Question[] {
  const chance = new Chance(seed);
  const questions = texts.flatMap((text) =>
    Array.from({ length: each }, () =>
      questionOf(
        { caller: place.caller, documents: documentsWith(place, text) },
        Math.floor(chance.next() * 1_000_000_000),
      ),
    ),
  );
  return questions.filter((question) => !isForObjectOfBucket(question));
}

/** `undocumented` where AWS's documentation does not decide. */
export function opinionWith(place: DrawnPlace, text: string, question: Question): string {
  try {
    return secondOpinion(question, documentsWith(place, text));
  } catch (cause) {
    if (cause instanceof Undocumented) return "undocumented";
    throw cause;
  }
}

/** The requests that the two documents answer differently, without the undocumented ones. */
export function answeredDifferently(
  place: DrawnPlace,
  texts: readonly [string, string],
  questions: readonly Question[],
): readonly Question[] {
  return questions.filter((question) => {
    const answers = texts.map((text) => opinionWith(place, text, question));
    return !answers.includes("undocumented") && answers[0] !== answers[1];
  });
}
