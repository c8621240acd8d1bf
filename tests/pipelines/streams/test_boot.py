"""A cluster's worker learns from the runner what it is to do, and gets no place to log to."""

import json
from concurrent.futures import ThreadPoolExecutor

import grpc
from apache_beam.portability.api import beam_provision_api_pb2 as messages
from apache_beam.portability.api import beam_provision_api_pb2_grpc as services

from pipelines.streams import boot


class Provision(services.ProvisionServiceServicer):
    """Tells a worker what a TaskManager would."""

    def __init__(self):
        self.asked = []

    def GetProvisionInfo(self, request, context):  # noqa: N802
        self.asked.append(dict(context.invocation_metadata())["worker_id"])
        info = messages.ProvisionInfo(runner_capabilities=["a", "b"])
        info.control_endpoint.url = "localhost:7"
        info.logging_endpoint.url = "localhost:8"
        info.pipeline_options.update({"beam:option:streaming:v1": True})
        return messages.GetProvisionInfoResponse(info=info)


def test_what_the_runner_tells_becomes_the_worker_s_environment():
    server, provision = grpc.server(ThreadPoolExecutor(1)), Provision()
    services.add_ProvisionServiceServicer_to_server(provision, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        info = boot._provision(f"127.0.0.1:{port}", "3-1")
    finally:
        server.stop(0)
    environment = boot.worker_environment(info, "3-1")
    assert provision.asked == ["3-1"]
    assert json.loads(environment.pop("PIPELINE_OPTIONS")) == {"beam:option:streaming:v1": True}
    assert environment == {
        "WORKER_ID": "3-1",
        "CONTROL_API_SERVICE_DESCRIPTOR": 'url: "localhost:7"',
        "RUNNER_CAPABILITIES": "a b",
    }
