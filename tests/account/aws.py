"""The AWS CLI: many commands in one process, because to start it takes a second."""

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

REGION = "us-west-2"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "test"}


def environment(url, region=REGION, **more):
    """Nothing of this machine's own configuration, and loopback for everything."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR")}
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    where = {"AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_DISABLED": "true"}
    if region:
        where |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    return {**kept, **nothing, **where, **CREDENTIALS, **more}


def run_all(url, commands, **more):
    """`(code, stdout, stderr)` of each command line, which begins with `aws`."""
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps([shlex.split(command)[1:] for command in commands]),
        env=environment(url, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def run_shell(url, line):
    """One line as somebody pastes it into a shell."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line], env=environment(url, PATH=path), capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def main():
    from awscli.clidriver import create_clidriver

    driver, answers = create_clidriver(), []
    for arguments in json.load(sys.stdin):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = driver.main(arguments)
            except SystemExit as end:
                code = end.code
        answers.append((code, out.getvalue(), err.getvalue()))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
