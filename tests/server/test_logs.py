from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pokerlab import sample
from pokerlab.store import Store

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT that one process can send to another")
@pytest.mark.parametrize(("level", "lines"), [("info", True), ("warning", False)])
def test_the_log_is_lines_of_json_without_names(tmp_path, level, lines):
    store = Store(tmp_path / "store")
    frames = sample.hands(30, seed=1)
    store.add(frames)
    name = frames.seats["player"][0]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "kernels")])
    environment = {**os.environ, "PYTHONPATH": paths, "POKERLAB_LOG_LEVEL": level, "POKERLAB_WARM_UP": "false"}
    (tmp_path / "history").mkdir()
    command = [sys.executable, "-m", "pokerlab", "serve", "--port", "0"]
    command += ["--store", str(store.path), "--history", str(tmp_path / "history")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        try:
            url = child.stdout.readline().split()[3]
            assert httpx.get(f"{url}/api/v1/stats/player/{name}", timeout=30).status_code == 200
            for file in store.path.rglob("kind=hands/**/*.parquet"):
                file.unlink()
            broken = httpx.get(f"{url}/api/v1/hands/recent", timeout=30)
            assert broken.status_code == 503
            child.send_signal(signal.SIGINT)
            told = [json.loads(line) for line in child.stderr.read().splitlines()]
        finally:
            child.kill()
    assert name not in json.dumps(told)
    routes = [line["route"] for line in told if line["event"] == "request"]
    assert routes == (["/api/v1/stats/player/{name:path}", "/api/v1/hands/recent"] if lines else [])
    assert [line["level"] for line in told if line["event"] == "a request failed"] == ["error"]
    [failure] = [line for line in told if "trace" in line]
    assert failure["error"]
