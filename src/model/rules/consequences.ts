/** The facts of a problem that folding needs. */
export interface FoldFacts {
  /** The rule's id, or the code of a diagnostic. */
  readonly code: string;
  /** Equal for problems of the same line and column. */
  readonly place: string;
  readonly isError: boolean;
}

/** A problem, and the number of others at its place that follow from the same mistake. */
export interface FoldedProblems<Problem> {
  readonly lead: Problem;
  readonly more: number;
}

/** By rule: the findings at the same place that follow from the rule's finding. */
const CONSEQUENCES: readonly { readonly cause: RegExp; readonly follows: RegExp }[] = [
  // An entire service contains every action that the other rules look for.
  { cause: /^ACT-00[15]$/, follows: /^(ACT|BND|CRED|DEN|ESC|EXF|PASS|RES|TMP)-|^EXP-001$/ },
  // A name that AWS does not have matches no resource type, no boundary and no Deny.
  { cause: /^ACT-003$/, follows: /^(ACT-004|BND-002|DEN-001|RES-00\d)$/ },
  // An open resource is what makes reading a risk, and credentials of more than one resource.
  { cause: /^RES-00[123]$/, follows: /^(CRED|EXF)-/ },
  // One action often begins several escalation paths; PASS-001 names the action that most of them need.
  { cause: /^PASS-001$/, follows: /^ESC-/ },
  { cause: /^ESC-/, follows: /^ESC-/ },
];

/**
 * One entry for each mistake: problems that follow from another one at the same place are only counted with it. In the
 * order of the problems; if several could lead, an error is preferred to a warning.
 */
export function foldConsequences<Problem>(
  problems: readonly Problem[],
  factsOf: (problem: Problem) => FoldFacts,
): readonly FoldedProblems<Problem>[] {
  const known = problems.map((problem) => ({ problem, facts: factsOf(problem) }));
  const places = Map.groupBy(known, ({ facts }) => facts.place);
  const leads = new Map([...places.values()].flatMap((group) => leadsOf(group)));
  return problems.flatMap((lead) => {
    const more = leads.get(lead);
    return more === undefined ? [] : [{ lead, more }];
  });
}

interface ProblemFacts<Problem> {
  readonly problem: Problem;
  readonly facts: FoldFacts;
}

function leadsOf<Problem>(
  group: readonly ProblemFacts<Problem>[],
): readonly (readonly [problem: Problem, more: number])[] {
  const leads: [Problem, number][] = [];
  let left = group.toSorted((a, b) => Number(b.facts.isError) - Number(a.facts.isError));
  for (const { cause, follows } of CONSEQUENCES) {
    const lead = left.find(({ facts }) => cause.test(facts.code));
    if (lead === undefined) continue;
    const isFollowing = ({ facts: { code, isError } }: ProblemFacts<Problem>): boolean =>
      follows.test(code) && (!isError || lead.facts.isError);
    const rest = left.filter((one) => one !== lead && !isFollowing(one));
    leads.push([lead.problem, left.length - rest.length - 1]);
    left = rest;
  }
  return [...leads, ...left.map(({ problem }): [Problem, number] => [problem, 0])];
}
