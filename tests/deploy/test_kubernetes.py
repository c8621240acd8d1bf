"""What Kustomize makes of the manifests: valid by the real schemas, locked down, nothing open but what is listed."""

import json
import subprocess
from typing import Any

import jsonschema
import pytest

from tests.deploy.conftest import tool
from tests.deploy.manifests import WAYS, flink_schema, kubernetes_schema, pods, rendered

_CHECK_SERVICE_MONITOR = """
import {ServiceMonitor} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
new ServiceMonitor(JSON.parse(process.argv[1])).validate();
"""


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", []), *pod["containers"]]


@pytest.mark.parametrize("way", WAYS)
def test_every_object_meets_the_schema_of_kubernetes(way):
    objects = [
        one
        for one in rendered(way)
        if "flink.apache.org" not in one["apiVersion"] and one["kind"] != "ServiceMonitor"
    ]
    assert objects
    for manifest in objects:
        schema, registry = kubernetes_schema(manifest)
        jsonschema.Draft7Validator(schema, registry=registry).validate(manifest)


def test_a_misspelt_key_is_told():
    schema, registry = kubernetes_schema({"apiVersion": "batch/v1", "kind": "CronJob"})
    manifest = next(one for one in rendered("single-host") if one["kind"] == "CronJob")
    wrong = {**manifest, "spec": {**manifest["spec"], "concurencyPolicy": "Forbid"}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema, registry=registry).validate(wrong)


def test_the_flink_cluster_meets_the_schema_of_its_operator():
    cluster = next(one for one in rendered("flink") if one["kind"] == "FlinkDeployment")
    jsonschema.Draft7Validator(flink_schema()).validate(cluster)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(flink_schema()).validate(
            {**cluster, "spec": {**cluster["spec"], "taskManagers": {}}}
        )


def test_the_service_monitor_meets_the_schema_of_its_operator():
    monitor = next(one for one in rendered("single-host") if one["kind"] == "ServiceMonitor")
    command = ["node", "--input-type=module", "-e", _CHECK_SERVICE_MONITOR]
    for manifest, code in ((monitor, 0), ({**monitor, "spec": {"endpoints": []}}, 1)):
        done = subprocess.run(
            [*command, json.dumps(manifest)], cwd=tool("models"), capture_output=True, text=True
        )
        assert done.returncode == code, done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_no_container_runs_as_root_or_writes_to_its_image(way):
    for name, pod in pods(way):
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["automountServiceAccountToken"] is False, name
        for container in containers(pod):
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert container["resources"]["limits"]["memory"], name


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_in_a_manifest_or_an_argument(way):
    assert all(one["kind"] != "Secret" for one in rendered(way))
    for _, pod in pods(way):
        for container in containers(pod):
            assert not any("password=" in argument for argument in container.get("args", []))
            assert all("value" not in variable for variable in container.get("env", []))


def test_maintenance_never_runs_twice_at_once_and_keeps_utc():
    jobs = [one for one in rendered("single-host") if one["kind"] == "CronJob"]
    assert [job["metadata"]["name"] for job in jobs] == [
        "logveil-compact",
        "logveil-erase",
        "logveil-expire",
        "logveil-verify",
    ]
    for job in jobs:
        assert job["spec"]["concurrencyPolicy"] == "Forbid"
        assert job["spec"]["timeZone"] == "Etc/UTC"


@pytest.mark.parametrize("way", ["single-host", "flink"])
def test_every_pod_is_under_the_policy_that_allows_nothing(way):
    policies = {
        one["metadata"]["name"]: one["spec"] for one in rendered(way) if one["kind"] == "NetworkPolicy"
    }
    nothing = policies["logveil-nothing-else"]
    assert nothing["policyTypes"] == ["Ingress", "Egress"]
    assert not {"egress", "ingress"} & set(nothing)
    selected = nothing["podSelector"]["matchLabels"].items()
    for manifest in rendered(way):
        spec = manifest.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template is not None:
            assert selected <= template["metadata"]["labels"].items(), manifest["metadata"]["name"]
