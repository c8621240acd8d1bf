"""Start a worker of a cluster: `logveil-worker`, the command of Beam's PROCESS environment.

A TaskManager starts it with the address of its provisioning service, and it ends with its TaskManager. Beam's own boot
program would send the worker's log to the runner, with tracebacks that may quote an event: this one gives it no place
to log to, and nothing is staged.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask the runner what to do, be silent, and serve it until it is done."""
    parser = argparse.ArgumentParser(prog="logveil-worker", description=__doc__)
    parser.add_argument("--id", required=True)
    parser.add_argument("--provision_endpoint", required=True)
    parser.add_argument("--control_endpoint", default="")
    known, _ = parser.parse_known_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    logging.getLogger().addHandler(logging.NullHandler())
    info = _provision(known.provision_endpoint, known.id)
    os.environ.update(worker_environment(info, known.id, known.control_endpoint))
    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main(sys.argv[:1])


def worker_environment(info: Any, worker_id: str, control_endpoint: str = "") -> dict[str, str]:
    """Return the variables that Beam's worker reads, from what the runner told (`ProvisionInfo`); none for its log."""
    from google.protobuf import json_format

    return {
        "WORKER_ID": worker_id,
        "PIPELINE_OPTIONS": json.dumps(json_format.MessageToDict(info.pipeline_options)),
        "CONTROL_API_SERVICE_DESCRIPTOR": f"url: {json.dumps(info.control_endpoint.url or control_endpoint)}",
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
    }


def _provision(endpoint: str, worker_id: str) -> Any:
    import grpc
    from apache_beam.portability.api import beam_provision_api_pb2 as messages
    from apache_beam.portability.api import beam_provision_api_pb2_grpc as services

    with grpc.insecure_channel(endpoint) as channel:
        ask = services.ProvisionServiceStub(channel).GetProvisionInfo
        return ask(messages.GetProvisionInfoRequest(), metadata=[("worker_id", worker_id)], timeout=60).info


if __name__ == "__main__":
    main()
