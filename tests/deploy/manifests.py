"""The manifests as Kustomize renders them, and the schemas that they must meet."""

import json
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from tests.deploy.conftest import DEPLOY, tool

KUBERNETES = "v1.31.0-local-strict"
WAYS = ("single-host", "flink", "migration")


@cache
def rendered(way: str) -> tuple[dict[str, Any], ...]:
    """Return the objects of one way to deploy."""
    command = [str(tool("kustomize")), "build", str(DEPLOY / "kubernetes" / way)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def pods(way: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the pod specifications of one way to deploy, each with its object's name."""
    found = []
    for manifest in rendered(way):
        spec = manifest.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template is not None:
            found.append((manifest["metadata"]["name"], template["spec"]))
    return found


def kubernetes_schema(manifest: dict[str, Any]) -> tuple[dict[str, Any], Registry]:
    """Return the strict schema of a Kubernetes object and what its references lead to."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    parts = [manifest["kind"].lower(), *group.split(".")[:1], version]
    folder = tool("kubernetes-validate") / "kubernetes_validate" / "kubernetes-json-schema" / KUBERNETES

    def read(uri: str) -> Resource[Any]:
        return Resource(json.loads((folder / Path(uri).name).read_text()), DRAFT7)

    name = "-".join(part for part in parts if part)
    return json.loads((folder / f"{name}.json").read_text()), Registry(retrieve=read)  # type: ignore[call-arg]


def flink_schema() -> dict[str, Any]:
    """Return the schema of the Flink operator's own resource definition, without room for keys that it doesn't name."""
    jar = next(tool("flink-operator").glob("*.jar"))
    with zipfile.ZipFile(jar) as archive:
        definition = yaml.safe_load(archive.read("META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml"))
    version = next(one for one in definition["spec"]["versions"] if one["name"] == "v1beta1")
    schema = version["schema"]["openAPIV3Schema"]
    schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {}}
    return _closed(schema)


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        closed.setdefault("additionalProperties", False)
    return closed
