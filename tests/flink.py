"""A real Flink cluster of the test's own, with Beam's job server: a JobManager and two TaskManagers on the loopback."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import absent
from tests.kafka import free_ports, part, wait_for

_OPENED = (
    "java.lang java.util java.nio java.net java.util.concurrent java.util.concurrent.atomic java.lang.invoke"
    " java.lang.reflect java.time java.io sun.net.util sun.nio.ch java.text"
)
_OPENS = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED.split()]
_JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
_TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
_JOB_SERVER = "org.apache.beam.runners.flink.FlinkJobServerDriver"
TASK_MANAGERS = ("tm1", "tm2")
WORKER = Path(sys.executable).parent / "logveil-worker"


@dataclass
class Flink:
    """A cluster whose processes a test kills and starts again."""

    directory: Path
    rest_port: int
    rpc_port: int
    job_port: int
    artifact_port: int
    expansion_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, repr=False)

    def start(self, *names: str) -> None:
        """Start processes by name: `jm`, `tm1`, `tm2`, `jobserver`."""
        for name in names:
            command = self._job_server() if name == "jobserver" else self._flink(name)
            with (self.directory / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    command, stdout=log, stderr=log, cwd=self.directory, start_new_session=True
                )

    def wait(self, task_managers: int = len(TASK_MANAGERS)) -> None:
        """Wait until so many TaskManagers are registered."""
        wait_for(lambda: self._task_managers() >= task_managers, "the TaskManagers")

    def wait_for_job_server(self) -> None:
        """Wait until jobs can be submitted."""
        started = b"JobService started"
        wait_for(lambda: started in (self.directory / "jobserver.log").read_bytes(), "the job server")

    def kill(self, name: str) -> None:
        """Kill a process as a crash would."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        """Kill what runs; workers end with their TaskManagers."""
        for name in list(self.processes):
            self.kill(name)

    def workers(self) -> list[int]:
        """Return the Python workers of the TaskManagers."""
        return [
            pid
            for name in TASK_MANAGERS
            if name in self.processes
            for pid in _below(self.processes[name].pid)
        ]

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Return the answer of Flink's REST interface."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.rest_port}{path}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def running_jobs(self) -> list[str]:
        """Return the ids of the jobs that run, all their tasks too."""
        jobs = self.ask("/jobs/overview")["jobs"]
        return [
            job["jid"]
            for job in jobs
            if job["state"] == "RUNNING" and job["tasks"]["running"] == job["tasks"]["total"]
        ]

    def wait_for_job(self, seconds: float = 600) -> str:
        """Return the id of the job that runs, when one does."""

        def is_running() -> bool:
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                return bool(self.running_jobs())
            return False

        wait_for(is_running, "a running job", seconds)
        return self.running_jobs()[0]

    def cancel(self, job: str) -> None:
        """Cancel a job and wait for its end."""
        self.ask(f"/jobs/{job}?mode=cancel", method="PATCH")
        wait_for(lambda: self.ask(f"/jobs/{job}")["state"] == "CANCELED", "the job's end")

    def savepoint(self, job: str, stop: bool) -> str:
        """Make a savepoint, with `stop` as the job's end, and return its path."""
        path, body = ("stop", {"drain": False}) if stop else ("savepoints", {"cancel-job": False})
        target = {"targetDirectory" if stop else "target-directory": f"file://{self.directory}/savepoints"}
        request = self.ask(f"/jobs/{job}/{path}", {**body, **target})["request-id"]

        def answer() -> Any:
            return self.ask(f"/jobs/{job}/savepoints/{request}")

        wait_for(lambda: answer()["status"]["id"] == "COMPLETED", "a savepoint")
        return str(answer()["operation"]["location"])

    def beam_options(self, worker: Path = WORKER, parallelism: int = 2) -> list[str]:
        """Return the options with which Beam submits to this cluster; `worker` is the program of its workers."""
        return [
            "--runner=PortableRunner",
            f"--job_endpoint=127.0.0.1:{self.job_port}",
            f"--artifact_endpoint=127.0.0.1:{self.artifact_port}",
            "--environment_type=PROCESS",
            f"--environment_config={json.dumps({'command': str(worker)})}",
            f"--parallelism={parallelism}",
            "--max_parallelism=128",
            "--checkpointing_interval=10000",
            "--finish_bundle_before_checkpointing",
        ]

    def _task_managers(self) -> int:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return int(self.ask("/overview")["taskmanagers"])
        return 0

    def _flink(self, name: str) -> list[str]:
        config = self._config(name)
        main, heap = (_JOB_MANAGER, "512m") if name == "jm" else (_TASK_MANAGER, "640m")
        return [
            *self._java(heap, config), "-cp", f"{part('flink')}/lib/*", main, "--configDir", str(config)
        ]  # fmt: skip

    def _job_server(self) -> list[str]:
        config = self._config("jm")
        log4j = [str(jar) for jar in (part("flink") / "lib").glob("log4j-*.jar")]
        return [
            *self._java("512m", config),
            "-cp",
            ":".join([f"{part('jobserver')}/lib/*", *log4j]),
            _JOB_SERVER,
            f"--job-port={self.job_port}",
            f"--artifact-port={self.artifact_port}",
            f"--expansion-port={self.expansion_port}",
            "--job-host=127.0.0.1",
            f"--flink-master=127.0.0.1:{self.rest_port}",
            f"--artifacts-dir={self.directory}/artifacts",
            f"--flink-conf-dir={config}",
        ]

    def _java(self, heap: str, config: Path) -> list[str]:
        log = f"-Dlog4j.configurationFile=file:{config}/log4j.properties"
        return ["java", *_OPENS, f"-Xmx{heap}", "-XX:+UseSerialGC", log]

    def _config(self, name: str) -> Path:
        folder = self.directory / f"conf-{name}"
        folder.mkdir(exist_ok=True)
        (self.directory / "tmp").mkdir(exist_ok=True)
        settings = {
            "jobmanager.rpc.address": "127.0.0.1",
            "jobmanager.rpc.port": self.rpc_port,
            "jobmanager.bind-host": "127.0.0.1",
            "jobmanager.memory.process.size": "768m",
            "rest.address": "127.0.0.1",
            "rest.bind-address": "127.0.0.1",
            "rest.port": self.rest_port,
            "taskmanager.host": "127.0.0.1",
            "taskmanager.bind-host": "127.0.0.1",
            "taskmanager.resource-id": name,
            "taskmanager.numberOfTaskSlots": 2,
            "taskmanager.cpu.cores": 2,
            "taskmanager.memory.framework.heap.size": "128m",
            "taskmanager.memory.framework.off-heap.size": "128m",
            "taskmanager.memory.task.heap.size": "512m",
            "taskmanager.memory.task.off-heap.size": "64m",
            "taskmanager.memory.managed.size": "64m",
            "taskmanager.memory.network.min": "192m",
            "taskmanager.memory.network.max": "192m",
            "taskmanager.memory.jvm-metaspace.size": "256m",
            "taskmanager.memory.jvm-overhead.min": "128m",
            "taskmanager.memory.jvm-overhead.max": "128m",
            "cluster.evenly-spread-out-slots": "true",
            "parallelism.default": 2,
            "state.backend": "hashmap",
            "state.checkpoints.dir": f"file://{self.directory}/checkpoints",
            "state.savepoints.dir": f"file://{self.directory}/savepoints",
            "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
            "execution.checkpointing.tolerable-failed-checkpoints": 10,
            "restart-strategy": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": 1000,
            "restart-strategy.fixed-delay.delay": "1 s",
            "heartbeat.interval": 1000,
            "heartbeat.timeout": 6000,
            "akka.ask.timeout": "20 s",
            "web.submit.enable": "false",
            "io.tmp.dirs": f"{self.directory}/tmp",
            "blob.server.port": 0,
        }
        text = "\n".join(f"{key}: {value}" for key, value in settings.items())
        (folder / "flink-conf.yaml").write_text(text)
        (folder / "log4j.properties").write_text(_LOG4J)
        return folder


_LOG4J = """rootLogger.level = INFO
rootLogger.appenderRef.c.ref = C
appender.c.name = C
appender.c.type = CONSOLE
appender.c.layout.type = PatternLayout
appender.c.layout.pattern = %d{HH:mm:ss,SSS} %-5p %c{1} - %m%n
"""


def _below(pid: int) -> list[int]:
    """Return the Python processes below one."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task").glob("*/children")
        found = [int(child) for path in children for child in path.read_text().split()]
        return [child for child in found if _is_python(child)] + [
            more for child in found for more in _below(child)
        ]
    return []


def _is_python(pid: int) -> bool:
    with suppress(OSError):
        return "python" in os.readlink(f"/proc/{pid}/exe")
    return False


@contextmanager
def flink_cluster(directory: Path) -> Iterator[Flink]:
    """Start a cluster and its job server and stop them at the end; skip where there is none."""
    if shutil.which("java") is None:
        absent("java")
    for name in ("flink", "jobserver"):
        part(name)
    directory.mkdir(parents=True, exist_ok=True)
    cluster = Flink(directory, *free_ports(5))
    try:
        cluster.start("jm", *TASK_MANAGERS, "jobserver")
        cluster.wait()
        cluster.wait_for_job_server()
        yield cluster
    finally:
        cluster.stop_all()
