/** The pull requests of a revision, as the outbox remembers them until its last note. */
export interface ShownRequests {
  /** How often they were searched for. */
  readonly searches: number;
  /** By number: the id of our comment; null: it is not known. */
  readonly comments: ReadonlyMap<number, number | null>;
}

const NONE: ShownRequests = { searches: 0, comments: new Map() };

/** `1/12:345 13`: one search, a comment in one of two pull requests. */
export function formatShown({ searches, comments }: ShownRequests): string {
  const requests = [...comments].map(([number, id]) => (id === null ? `${number}` : `${number}:${id}`));
  return `${searches}/${requests.join(" ")}`;
}

/** The pull requests that a thread names; an unknown form names none, so that they are searched for. */
export function parseShown(thread: string | null): ShownRequests {
  const [, searches, requests = ""] = /^(\d)\/(.*)$/.exec(thread ?? "") ?? [];
  if (searches === undefined) return NONE;
  const found = [...requests.matchAll(/([1-9]\d{0,15})(?::([1-9]\d{0,15}))?/g)];
  const comments = found.map(
    ([, number, id]) => [Number(number), id === undefined ? null : Number(id)] as const,
  );
  return { searches: Number(searches), comments: new Map(comments) };
}
