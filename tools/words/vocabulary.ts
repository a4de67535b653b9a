/** A word that is avoided, and the usual term for it. */
export interface Avoided {
  /** In sentences: comments, strings, documents. Matched as whole words without regard to case. */
  readonly text: RegExp;
  /** The same word as a part of an identifier, in lower case; null where it is a good name for something else. */
  readonly names: readonly string[];
  readonly instead: string;
}

/** A word that is avoided in names alone. */
const NEVER = /(?!)/g;

export const AVOIDED: readonly Avoided[] = [
  { text: /\bmend(s|ed|ing)?\b/gi, names: ["mend", "mends", "mended"], instead: "fix, hint" },
  { text: /\bstands?\b(?! for\b)|\bstood\b/gi, names: ["stands", "standing"], instead: "is, is attached to" },
  { text: /\b(told|tells?)\b/gi, names: ["told", "tell", "tells"], instead: "report, record, show" },
  { text: /\b(says?|said)\b/gi, names: ["said", "says", "say"], instead: "report, record, show, state" },
  {
    text: /\b(who|what)ever\b/gi,
    names: ["whoever"],
    instead: "the caller, the team, the resource",
  },
  {
    text: /\b(no|some|every)body\b/gi,
    names: ["nobody", "somebody", "everybody"],
    instead: "no one, someone; better: the principal, an operator",
  },
  { text: /\banew\b/gi, names: ["anew"], instead: "again" },
  { text: /\b(at once|of late|in the midst of)\b/gi, names: [], instead: "immediately, recently, during" },
  { text: /\b(there|here|where)(of|in|by|upon)\b/gi, names: [], instead: "of it, in it, by which" },
  { text: /\bbeside\b/gi, names: ["beside"], instead: "attached, next to, as well as" },
  {
    text: /\b(as|what) git (says|gives)\b/gi,
    names: [],
    instead: "as declared in Git, the declared permissions",
  },
  { text: /\bneeds you\b/gi, names: [], instead: "action required" },
  { text: /\b(hands off|keeps? off|let go on)\b/gi, names: [], instead: "suspend, approve" },
  { text: /\bas it lies\b/gi, names: [], instead: "working tree" },
  { text: /\b(lest|hence|henceforth|whilst|thus|shall)\b/gi, names: [], instead: "so, so that, while, must" },
  { text: /\bgoverns? what\b|\bdear\b/gi, names: [], instead: "decides, expensive" },
  { text: /\bground\b/gi, names: ["ground"], instead: "inputs" },
  { text: /\bhole\b/gi, names: ["hole"], instead: "exposure, gap" },
  { text: /\brooms?\b/gi, names: ["room", "rooms"], instead: "remaining, space; of code: folder" },
  {
    text: /\b(an?|the|its|of|in|is|no|with|than|by|over|from) whole\b(?! (number|day|hour|minute|second)s?\b)/gi,
    names: ["whole"],
    instead: "complete, entire, all of it; of numbers: integer",
  },
  {
    text: /\b(is|are|be|was|were|looks?|seems?|puts?|all) right\b|\bright (answer|one|operator|value)s?\b/gi,
    names: [],
    instead: "correct, fixed, reverted",
  },
  { text: /\bthe right to\b|\brights? (is|are) missing\b/gi, names: [], instead: "permission" },
  {
    text: /\b(gives?|gave|given|giving|takes?|took|taken|taking) (away |back )?((its|the|a|an|all|more|no|any|new) )?(permissions?|access)\b/gi,
    names: ["give", "gives"],
    instead: "grant, revoke; set, return",
  },
  {
    text: /\b(come|comes|came|coming) (and|or) (go|goes|went|going)\b|\b(permissions?|polic(y|ies)|statements?|callers?|rows?|members?) (that )?(goes|went)\b(?! to\b)/gi,
    names: ["come", "comes", "goes"],
    instead: "is added, attached; is removed, detached",
  },
  {
    text: /\b(an?|the|this|each|every|its|old|two|several|pending) holds?\b(?! (it|them|the|an?|for|up|that)\b)/gi,
    // As a name it stays: the resource `holds`, its fields and the alerts `held` and `hold-ended` are names of 0.1.0.
    names: [],
    instead: "pending approval",
  },
  { text: /\bnot judged offline\b/gi, names: [], instead: "skipped offline" },
  { text: /\b(again|repeat) for more\b/gi, names: [], instead: "may be repeated" },
  {
    text: NEVER,
    names: ["taken"],
    instead: "what is done with it: dequeue, choose, accept, print, match; a take-over is `takeOver`",
  },
];

/** The same in pages and settings alone: a docstring may be a clause, a sentence of a page has a subject. */
export const AVOIDED_IN_PAGES: readonly Avoided[] = [
  {
    text: /(^([-*] )?|(?<!^#.*)[.!:] )\**(What|Who) [a-z](?!.*\?)/g,
    names: [],
    instead: "the subject: the caller, the team, the resource",
  },
];

/**
 * In comments: a docstring may be a clause such as "What the role may do", but a sentence has a subject.
 * "What is not read is unknown" is such a sentence: a clause, and then its verb.
 */
export const AVOIDED_IN_COMMENTS: readonly Avoided[] = [
  {
    text: /\b(What|Who) (is|was|has|can|cannot)( not)? ((?!(whose|that|before|while|after|if|when|as)\b)[a-z']+ ){1,12}(is|are|stays|counts|may|never|belongs|needs|waits|ends) [a-z]/g,
    names: [],
    instead: "the subject: the policy, the change, the function",
  },
];

/** Lines with a part at which an avoided word is right. */
export interface Exception {
  readonly files: readonly string[];
  /** A part of the line. */
  readonly line: string;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    files: [
      "src/record/message.ts",
      "test/unit/record/alert-text.test.ts",
      "test/unit/record/incidents.test.ts",
      "test/unit/record/outbox/bundles.test.ts",
      "test/unit/record/outbox/rate-limit.test.ts",
      "docs/alerts.md",
    ],
    line: "told",
    reason: "a value of `status` in the messages of version 0.1.0, which receivers compare",
  },
  {
    files: ["src/store/sqlite/schema/schema-1.ts"],
    line: "which document stands",
    reason: "the text of a released schema is never edited",
  },
  {
    files: ["CHANGELOG.md"],
    line: "The field `mend`",
    reason: "the former name of the field `fix`",
  },
  {
    files: ["CHANGELOG.md"],
    line: "the label was `room`",
    reason: "the former label",
  },
];

/** Two exported types of one name, and why each keeps it. */
export const SHARED_TYPE_NAMES: Readonly<Record<string, string>> = {};

/** Participles and general nouns that do not say which thing a type is: a stranger cannot guess it. */
export const VAGUE_TYPE_NAMES: ReadonlySet<string> = new Set(
  (
    "Addressed Asked Begun Changed Checked Compared Copied Counted Decided Declared Described Done Edited Ending Examined " +
    "Extra Failing Found Given Held Installed Judged Kept Known Lacking Left Listed Measured Missed Missing Named Offered " +
    "Parsed Past Place Placed Places Pool Read Recorded Related Reported Restored Said Seen Selected Shared Shown Sought Told " +
    "Tried Unit Wanted Word Words Written"
  ).split(" "),
);

/** A type whose name begins with one of these participles shows what happened to it, and not what it is. */
export const VAGUE_TYPE_BEGINNING = /^(Written|Taken)[A-Z]/;

/** How many sentences of more than 30 words a page may have. A limit only falls. */
export const MOST_LONG_SENTENCES: Readonly<Record<string, number>> = {
  "docs/api.md": 12,
  "docs/operating.md": 16,
  "docs/reviews.md": 4,
};
