"""Runs AWS CLI commands, one a line, with one driver: it reads the services' models only once."""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

DRIVER = create_clidriver()

for line in sys.stdin:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = DRIVER.main(json.loads(line))
        except SystemExit as ended:
            code = ended.code
    out.seek(0)
    print(json.dumps({"code": code, "out": out.read(), "err": err.getvalue()}), flush=True)
