// Writes the JSON schemas that kubeconform checks deploy/kubernetes against, for make check to need no network:
//
//   node tools/kubernetes-schemas.mjs swagger.json
//
// with Kubernetes' api/openapi-spec/swagger.json. References are resolved, descriptions dropped, unknown fields refused.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const { definitions } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const kinds = ["apps/v1 Deployment", "core/v1 Service", "policy/v1 PodDisruptionBudget", "networking/v1 NetworkPolicy", "networking/v1 Ingress"];
const dropped = new Set(["description", "x-kubernetes-group-version-kind", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
  "x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "x-kubernetes-map-type", "x-kubernetes-unions", "default"]);

function resolved(schema) {
  if (schema.$ref) {
    const name = schema.$ref.replace("#/definitions/", "");
    if (name.endsWith(".IntOrString")) return { type: ["string", "integer"] };
    return resolved(definitions[name]);
  }
  const result = {};
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.has(key)) continue;
    if (key === "properties") result[key] = Object.fromEntries(Object.entries(value).map(([name, property]) => [name, resolved(property)]));
    else if (key === "items" || key === "additionalProperties") result[key] = resolved(value);
    else result[key] = value;
  }
  if (result.properties && !result.additionalProperties) result.additionalProperties = false;
  return result;
}

const dir = new URL("../deploy/kubernetes/schemas/", import.meta.url);
mkdirSync(dir, { recursive: true });
for (const each of kinds) {
  const [version, kind] = each.split(" ");
  const schema = resolved(definitions[`io.k8s.api.${version.replace("/", ".")}.${kind}`]);
  const group = version.startsWith("core/") ? "" : version.split("/")[0] + "-";
  writeFileSync(new URL(`${kind.toLowerCase()}-${group}v1.json`, dir), JSON.stringify(schema) + "\n");
}
