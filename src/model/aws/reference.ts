import { isTaggedType, taggedResourceText, type TaggedType, type Tag } from "./tag.ts";
import type { AccountId, Region } from "./ids.ts";
import type { Mistake } from "../diagnostic.ts";
import type { Brand } from "../values/brand.ts";
import type { Origin } from "../values/origin.ts";

/**
 * The ARN of a CloudFormation stack. A stack that is deleted and created again under its name gets another one.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html StackId
 */
export type StackId = Brand<string, "StackId">;

export function parseStackId(text: string): StackId | undefined {
  return /^arn:[a-z-]+:cloudformation:[a-z0-9-]+:\d{12}:stack\/[a-zA-Z][a-zA-Z0-9-]{0,127}\/[\w-]+$/.test(
    text,
  )
    ? (text as StackId)
    : undefined;
}

/** Its last part, which alone differs between stacks of one name in an account and region. */
export function shortStackId(id: StackId): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

/** A value in AWS that a manifest names instead of writing it: what `${…}` contains, such as `stack.orders.TableName`. */
export type ReferenceText = Brand<string, "ReferenceText">;

/** The value that a reference names, in the account and region of its binding. */
export type Reference =
  | { readonly kind: "stack-output"; readonly stack: string; readonly output: string }
  | { readonly kind: "parameter"; readonly name: string }
  /** The ARN of the only resource of the type that has all of these tags. */
  | { readonly kind: "tagged-resource"; readonly type: TaggedType; readonly tags: readonly Tag[] };

export interface ReferencePlace {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly text: ReferenceText;
}

/** A value and where AWS has it. */
export interface ValueInAws {
  readonly value: string;
  /** Of the stack whose output it is. Missing: it is no output, or its stack is not known. */
  readonly stackId?: StackId;
}

/** What the last read found at one place. */
export type ReferenceReading =
  | ({ readonly kind: "value"; readonly readAtMs: number } & ValueInAws)
  /** It does not exist, is not a plain text, or could not be read: there is no value to compile with. */
  | { readonly kind: "unusable"; readonly reason: string; readonly fix: string | null };

/** By `placeName`. A place without an entry was not read yet. */
export type ReferenceReadings = ReadonlyMap<string, ReferenceReading>;

/** A place that a compiled manifest names, with the reading that it was compiled with; null: there was none. */
export interface UsedReference extends ReferencePlace {
  readonly reading: ReferenceReading | null;
}

/** A reference in the manifest of one binding. */
export interface NamedReference extends UsedReference {
  readonly origin: Origin;
  /** Why the binding is not compiled with its value; null: it is. */
  readonly problem: Mistake | null;
}

/** The value of a reference that a binding was compiled with: in an applied state it is pinned, and so is its stack. */
export interface PinnedReference extends ValueInAws {
  readonly text: ReferenceText;
}

export function placeName({ accountId, region, text }: ReferencePlace): string {
  return `${accountId}/${region}/${text}`;
}

/**
 * `stack.STACK.OUTPUT`, `ssm.NAME` or `tag.TYPE.KEY=VALUE,…`; undefined for any other text. A parameter with a path has a
 * slash at its beginning, as AWS requires. The parameters of `/aws/reference/` are secrets.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
export function parseReference(text: string): Reference | undefined {
  const [, stack, output] = STACK_OUTPUT.exec(text) ?? [];
  if (stack !== undefined && output !== undefined) return { kind: "stack-output", stack, output };
  const [, name] = PARAMETER.exec(text) ?? [];
  return name === undefined ? parseTagged(text) : { kind: "parameter", name };
}

function parseTagged(text: string): Reference | undefined {
  const [, type, written] = TAGGED.exec(text) ?? [];
  if (type === undefined || written === undefined || !isTaggedType(type)) return undefined;
  const tags = written.split(",").flatMap((one) => {
    const [, key, value] = TAG.exec(one) ?? [];
    return key === undefined || value === undefined ? [] : [{ key, value }];
  });
  const isComplete = tags.length === written.split(",").length;
  const isUnique = new Set(tags.map(({ key }) => key)).size === tags.length;
  return isComplete && isUnique ? { kind: "tagged-resource", type, tags } : undefined;
}

/** A text that `parseReference` accepts. */
export function parseReferenceText(text: string): ReferenceText | undefined {
  return parseReference(text) === undefined ? undefined : (text as ReferenceText);
}

const STACK_OUTPUT = /^stack\.([a-zA-Z][a-zA-Z0-9-]{0,127})\.([a-zA-Z0-9]{1,255})$/;
const PARAMETER = /^ssm\.(?!\/aws\/reference\/)(?=.{1,1011}$)((?:\/[\w.-]+)+|[\w.-]+)$/;
/** A type has no dot, so the second dot ends it. */
const TAGGED = /^tag\.([a-zA-Z0-9:-]+)\.(?=.{1,900}$)(.+)$/;
/**
 * Without blanks and without letters outside of ASCII, which AWS allows in tags: they look like others. A key with `=` can't
 * be written.
 */
const TAG = /^([\w.:/+@-]{1,128})=([\w.:/=+@-]{1,256})$/;

/** Whether a text in `${…}` is meant to be a reference, perhaps with a mistake. IAM's own variables never begin so. */
export function isMeantAsReference(text: string): boolean {
  return /^(stack|ssm|tag)\./.test(text);
}

/** `output TableName of stack orders`, `SSM parameter /orders/table`, `DynamoDB table with the tag app=orders`. */
export function referenceSource(reference: Reference): string {
  switch (reference.kind) {
    case "stack-output":
      return `output ${reference.output} of stack ${reference.stack}`;
    case "parameter":
      return `SSM parameter ${reference.name}`;
    case "tagged-resource":
      return taggedResourceText(reference.type, reference.tags);
  }
}

/** Its value or its stack is not the pinned one any more. */
export interface ChangedReference {
  readonly text: ReferenceText;
  readonly before: ValueInAws;
  readonly after: ValueInAws;
}

/**
 * The references whose value, or whose stack, is not the pinned one, sorted. A reference that is not pinned is new, not
 * changed. A state that an earlier version recorded pins no stack: which one it was is not known.
 */
export function changedReferences(
  pinned: readonly PinnedReference[],
  now: readonly PinnedReference[],
): readonly ChangedReference[] {
  const before = new Map(pinned.map(({ text, ...value }) => [text, value]));
  return now.flatMap(({ text, ...after }) => {
    const old = before.get(text);
    if (old === undefined) return [];
    return old.value === after.value && !isReplaced(old, after) ? [] : [{ text, before: old, after }];
  });
}

/** The output is that of another stack of the same name. */
export function isReplaced({ stackId: before }: ValueInAws, { stackId: after }: ValueInAws): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

/** `stack.orders.TableName changed from "a" to "b"`. */
export function changedReferenceText({ text, before, after }: ChangedReference): string {
  const value = before.value === after.value ? "" : ` changed from "${before.value}" to "${after.value}"`;
  const { stackId: from } = before;
  const { stackId: to } = after;
  if (from === undefined || to === undefined || from === to) return `${text}${value}`;
  const ids = `the stack was deleted and created again, and its ID changed from ${shortStackId(from)} to ${shortStackId(to)}`;
  return value === "" ? `${text} has the same value, but ${ids}` : `${text}${value}, and ${ids}`;
}
