"""A standalone Spark cluster on this machine: a real master and workers, each a Java process that can be killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

HOME = Path(pyspark.__file__).parent
HOST = "127.0.0.1"
STARTED_SECONDS = 90
# What a site says in its own spark-defaults.conf; small tasks, so that a job of the tests is in many of them.
DEFAULTS = """
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 1g
spark.executor.memory 1g
spark.sql.files.maxPartitionBytes {task_bytes}
spark.sql.shuffle.partitions 8
spark.local.dir {folder}
spark.log.level ERROR
"""


class Process:
    """A master or a worker, with what it starts."""

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        self.log = folder / f"{name}.log"
        environment = {**os.environ, "SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": HOST, "SPARK_NO_DAEMONIZE": "1"}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(HOME / "bin" / "spark-class"), *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    def said(self, pattern: str) -> str:
        """What it writes to its log, once it does."""
        until = time.monotonic() + STARTED_SECONDS
        while time.monotonic() < until:
            if found := re.search(pattern, self.log.read_text(encoding="utf-8", errors="replace")):
                return found[0]
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"{self.log.name}: no {pattern}\n{self.log.read_text(encoding='utf-8')[-3000:]}")

    def kill(self) -> None:
        """At once, with the executors that it started, as when a machine dies."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Cluster:
    """A running cluster. ``url``: what POOLWATCH_ENGINE_URL is set to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workers: list[Process] = []
        master = "org.apache.spark.deploy.master.Master"
        self._master = Process(folder, "master", master, "--host", HOST, "--port", "0", "--webui-port", "0")
        self.url = self._master.said(rf"spark://{re.escape(HOST)}:[1-9]\d*")

    def add_worker(self, memory: str = "1g") -> Process:
        """One more worker with one core."""
        number = len(self.workers) + 1
        worker = "org.apache.spark.deploy.worker.Worker"
        work = str(self._folder / f"worker-{number}")
        options = ("--host", HOST, "--cores", "1", "--memory", memory, "--webui-port", "0", "--work-dir", work)
        started = Process(self._folder, f"worker-{number}", worker, *options, self.url)
        self.workers.append(started)
        started.said("Successfully registered with master")
        return started

    def stop(self) -> None:
        for process in (*self.workers, self._master):
            process.kill()


@contextmanager
def standalone(folder: Path, workers: int, task_bytes: int = 1 << 20) -> Iterator[Cluster]:
    """A cluster with so many workers, stopped at the end; drivers in this process are set up for it meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    defaults = DEFAULTS.format(folder=folder, task_bytes=task_bytes)
    (folder / "spark-defaults.conf").write_text(defaults, encoding="utf-8")
    before = os.environ.get("SPARK_CONF_DIR")
    os.environ["SPARK_CONF_DIR"] = str(folder)
    cluster = Cluster(folder)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.stop()
        os.environ.pop("SPARK_CONF_DIR")
        if before is not None:
            os.environ["SPARK_CONF_DIR"] = before
