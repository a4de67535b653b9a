/**
 * `npm run peer`: the tests against programs that are not ours, moto and the AWS CLI. Both are Python's: found, or
 * installed where that is possible. Without them the tests are skipped with one line, and with CI=true that fails.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PACKAGES = ["python3-moto", "python3-flask-cors", "python3-openapi-spec-validator", "awscli"];
/** As Debian has it: the list of deviations is of this version. A machine may have another one, which is not taken. */
const MOTO = "5.1.1";
const FROM_PIP = [`moto[server]==${MOTO}`, "flask-cors", "awscli"];
const VENV = "node_modules/.cache/peer";
const PYTHONS = ["/usr/bin/python3", "python3", `${VENV}/bin/python`];
const JEST = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  "node_modules/jest/bin/jest.js",
  "--config=jest.peer.config.mjs",
  // moto needs a core of its own.
  "--runInBand",
];

const python = findPython() ?? installed();
if (python === undefined) {
  console.log(`peer: skipped: no Python with moto and the AWS CLI (Debian: ${PACKAGES.join(" ")})`);
  process.exitCode = process.env["CI"] === "true" ? 1 : 0;
} else {
  const env = { ...process.env, PEER_PYTHON: python };
  const { status } = spawnSync(process.execPath, [...JEST, ...process.argv.slice(2)], {
    stdio: "inherit",
    env,
  });
  process.exitCode = status ?? 1;
}

function findPython(): string | undefined {
  const imports = "import sys, moto.server, moto.cloudformation, flask_cors, awscli.clidriver";
  const test = `${imports}; sys.exit(moto.__version__ != "${MOTO}")`;
  return PYTHONS.find((each) => succeeds(each, ["-c", test]));
}

/** Debian's packages where we may install them, else pip's in a folder of their own. */
function installed(): string | undefined {
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const install = ["install", "-y", "--no-install-recommends", ...PACKAGES];
    if (succeeds("apt-get", ["update"]) && succeeds("apt-get", install)) return findPython();
  }
  const isMade = succeeds("python3", ["-m", "venv", VENV]);
  return isMade && succeeds(`${VENV}/bin/pip`, ["install", ...FROM_PIP]) ? findPython() : undefined;
}

function succeeds(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: "ignore", env }).status === 0;
}
