/* Python, beside the page: it loads, runs texts, and says what came out. */
"use strict";

importScripts("pyodide.js");

const tell = (kind, told = {}) => postMessage({ kind, ...told });
const text = async (name) => (await fetch(name)).text();

async function begin() {
  const python = await loadPyodide({ indexURL: "./" });
  await python.loadPackage(["numpy", "pandas"], { messageCallback: () => {} });
  const archive = await (await fetch("package.zip")).arrayBuffer();
  python.unpackArchive(archive, "zip");
  python.FS.writeFile("data.json", await text("data.json"));
  python.runPython(await text("start.py"));
  return python;
}

/* SciPy is half of all bytes: it comes when a formula first asks for it. */
async function carriedOut(python, code) {
  try {
    return await python.runPythonAsync(code);
  } catch (error) {
    if (!/No module named '(scipy)/.test(error.message)) throw error;
    tell("scipy");
    await python.loadPackage("scipy", { messageCallback: () => {} });
    return python.runPythonAsync(code);
  }
}

const started = begin();
started.then(() => tell("ready"), (error) => tell("absent", { text: String(error) }));

onmessage = async ({ data: code }) => {
  const python = await started;
  const lines = [];
  python.setStdout({ batched: (line) => lines.push(line) });
  python.globals.set("shown", undefined);
  try {
    const last = await carriedOut(python, code);
    if (last !== undefined) lines.push(String(last));
    last?.destroy?.();
    const shown = python.globals.get("shown");
    tell("done", { text: lines.join("\n"), shown: shown ? JSON.parse(shown) : null });
  } catch (error) {
    tell("failed", { text: [...lines, error.message].join("\n") });
  }
};
