// node build.mjs: the page into src/segnn/viewer/static. node build.mjs --tests: the unit tests into .tests, for node --test.
import { build } from "esbuild";
import { cp, mkdir, readdir, rm } from "node:fs/promises";

const common = { bundle: true, format: "esm", target: "es2022", logLevel: "warning" };

if (process.argv.includes("--tests")) {
  await rm(".tests", { recursive: true, force: true });
  const tests = (await readdir("tests")).filter((name) => name.endsWith(".test.ts")).map((name) => `tests/${name}`);
  await build({ ...common, entryPoints: tests, outdir: ".tests", platform: "node", outExtension: { ".js": ".mjs" } });
} else {
  const given = process.argv.indexOf("--out");
  const out = given > 0 ? process.argv[given + 1] : "../src/segnn/viewer/static";
  await mkdir(out, { recursive: true });
  await build({ ...common, entryPoints: { app: "src/main.ts" }, outdir: out, minify: true, legalComments: "eof" });
  await build({ entryPoints: ["src/app.css"], outdir: out, minify: true, logLevel: "warning" });
  for (const name of ["index.html", "icon.svg"]) await cp(`src/${name}`, `${out}/${name}`);
}
