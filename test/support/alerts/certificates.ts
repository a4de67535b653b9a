import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A certificate of this machine (`localhost`) that only `caFile` trusts. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly caFile: string;
}

/** @param folder a new folder of the test */
export async function makeCertificate(folder: string): Promise<TestCertificate> {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", ...kind, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8"), caFile: cert };
}
