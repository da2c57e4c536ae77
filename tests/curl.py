"""As much of `curl` as the documentation uses, for machines that have none."""

import argparse
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

BOUNDARY = "what-stands-in-no-example"


def main():
    given = _arguments()
    method = given.request or ("POST" if given.data or given.form else "GET")
    headers = dict(header.split(": ", 1) for header in given.header)
    data = None if given.data is None else given.data.encode()
    if given.form:
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        data = b"".join(map(_part, given.form)) + f"--{BOUNDARY}--\r\n".encode()
    request = Request(given.url, data, headers, method=method)  # noqa: S310
    try:
        answer = build_opener(ProxyHandler({})).open(request)
    except HTTPError as error:
        answer = error
    except OSError:
        return 7
    body = answer.read()
    if given.dump_header:
        Path(given.dump_header).write_text(f"HTTP/1.1 {answer.status}\r\n{answer.headers}")
    if given.output:
        Path(given.output).write_bytes(body)
    elif not (given.fail and answer.status >= 400):
        sys.stdout.buffer.write(body)
    if given.write_out:
        line = given.write_out.replace("%{http_code}", str(answer.status))
        sys.stdout.write(line.replace("\\n", "\n"))
    return 22 if answer.status >= 400 and (given.fail or given.fail_with_body) else 0


def _part(field):
    """`name=value`, or `name=@file` with `;type=…` after it."""
    name, _, value = field.partition("=")
    about, body = "", value.encode()
    if value.startswith("@"):
        path, _, media_type = value[1:].partition(";type=")
        body = Path(path).read_bytes()
        about = f'; filename="{Path(path).name}"\r\nContent-Type: {media_type or "application/octet-stream"}'
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{about}\r\n\r\n'.encode()
        + body
        + b"\r\n"
    )


def _arguments():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("url")
    for flag, name in (("-s", "--silent"), ("-S", "--show-error"), ("-f", "--fail")):
        parser.add_argument(flag, name, action="store_true")
    parser.add_argument("--fail-with-body", action="store_true")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-F", "--form", action="append", default=[])
    for flag, name in (("-X", "--request"), ("-d", "--data"), ("-o", "--output")):
        parser.add_argument(flag, name)
    parser.add_argument("-D", "--dump-header")
    parser.add_argument("-w", "--write-out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
