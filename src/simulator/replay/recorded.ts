/** A recording cannot be loaded; the message names the file and the place in it. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";

  constructor(problem: string) {
    // Names in a recording could change the colours of a terminal, or begin another line.
    super(problem.replace(/\p{Cc}/gu, "?"));
  }
}

const LONGEST_SHOWN = 60;
/** The latest time of ECMAScript. */
const LATEST_MS = 8.64e15;
/** Longer than the ARN of a function with a qualifier. */
const LONGEST_STEP = 300;

/** A value in a recorded file, with its place for messages: `details.json: RoleDetailList[3].RoleName`. */
export class RecordedValue {
  readonly value: unknown;
  readonly #file: string;
  readonly #path: string;

  constructor(value: unknown, file: string, path = "") {
    this.value = value;
    this.#file = file;
    this.#path = path;
  }

  /** The value is absent, or null. */
  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  has(member: string): boolean {
    return isRecord(this.value) && Object.hasOwn(this.value, member);
  }

  /** A member of an object; absent if the object does not have it. */
  member(name: string): RecordedValue {
    const own = this.object();
    const step = name.slice(0, LONGEST_STEP);
    const path = this.#path === "" ? step : `${this.#path}.${step}`;
    return new RecordedValue(Object.hasOwn(own, name) ? own[name] : undefined, this.#file, path);
  }

  /** Another value at this place, such as the name of the member. */
  with(value: unknown): RecordedValue {
    return new RecordedValue(value, this.#file, this.#path);
  }

  /** @throws RecordingError if it is no object */
  object(): Readonly<Record<string, unknown>> {
    if (isRecord(this.value)) return this.value;
    throw this.wrong("an object");
  }

  /** The members, by name. */
  entries(): readonly (readonly [string, RecordedValue])[] {
    return Object.keys(this.object()).map((name) => [name, this.member(name)]);
  }

  /** @throws RecordingError if it is no list; an absent one is empty */
  list(): readonly RecordedValue[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) throw this.wrong("a list");
    return this.value.map(
      (each: unknown, index) => new RecordedValue(each, this.#file, `${this.#path}[${index}]`),
    );
  }

  /** @throws RecordingError if it is no text, or does not match */
  text(pattern: RegExp = /^/, expected = "a text"): string {
    const { value } = this;
    // Intentional: this name sets the prototype of a record instead of a member.
    if (typeof value === "string" && value !== "__proto__" && pattern.test(value)) return value;
    throw this.wrong(expected);
  }

  optionalText(): string | undefined {
    return this.isAbsent ? undefined : this.text();
  }

  /** A time as AWS's command line prints it: ISO 8601, or in version 1 the API's seconds since 1970. */
  time(): string {
    const time = typeof this.value === "number" ? this.value * 1_000 : Date.parse(this.text());
    if (!(Math.abs(time) <= LATEST_MS)) throw this.wrong("a time");
    return new Date(time).toISOString();
  }

  /** A policy document as text: the command line prints an object, the API sends percent-encoded text. */
  document(): string {
    if (isRecord(this.value)) return this.#printed();
    const text = this.text();
    try {
      const json = text.startsWith("%") ? decodeURIComponent(text) : text;
      if (isRecord(JSON.parse(json))) return json;
    } catch {
      // Reported below, like a document that is no object.
    }
    throw this.wrong("a policy document");
  }

  #printed(): string {
    try {
      return JSON.stringify(this.value);
    } catch {
      throw this.problem("it is nested too deeply");
    }
  }

  wrong(expected: string): RecordingError {
    return this.problem(`expected ${expected}, not ${shown(this.value)}`);
  }

  problem(message: string): RecordingError {
    return new RecordingError(`${this.#file}: ${this.#path === "" ? "" : `${this.#path}: `}${message}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
