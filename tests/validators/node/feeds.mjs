// Ruby's own parser of feeds, which validates. A line in: a feed as JSON text. A line out: what is
// wrong with it, also as JSON text; empty if nothing is.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { DefaultRubyVM } from "@ruby/wasm-wasi/dist/node";

// An unknown element is an error. `atom:link` in RSS is known to the W3C's validator, which asks for
// it, but not to this one.
const CHECK = `
require "rss"

proc do |feed|
  text = feed.to_s.force_encoding("UTF-8").gsub(%r{<atom:link [^>]*rel="self"/>}, "")
  RSS::Parser.parse(text, validate: true, ignore_unknown_element: false) ? "" : "This is no feed."
rescue RSS::Error => error
  "#{error.class}: #{error.message}"
end
`;

const program = createRequire(import.meta.url).resolve("@ruby/3.4-wasm-wasi/dist/ruby+stdlib.wasm");
const { vm } = await DefaultRubyVM(await WebAssembly.compile(await readFile(program)));
const check = vm.eval(CHECK);

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(check.call("call", vm.wrap(JSON.parse(line))).toString()));
}
