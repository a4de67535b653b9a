/** One value of one element of a statement. */
export interface ElementPart {
  readonly element: string;
  /** As it was written. */
  readonly value: string;
  /** Equal for parts of the same meaning. */
  readonly name: string;
}

export interface DiffMember {
  readonly sid: string | null;
  /** In its document, from 1. */
  readonly place: number;
  readonly parts: readonly ElementPart[];
}

type MemberPair = readonly [before: DiffMember, after: DiffMember];

export interface MemberMatch {
  /** In the order of the first document. */
  readonly pairs: readonly MemberPair[];
  readonly removed: readonly DiffMember[];
  readonly added: readonly DiffMember[];
}

/** More pairs than this are not compared: what has no counterpart by its Sid has then none. */
const MAX_PAIRS = 100_000;

/** By the Sid where one statement of each document has it, then equal ones, then the likest first. */
export function matchMembers(before: readonly DiffMember[], after: readonly DiffMember[]): MemberMatch {
  const bySid = pairsBy(before, after, ({ sid }) => sid);
  const left = withoutPaired(before, after, bySid);
  const equal = pairsBy(left.before, left.after, ({ parts }) => partsText(parts));
  const rest = withoutPaired(left.before, left.after, equal);
  const alike = pairsByLikeness(rest.before, rest.after);
  const { before: removed, after: added } = withoutPaired(rest.before, rest.after, alike);
  const pairs = [...bySid, ...equal, ...alike].toSorted(([a], [b]) => a.place - b.place);
  return { pairs, removed, added };
}

/** Members that alone have the same name in their documents; null is no name. */
function pairsBy(
  before: readonly DiffMember[],
  after: readonly DiffMember[],
  nameOf: (member: DiffMember) => string | null,
): readonly MemberPair[] {
  const others = Map.groupBy(after, nameOf);
  return [...Map.groupBy(before, nameOf)].flatMap(([name, [first, ...more]]): readonly MemberPair[] => {
    const [other, ...further] = name === null ? [] : (others.get(name) ?? []);
    if (first === undefined || other === undefined || more.length + further.length > 0) return [];
    return [[first, other]];
  });
}

function withoutPaired(
  before: readonly DiffMember[],
  after: readonly DiffMember[],
  pairs: readonly MemberPair[],
): { readonly before: readonly DiffMember[]; readonly after: readonly DiffMember[] } {
  const paired = new Set(pairs.flat());
  return {
    before: before.filter((member) => !paired.has(member)),
    after: after.filter((member) => !paired.has(member)),
  };
}

function partsText(parts: readonly ElementPart[]): string {
  return JSON.stringify(parts.filter(({ element }) => element !== "Sid").map(({ name }) => name));
}

/** Two members match when they share at least half of their parts; the closest match counts, then the first one. */
function pairsByLikeness(before: readonly DiffMember[], after: readonly DiffMember[]): readonly MemberPair[] {
  if (before.length * after.length > MAX_PAIRS) return [];
  const others = after.map((other) => ({ other, names: new Set(other.parts.map(({ name }) => name)) }));
  const candidates = before.flatMap((member) =>
    others.map(({ other, names }) => ({ member, other, likeness: likeness(member, names) })),
  );
  const matched = new Set<DiffMember>();
  return candidates
    .filter((candidate) => candidate.likeness >= 0.5)
    .toSorted(
      (a, b) => b.likeness - a.likeness || a.member.place - b.member.place || a.other.place - b.other.place,
    )
    .flatMap(({ member, other }): readonly MemberPair[] => {
      if (matched.has(member) || matched.has(other)) return [];
      matched.add(member).add(other);
      return [[member, other]];
    });
}

/** From 0 to 1: twice the number of shared parts, divided by the number of all parts. */
function likeness({ parts }: DiffMember, names: ReadonlySet<string>): number {
  const shared = parts.filter(({ name }) => names.has(name)).length;
  return (2 * shared) / (parts.length + names.size);
}
