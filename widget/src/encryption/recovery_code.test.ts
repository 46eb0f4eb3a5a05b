import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRecoveryCode, newRecoveryCodes, parseRecoveryCode, recoveryVerifier } from "./recovery_code";
import { vectors } from "../testing/encryption_vectors";

const { code, locator, secret, verifier } = vectors.recovery;

test("the verifier is the known one", async () => {
  assert.deepEqual(parseRecoveryCode(code), { locator, secret });
  assert.equal(await recoveryVerifier({ locator, secret }), verifier);
  assert.equal(formatRecoveryCode({ locator, secret }), code);
});

test("a code is read as people type it", () => {
  const canonical = { locator: "ABCDE1", secret: "1000123456789VWXYZ00000000" };
  for (const typed of [
    "ABCD-E110-0012-3456-789V-WXYZ-0000-0000",
    "abcd-eilo-oo12-3456-789v-wxyz-oooo-oooo",
    " ABCDEIL0 0012–3456\t789V\u00a0WXYZ\r\n00000000 ",
  ]) {
    assert.deepEqual(parseRecoveryCode(typed), canonical, typed);
  }
});

test("what can't be a code is none", () => {
  const plain = locator + secret;
  for (const typed of ["", plain.slice(1), plain + "0", plain.replace("K", "U"), plain.replace("K", "Ä"), plain.replace("K", "ı"), plain.replace("K", "0_"), " ".repeat(300) + plain]) {
    assert.equal(parseRecoveryCode(typed), null, typed);
  }
});

test("ten codes are made, each of other random characters", () => {
  const seen = new Set<string>();
  const characters = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const codes = newRecoveryCodes();
    assert.equal(codes.length, 10);
    assert.equal(new Set(codes.map((made) => made.locator)).size, 10);
    for (const made of codes) {
      assert.deepEqual(parseRecoveryCode(formatRecoveryCode(made)), made);
      seen.add(made.secret);
      for (const character of made.locator + made.secret) characters.add(character);
    }
  }
  assert.equal(seen.size, 1000);
  assert.equal([...characters].sort().join(""), "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
});
