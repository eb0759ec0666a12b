// @ts-check
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const lock = JSON.parse(readFileSync(new URL("assets.lock.json", root), "utf8"));

test("every vendored file is the one that was looked at, with its licence", () => {
  for (const { file, sha512, licence, version } of lock) {
    assert.equal(createHash("sha512").update(readFileSync(new URL(file, root))).digest("hex"), sha512, file);
    assert.ok(licence && version, file);
  }
  const kept = ["fonts"].flatMap((dir) => readdirSync(new URL(`${dir}/`, root)).map((f) => `${dir}/${f}`));
  assert.deepEqual(kept.sort(), lock.map((/** @type {any} */ a) => a.file).sort(), "nothing vendored without an entry");
});

test("nothing in the panel needs an inline style, an inline script or another host", () => {
  const files = readdirSync(new URL("talk/", root), { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".js"));
  for (const file of files) {
    const text = readFileSync(new URL(`talk/${file}`, root), "utf8");
    assert.doesNotMatch(text, /innerHTML|insertAdjacentHTML|style:|https?:\/\/(?!www\.w3\.org)/, file);
  }
  const page = readFileSync(new URL("../templates/talk.html", root), "utf8");
  assert.doesNotMatch(page, /<style| style=| on[a-z]+=|<script(?![^>]*src=)/);
});
