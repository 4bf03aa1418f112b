"""Runs the collector of the Azure Linux Agent over a log root, pass after pass, and tells what became of each file.

    agent_collector.py AGENT SCRATCH LOG-ROOT LIB-DIR

AGENT is the directory that holds the agent's package `azurelinuxagent`. It makes passes until its standard input ends, and prints
a JSON object a line: {"sent": MESSAGE} for an event that the agent would send, {"removed": PATH, "read": BOOL} for a file that
it removed, and whether it had opened it before, {"ready": true} after the first pass.
"""

import builtins
import json
import os
import random
import sys
import threading
import time
import types

agent, scratch, log_root, lib_dir = sys.argv[1:]
sys.path.insert(0, agent)
try:
    import distro  # noqa: F401
except ImportError:
    # The agent asks it for the name of the system, of which nothing depends here.
    stub = types.ModuleType("distro")
    stub.linux_distribution = lambda *arguments, **named: ("debian", "12", "bookworm")
    sys.modules["distro"] = stub

from azurelinuxagent.common import conf  # noqa: E402
from azurelinuxagent.ga import collect_telemetry_events  # noqa: E402

with open(os.path.join(scratch, "waagent.conf"), "w") as configuration:
    configuration.write("Extension.LogDir=%s\nLib.Dir=%s\n" % (log_root, lib_dir))
conf.load_conf_from_file(os.path.join(scratch, "waagent.conf"))
assert conf.get_ext_log_dir() == log_root and conf.get_lib_dir() == lib_dir


def tell(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Sender(object):
    """Stands where the agent's own sender does, and takes what it would send."""

    def stopped(self):
        return False

    def get_thread_name(self):
        return "Sender"

    def enqueue_event(self, event):
        for parameter in event.parameters:
            if parameter.name in ("Context1", "Message"):
                tell({"sent": parameter.value})


read = set()
real_open, real_remove = builtins.open, os.remove


def noting_open(path, *arguments, **named):
    opened = real_open(path, *arguments, **named)
    read.add(path)
    return opened


def noting_remove(path, *arguments, **named):
    real_remove(path, *arguments, **named)
    tell({"removed": path, "read": path in read})
    read.discard(path)


collect_telemetry_events.open = noting_open
os.remove = noting_remove

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.buffer.read(), ended.set()), daemon=True).start()

sender = Sender()
operations = [
    collect_telemetry_events._ProcessExtensionEvents(sender),
    collect_telemetry_events._CollectAndEnqueueEvents(sender),
]
is_ready = False
while not ended.is_set():
    for operation in operations:
        try:
            operation._operation()
        except Exception:  # pylint: disable=broad-except
            # What the agent itself does with it: it goes on with the next pass.
            pass
    if not is_ready:
        tell({"ready": True})
        is_ready = True
    # The agent sleeps for minutes between two passes, and Telltale needs a chance.
    time.sleep(random.choice([0, 0, 0.001, 0.005, 0.02]))
