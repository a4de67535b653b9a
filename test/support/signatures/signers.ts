import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "@jest/globals";
import type { SignatureSettings } from "../../../src/model/verification.ts";
import { HAS_SIGNERS, NO_KEYS, SigningKeys, type Signing } from "./signing-keys.ts";

// Without the programs the tests are skipped by name; in CI, which installs them, they run and fail.
export const withSigners = HAS_SIGNERS ? describe : describe.skip;

/** As the committer of the tests' git. */
const ROBIN = "robin@example.com";

/** Who signs in the tests: the settings list both keys of Robin and the SSH key of Dana, and no key of the stranger. */
interface Signers {
  readonly keys: SigningKeys;
  readonly settings: SignatureSettings;
  readonly dana: Signing;
  readonly robin: Signing;
  readonly robinGpg: Signing;
  readonly stranger: Signing;
  readonly strangerGpg: Signing;
}

/** The signers of all tests of the block. */
export function allSigners(): () => Signers {
  let signers: Signers;
  beforeAll(async () => {
    signers = await makeSigners();
  });
  afterAll(async () => {
    await signers.keys.end();
    await rm(signers.keys.folder, { recursive: true });
  });
  return () => signers;
}

async function makeSigners(): Promise<Signers> {
  const keys = await SigningKeys.open(await mkdtemp(join(tmpdir(), "signers-")));
  const [dana, robin, stranger] = [
    await keys.ssh("dana"),
    await keys.ssh("robin"),
    await keys.ssh("stranger"),
  ];
  const robinGpg = await keys.gpg(ROBIN);
  const strangerGpg = await keys.gpg("stranger@example.com");
  const lines = [
    "# people",
    `dana@example.com ${await keys.publicKey("dana")}`,
    `robin@example.com namespaces="git" ${await keys.publicKey("robin")} laptop`,
  ];
  const settings = {
    ...NO_KEYS,
    allowedSignersFile: await keys.write("allowed", `${lines.join("\n")}\n`),
    gpgKeyrings: [await keys.exported("robin.asc", ROBIN)],
  };
  return { keys, settings, dana, robin, robinGpg, stranger, strangerGpg };
}
