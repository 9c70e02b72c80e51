// In which language a page begins, and that every part of a message finds its place in both.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { firstLanguage } from "../../widgets/frontend/language.js";
import { counted, pieces, speak, t, wording } from "../../widgets/frontend/words.js";

afterEach(() => speak("en"));

test("the reader's choice counts, then whether the page or the browser is Chinese", () => {
  assert.equal(firstLanguage("en", "zh-CN", ["zh"]), "en");
  assert.equal(firstLanguage("zh", "en", ["en"]), "zh");
  assert.equal(firstLanguage(null, "zh-Hant", ["de"]), "zh");
  assert.equal(firstLanguage(null, "en", ["zh-CN", "en"]), "zh");
  assert.equal(firstLanguage(null, "", ["fr", "zh"]), "en");
  assert.equal(firstLanguage("klingon", "", []), "en");
});

test("a list is joined as the language does it", () => {
  const joined = () => [["a", "b", "c"], ["a", "b"], ["a"], []].map(wording);
  assert.deepEqual(joined(), ["a, b and c", "a and b", "a", ""]);
  speak("zh");
  assert.deepEqual(joined(), ["a、b和c", "a和b", "a", ""]);
});

test("pieces bear the names of their parts, within lists and messages too", () => {
  const said = [{ say: "let go", name: ["l1", "l2"], gradient: { say: "value.all", number: "7.0" } }];
  assert.deepEqual(pieces(said).filter(({ part }) => part).map(({ text, part }) => [part, text]), [
    ["name", "l1"], ["name", "l2"], ["number", "7.0"],
  ]);
});

test("counting and what is missing", () => {
  assert.deepEqual([counted("tensor", 1), counted("tensor", 2)], ["1 tensor", "2 tensors"]);
  assert.throws(() => t("let go", { name: "l1" }), /the message "let go" needs "gradient"/);
  assert.throws(() => t("no such thing"), /no message "no such thing"/);
});
