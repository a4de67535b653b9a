/** What a container runtime does with an image, by the names of the OCI image specification and of Docker. */
export interface ImageSettings {
  readonly User: string;
  readonly WorkingDir: string;
  readonly Env: readonly string[];
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly Volumes: Readonly<Record<string, object>>;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  /** Docker's addition to the specification; durations in nanoseconds. */
  readonly Healthcheck: Readonly<Record<string, number | readonly string[]>>;
}

/** They change the file system, which deploy/image/build makes in another way. */
const FILES: ReadonlySet<string> = new Set(["COPY", "RUN"]);
const SECOND = 1_000_000_000;

/** The settings of the last stage of a Dockerfile. @throws Error for an instruction that this does not know */
export function imageSettings(dockerfile: string): ImageSettings {
  const stage = lastStage(dockerfile);
  const all = (name: string): readonly string[] =>
    stage.flatMap((one) => (one.name === name ? [one.rest] : []));
  const one = (name: string): string => {
    const [value, ...others] = all(name);
    if (value === undefined || others.length > 0) throw new Error(`the last stage needs exactly one ${name}`);
    return value;
  };
  const unknown = stage.find(({ name }) => !FILES.has(name) && !KNOWN.has(name));
  if (unknown !== undefined)
    throw new Error(`deploy/image/build does not know the instruction ${unknown.name}`);
  return {
    User: one("USER"),
    WorkingDir: one("WORKDIR"),
    Env: [PATH, ...all("ENV")],
    ExposedPorts: Object.fromEntries(all("EXPOSE").map((port) => [`${port}/tcp`, {}])),
    Volumes: Object.fromEntries(all("VOLUME").map((folder) => [folder, {}])),
    Entrypoint: words(one("ENTRYPOINT")),
    Cmd: words(one("CMD")),
    Healthcheck: healthcheck(one("HEALTHCHECK")),
  };
}

/** As in Debian's image. */
const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const KNOWN: ReadonlySet<string> = new Set([
  "USER",
  "WORKDIR",
  "ENV",
  "EXPOSE",
  "VOLUME",
  "ENTRYPOINT",
  "CMD",
  "HEALTHCHECK",
]);

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

function lastStage(dockerfile: string): readonly Instruction[] {
  const lines = dockerfile
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll("\\\n", " ")
    .split("\n");
  const instructions = lines
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", rest = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return { name, rest };
    });
  return instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM") + 1);
}

/** The form with brackets: without them Docker starts a shell. */
function words(text: string): readonly string[] {
  return JSON.parse(text) as readonly string[];
}

function healthcheck(text: string): ImageSettings["Healthcheck"] {
  const [options = "", command = ""] = text.split(/ ?CMD /);
  const option = (name: string): string => new RegExp(`--${name}=(\\S+)`).exec(options)?.[1] ?? "";
  const nanoseconds = (name: string): number => Number(option(name).replace(/s$/, "")) * SECOND;
  return {
    Test: ["CMD", ...words(command)],
    Interval: nanoseconds("interval"),
    Timeout: nanoseconds("timeout"),
    StartPeriod: nanoseconds("start-period"),
    Retries: Number(option("retries")),
  };
}
