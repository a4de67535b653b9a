/** Policies of an author who wants a comparison to take forever: as large as IAM accepts, with patterns that all overlap. */

/** What IAM takes in all inline policies of a role, and in one managed policy. */
export const INLINE_CHARACTERS = 10_240;
export const MANAGED_CHARACTERS = 6_144;

const patterns = (count: number, begin: string, seed: string): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${begin}*${seed}${at.toString(36)}*`);

/** By the seed different ones. */
type Shape = (members: number, seed: string) => readonly object[];

const lists = (members: number, seed: string): object => ({
  Action: patterns(members, "s3:", seed),
  Resource: patterns(members, "arn:aws:s3:::", seed),
});
const times = (count: number, make: (at: number) => object): readonly object[] =>
  Array.from({ length: count }, (_, at) => make(at));
const effect = (at: number): object => ({ Effect: at % 2 === 0 ? "Allow" : "Deny" });

export const HOSTILE_SHAPES = {
  "hundreds of actions on hundreds of resources": (members, seed) => [
    { Effect: "Allow", ...lists(members, seed) },
  ],
  "so many allowed, and others denied": (members, seed) => [
    { Effect: "Allow", ...lists(members, seed) },
    { Effect: "Deny", ...lists(members, `${seed}z`) },
  ],
  "statements of twenty actions on twenty resources": (members, seed) =>
    times(members, (at) => ({ ...effect(at), ...lists(20, `${seed}${at.toString(36)}y`) })),
  "a thousand patterns of actions": (members, seed) => [
    { Effect: "Allow", Action: patterns(members, "s3:", seed), Resource: "*" },
  ],
  "a condition with hundreds of patterns": (members, seed) => [
    {
      Effect: "Allow",
      Action: patterns(members, "s3:", seed),
      Resource: "*",
      Condition: { StringLike: { "aws:x": patterns(members, "", seed) } },
    },
  ],
  "a hundred statements over all services, every other a Deny": (members, seed) =>
    times(members, (at) => ({ ...effect(at), Action: `*:*${seed}${at.toString(36)}*`, Resource: "*" })),
  "long patterns of question marks": (members, seed) => [
    { Effect: "Allow", Action: patterns(members, `s3:*${"?".repeat(100)}`, seed), Resource: "*" },
  ],
} as const satisfies Readonly<Record<string, Shape>>;

/** The largest of the shape that is not longer than so many characters. More members are always longer. */
export function hostilePolicy(shape: Shape, characters: number, seed: string): string {
  const text = (members: number): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: shape(members, seed) });
  let [members, tooMany] = [1, 2];
  while (text(tooMany).length <= characters) [members, tooMany] = [tooMany, 2 * tooMany];
  while (tooMany - members > 1) {
    const middle = Math.floor((members + tooMany) / 2);
    if (text(middle).length <= characters) members = middle;
    else tooMany = middle;
  }
  return text(members);
}
