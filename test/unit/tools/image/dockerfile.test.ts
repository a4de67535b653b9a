import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { imageSettings } from "../../../../tools/image/dockerfile.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const DOCKERFILE = read("Dockerfile");

describe("the settings of the image", () => {
  test("are those of the Dockerfile's last stage", () => {
    expect(imageSettings(DOCKERFILE)).toEqual({
      User: "10001:10001",
      WorkingDir: "/var/lib/grantkeeper",
      Env: [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "NODE_ENV=production",
        "GRANTKEEPER_CONFIG=/etc/grantkeeper/grantkeeper.yaml",
        "GRANTKEEPER_STATE_DIR=/var/lib/grantkeeper",
      ],
      ExposedPorts: { "8085/tcp": {} },
      Volumes: { "/var/lib/grantkeeper": {} },
      Entrypoint: ["grantkeeper"],
      Cmd: ["run"],
      Healthcheck: {
        Test: ["CMD", "grantkeeper", "probe"],
        Interval: 30e9,
        Timeout: 10e9,
        StartPeriod: 60e9,
        Retries: 3,
      },
    });
  });

  test.each([
    { from: "USER 10001:10001\n", to: "", message: "exactly one USER", because: "it would run as root" },
    { from: "USER ", to: "USER 0\nUSER ", message: "exactly one USER", because: "two users" },
    {
      from: "ENTRYPOINT",
      to: "STOPSIGNAL INT\nENTRYPOINT",
      message: "STOPSIGNAL",
      because: "it would be dropped",
    },
    { from: '["run"]', to: "run", message: "JSON", because: "a shell would start the command" },
  ])("a Dockerfile is refused: $because", ({ from, to, message }) => {
    expect(() => imageSettings(DOCKERFILE.replace(from, to))).toThrow(message);
  });
});

describe("docker build and deploy/image/build", () => {
  test.each(["deploy/image/app", "/settle", "/packages"])("both use %s", (file) => {
    expect(DOCKERFILE).toContain(file);
    expect(read("deploy/image/build")).toContain(file);
  });

  test("the context of docker build has every file that deploy/image/app copies or runs", () => {
    const app = read("deploy/image/app");
    const copied = /^cp -R (.*) "\$app"$/m.exec(app)?.[1]?.split(" ") ?? [];
    const run = [...app.matchAll(/^node bin\/launch\.mjs (\S+)/gm)].map(([, file = ""]) => file);
    const needed = [...copied, ...["tools/build.ts", ...run].flatMap(withImports)];

    expect(needed).toEqual(expect.arrayContaining(["package.json", "tools/image/shorten-action-data.ts"]));
    expect(needed.filter((file) => !isInContext(file))).toEqual([]);
  });
});

/** A program of `tools/` with the modules of this repository that it imports. */
function withImports(file: string): readonly string[] {
  const imported = [...read(file).matchAll(/ from "(\.[^"]+)";/g)].map(([, path = ""]) =>
    posix.join(posix.dirname(file), path),
  );
  return [file, ...imported.flatMap(withImports)];
}

function isInContext(file: string): boolean {
  const kept = read(".dockerignore")
    .split("\n")
    .filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  return kept.some((name) => file === name || file.startsWith(`${name}/`));
}
