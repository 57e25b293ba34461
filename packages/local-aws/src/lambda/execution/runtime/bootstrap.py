"""The Lambda runtime of one execution environment of a Python function: loads the handler, then runs events one by one."""

import http.client
import importlib
import json
import logging
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

options = json.loads(sys.argv[1])
endpoint = urllib.parse.urlsplit(options['endpoint']).netloc
state = SimpleNamespace(time=options['time'], request_id=None)
# Node.js writes each message of its IPC channel as one line of JSON.
channel = socket.socket(fileno=int(os.environ.pop('NODE_CHANNEL_FD')))
events = queue.Queue()


def receive():
    """Receives events until the local AWS ends, then removes the code and ends this process and its programs."""
    for line in channel.makefile():
        events.put(json.loads(line))
    # A killed local AWS must leave no files and processes.
    for directory in filter(None, [options['codeDirectory'], options.get('layerDirectory')]):
        shutil.rmtree(directory, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def send(message):
    channel.sendall((json.dumps(message) + '\n').encode())


def now_ms():
    """Returns the time by the clock of the local AWS."""
    reading = state.time
    return reading['clockEpoch'] + (time.time() * 1000 - reading['realEpoch']) * options['time']['scale']


class LogEvents(logging.Handler):
    """Writes each record as one event of the function's log, in the form of Lambda's Python runtime."""

    def emit(self, record):
        moment = datetime.fromtimestamp(now_ms() / 1000, timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3]
        send({'type': 'log', 'line': f'[{record.levelname}]\t{moment}Z\t{state.request_id}\t{self.format(record)}'})


class ResponseBucket(urllib.request.HTTPSHandler):
    """Sends the requests for CloudFormation's response bucket to the local AWS, with the same path and headers."""

    def https_open(self, request):
        if request.host != options['responseHost']:
            return super().https_open(request)
        request.host = endpoint
        return self.do_open(http.client.HTTPConnection, request)


class LayerProcess(subprocess.Popen):
    """Starts programs. Runs the Python programs of layers, which functions expect in /opt, from the directory of the unpacked layers."""

    def __init__(self, args, **others):
        if isinstance(args, list) and args[0].startswith('/opt/'):
            # `aws s3 sync` compares the times of files with those of objects, which the clock of the local AWS has set.
            now = now_ms() / 1000
            for path in (path for folder in filter(os.path.isdir, args) for path in Path(folder).rglob('*')):
                os.utime(path, (now, now))
            args = [sys.executable, os.path.join(options['layerDirectory'], args[0][len('/opt/'):]), *args[1:]]
        super().__init__(args, **others)


def error_payload(error):
    return {'errorType': type(error).__name__, 'errorMessage': str(error), 'trace': traceback.format_exc().splitlines()}


def load_handler():
    module, name = options['handler'].rsplit('.', 1)
    sys.path.insert(0, options['codeDirectory'])
    return getattr(importlib.import_module(module.replace('/', '.')), name)


def invoke(handler, event):
    state.time = event['time']
    state.request_id = event['requestId']
    context = SimpleNamespace(
        aws_request_id=event['requestId'],
        function_name=os.environ['AWS_LAMBDA_FUNCTION_NAME'],
        function_version=os.environ['AWS_LAMBDA_FUNCTION_VERSION'],
        invoked_function_arn=event['functionArn'],
        log_group_name=os.environ['AWS_LAMBDA_LOG_GROUP_NAME'],
        log_stream_name=os.environ['AWS_LAMBDA_LOG_STREAM_NAME'],
        memory_limit_in_mb=os.environ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
        get_remaining_time_in_millis=lambda: max(0, int(event['deadline'] - now_ms())),
    )
    try:
        send({'type': 'succeeded', 'payload': json.dumps(handler(json.loads(event['payload']), context))})
    except Exception as error:
        logging.getLogger().exception(error)
        send({'type': 'failed', 'error': error_payload(error)})


def main():
    os.chdir(options['codeDirectory'])
    # A killed function must leave no files.
    tempfile.tempdir = options['codeDirectory']
    logging.getLogger().addHandler(LogEvents())
    urllib.request.install_opener(urllib.request.build_opener(ResponseBucket))
    subprocess.Popen = LayerProcess
    threading.Thread(target=receive, daemon=True).start()
    try:
        handler = load_handler()
    except Exception as error:
        logging.getLogger().exception(error)
        send({'type': 'crashed', 'error': error_payload(error)})
        sys.exit(1)
    send({'type': 'ready'})
    while True:
        invoke(handler, events.get())


main()
