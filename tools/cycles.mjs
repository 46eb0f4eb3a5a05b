// Fails where TypeScript modules import each other in a circle, types included: node tools/cycles.mjs PROJECT…
import path from "node:path";

/** The modules of a project by the modules that they import, each by its path. */
async function imports(config) {
  const { API } = await import("typescript/unstable/sync");
  const api = new API();
  try {
    const { program } = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    const names = program.getSourceFileNames().filter((name) => !name.includes("/node_modules/"));
    const own = new Set(names);
    return new Map(
      names.map((name) => {
        const targets = program.getSourceFile(name).imports.filter(({ text }) => text.startsWith(".")).map(({ text }) => path.resolve(path.dirname(name), text));
        return [name, targets.flatMap((target) => [target, target + ".ts", target + ".tsx"].filter((file) => own.has(file)))];
      }),
    );
  } finally {
    api.close();
  }
}

/** The first circle found in a graph: a list that ends where it begins. */
export function circle(graph) {
  const done = new Set();
  const visit = (node, trail) => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...trail, node]);
      if (found) return found;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const found = visit(node, []);
    if (found) return found;
  }
  return undefined;
}

for (const project of process.argv.slice(2)) {
  const graph = await imports(path.resolve(project, "tsconfig.json"));
  if (graph.size < 2) throw new Error(`${project} has no modules`);
  const found = circle(graph);
  if (!found) continue;
  console.error(`modules import each other in a circle: ${found.map((name) => path.relative(".", name)).join(" → ")}`);
  process.exitCode = 1;
}
